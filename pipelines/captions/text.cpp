#include "pipelines/captions/text.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <utility>

namespace vdoc::captions {

namespace {

constexpr bool continues(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
}
constexpr bool is_space(char byte) {
  return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

void append_code_point(std::string& out, std::uint32_t point) {
  if (point == 0 || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF))
    point = 0xFFFD;
  const auto put = [&](std::uint32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (point < 0x80) {
    put(point);
  } else if (point < 0x800) {
    put(0xC0U | point >> 6U);
    put(0x80U | (point & 0x3FU));
  } else if (point < 0x10000) {
    put(0xE0U | point >> 12U);
    put(0x80U | (point >> 6U & 0x3FU));
    put(0x80U | (point & 0x3FU));
  } else {
    put(0xF0U | point >> 18U);
    put(0x80U | (point >> 12U & 0x3FU));
    put(0x80U | (point >> 6U & 0x3FU));
    put(0x80U | (point & 0x3FU));
  }
}

/// Length of the well-formed sequence at `at` (RFC 3629), 0 when there is none.
std::size_t sequence_length(std::string_view bytes, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  const unsigned lead = byte(at);
  if (lead < 0x80)
    return 1;
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || at + length > bytes.size())
    return 0;
  for (std::size_t i = 1; i < length; ++i)
    if (!continues(bytes[at + i]))
      return 0;
  const unsigned second = byte(at + 1);
  const bool bad = (lead == 0xE0 && second < 0xA0) || (lead == 0xED && second > 0x9F) ||
                   (lead == 0xF0 && second < 0x90) || (lead == 0xF4 && second > 0x8F);
  return bad ? 0 : length;
}

bool is_utf8(std::string_view bytes) {
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t length = sequence_length(bytes, at);
    if (length == 0)
      return false;
    at += length;
  }
  return true;
}

std::string from_utf16(std::string_view bytes, bool big_endian) {
  std::string out;
  const auto unit = [&](std::size_t at) -> std::uint32_t {
    const auto first = static_cast<unsigned char>(bytes[at]);
    const auto second = static_cast<unsigned char>(bytes[at + 1]);
    return big_endian ? first << 8U | second : second << 8U | first;
  };
  for (std::size_t at = 0; at + 1 < bytes.size(); at += 2) {
    std::uint32_t point = unit(at);
    if (point >= 0xD800 && point <= 0xDBFF && at + 3 < bytes.size()) {
      const std::uint32_t low = unit(at + 2);
      if (low >= 0xDC00 && low <= 0xDFFF) {
        point = 0x10000 + ((point - 0xD800) << 10U) + (low - 0xDC00);
        at += 2;
      }
    }
    append_code_point(out, point);
  }
  return out;
}

/// Windows-1252, rows 8 and 9; the five holes are control characters that nobody sees.
constexpr std::array<std::uint16_t, 32> western = {
    0x20AC, 0x0081, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x008D, 0x017D, 0x008F, 0x0090, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x009D, 0x017E, 0x0178};

std::string from_western(std::string_view bytes) {
  std::string out;
  for (const char byte : bytes) {
    const auto point = static_cast<unsigned char>(byte);
    append_code_point(out, point >= 0x80 && point < 0xA0 ? western[point - 0x80U] : point);
  }
  return out;
}

/// Where the tag that begins at `at` ends, or npos when that '<' is only a character.
std::size_t tag_end(std::string_view text, std::size_t at) {
  if (at + 1 >= text.size())
    return std::string_view::npos;
  const char next = text[at + 1];
  const bool opens = std::isalnum(static_cast<unsigned char>(next)) != 0 || next == '/';
  const auto end = text.find('>', at);
  return opens && end - at < 200 ? end : std::string_view::npos;
}

/// Decodes the reference at `at` into `out`; returns how many bytes it took, 0 for none.
std::size_t decode_reference(std::string_view text, std::size_t at, std::string& out) {
  const auto end = text.find(';', at);
  if (end == std::string_view::npos || end - at > 10 || end - at < 3)
    return 0;
  const auto name = text.substr(at + 1, end - at - 1);
  static constexpr std::pair<std::string_view, std::uint32_t> names[] = {
      {"amp", '&'},   {"lt", '<'},    {"gt", '>'},     {"quot", '"'},
      {"apos", '\''}, {"nbsp", 0xA0}, {"lrm", 0x200E}, {"rlm", 0x200F}};
  for (const auto& [known, point] : names)
    if (name == known) {
      append_code_point(out, point);
      return end - at + 1;
    }
  if (name.front() != '#')
    return 0;
  const bool hex = name.size() > 2 && (name[1] == 'x' || name[1] == 'X');
  std::uint32_t point = 0;
  for (const char digit : name.substr(hex ? 2 : 1)) {
    const auto byte = static_cast<unsigned char>(digit);
    if (hex ? std::isxdigit(byte) == 0 : std::isdigit(byte) == 0)
      return 0;
    const unsigned value = std::isdigit(byte) != 0 ? byte - '0' : (byte | 0x20U) - 'a' + 10;
    point = std::min(point * (hex ? 16U : 10U) + value, 0x110000U);
  }
  append_code_point(out, point);
  return end - at + 1;
}

} // namespace

std::size_t length_of(std::string_view text) noexcept {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char byte) { return !continues(byte); }));
}

std::vector<std::string> split_words(std::string_view text) {
  std::vector<std::string> words;
  for (std::size_t at = 0; at < text.size();) {
    while (at < text.size() && is_space(text[at]))
      ++at;
    const std::size_t begin = at;
    while (at < text.size() && !is_space(text[at]))
      ++at;
    if (at > begin)
      words.emplace_back(text.substr(begin, at - begin));
  }
  return words;
}

std::vector<std::string> cut_word(std::string_view word, std::size_t most) {
  std::vector<std::string> pieces(1);
  std::size_t count = 0;
  for (const char byte : word) {
    if (!continues(byte) && count++ == most) {
      pieces.emplace_back();
      count = 1;
    }
    pieces.back().push_back(byte);
  }
  return pieces;
}

std::string to_utf8(std::string_view bytes) {
  if (bytes.starts_with("\xFF\xFE"))
    return from_utf16(bytes.substr(2), false);
  if (bytes.starts_with("\xFE\xFF"))
    return from_utf16(bytes.substr(2), true);
  if (bytes.starts_with("\xEF\xBB\xBF"))
    bytes.remove_prefix(3);
  if (!is_utf8(bytes))
    return from_western(bytes);
  std::string out;
  out.reserve(bytes.size());
  for (const char byte : bytes)
    if (byte == '\0')
      out += "\xEF\xBF\xBD";
    else
      out.push_back(byte);
  return out;
}

std::string without_markup(std::string_view text) {
  std::string plain;
  for (std::size_t at = 0; at < text.size();) {
    const char byte = text[at];
    if (byte == '<')
      if (const auto end = tag_end(text, at); end != std::string_view::npos) {
        at = end + 1;
        continue;
      }
    if (byte == '{' && at + 1 < text.size() && text[at + 1] == '\\')
      if (const auto end = text.find('}', at); end != std::string_view::npos) {
        at = end + 1;
        continue;
      }
    if (byte == '&')
      if (const auto taken = decode_reference(text, at, plain); taken > 0) {
        at += taken;
        continue;
      }
    plain.push_back(byte);
    ++at;
  }
  std::string lines;
  for (std::size_t at = 0; at <= plain.size();) {
    const auto end = std::min(plain.find('\n', at), plain.size());
    std::string line;
    for (const auto& word : split_words(std::string_view{plain}.substr(at, end - at)))
      append(line, {line.empty() ? "" : " ", word});
    if (!line.empty())
      append(lines, {lines.empty() ? "" : "\n", line});
    at = end + 1;
  }
  return lines;
}

void append(std::string& out, std::initializer_list<std::string_view> pieces) {
  for (const auto piece : pieces)
    out += piece;
}

std::string escape_vtt(std::string_view text) {
  std::string out;
  for (const char byte : text)
    switch (byte) {
    case '&':
      out += "&amp;";
      break;
    case '<':
      out += "&lt;";
      break;
    case '>':
      out += "&gt;";
      break;
    default:
      out.push_back(byte);
    }
  return out;
}

} // namespace vdoc::captions
