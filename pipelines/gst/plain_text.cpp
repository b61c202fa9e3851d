#include "pipelines/gst/plain_text.hpp"

#include <array>
#include <cctype>
#include <cstdint>
#include <cstdlib>
#include <utility>

namespace vdoc::gst {

namespace {

constexpr int fields_before_text = 8;

std::string_view after_fields(std::string_view event) {
  for (int field = 0; field < fields_before_text; ++field) {
    const auto comma = event.find(',');
    if (comma == std::string_view::npos)
      return event;
    event.remove_prefix(comma + 1);
  }
  return event;
}

void append_utf8(std::string& out, std::uint32_t code) {
  const auto put = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xc0 | code >> 6U);
    put(0x80 | (code & 0x3fU));
  } else if (code < 0x10000) {
    put(0xe0 | code >> 12U);
    put(0x80 | (code >> 6U & 0x3fU));
    put(0x80 | (code & 0x3fU));
  } else if (code < 0x110000) {
    put(0xf0 | code >> 18U);
    put(0x80 | (code >> 12U & 0x3fU));
    put(0x80 | (code >> 6U & 0x3fU));
    put(0x80 | (code & 0x3fU));
  }
}

/// The character that "amp", "#39" or "#x27" names; false for what is no name.
bool append_entity(std::string& out, std::string_view name) {
  constexpr std::array names{
      std::pair{"amp", "&"},   std::pair{"lt", "<"},   std::pair{"gt", ">"},
      std::pair{"quot", "\""}, std::pair{"apos", "'"}, std::pair{"nbsp", "\xc2\xa0"},
      std::pair{"lrm", ""},    std::pair{"rlm", ""},
  };
  for (const auto& [known, character] : names)
    if (name == known) {
      out += character;
      return true;
    }
  if (name.size() < 2 || name[0] != '#')
    return false;
  const auto is_hex = name[1] == 'x' || name[1] == 'X';
  const std::string digits{name.substr(is_hex ? 2 : 1)};
  char* end = nullptr;
  const auto code = std::strtoul(digits.c_str(), &end, is_hex ? 16 : 10);
  if (digits.empty() || *end != '\0')
    return false;
  append_utf8(out, static_cast<std::uint32_t>(code));
  return true;
}

bool begins_tag(std::string_view text) {
  return text.size() > 1 &&
         (std::isalnum(static_cast<unsigned char>(text[1])) != 0 || text[1] == '/');
}

/// Removes the markup at the front of `text` and writes what it stands for; false when the front is
/// plain text.
bool take_markup(std::string_view& text, std::string& out, text_markup how) {
  const auto skip_to = [&](char last) {
    const auto end = text.find(last);
    if (end == std::string_view::npos)
      return false;
    text.remove_prefix(end + 1);
    return true;
  };
  if (text[0] == '{' && (how == text_markup::substation || text.starts_with("{\\")))
    return skip_to('}');
  if (how == text_markup::substation) {
    if (text[0] != '\\' || text.size() < 2 || std::string_view{"Nnh"}.find(text[1]) == text.npos)
      return false;
    out += text[1] == 'N' ? '\n' : ' ';
    text.remove_prefix(2);
    return true;
  }
  if (text[0] == '<' && begins_tag(text))
    return skip_to('>');
  if (text[0] != '&')
    return false;
  const auto end = text.find(';');
  if (end == std::string_view::npos || end > 10 || !append_entity(out, text.substr(1, end - 1)))
    return false;
  text.remove_prefix(end + 1);
  return true;
}

std::string trimmed_lines(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const auto is_space = [](char one) { return one == ' ' || one == '\t' || one == '\r'; };
    while (!line.empty() && is_space(line.front()))
      line.remove_prefix(1);
    while (!line.empty() && is_space(line.back()))
      line.remove_suffix(1);
    if (line.empty())
      continue;
    if (!out.empty())
      out += '\n';
    out += line;
  }
  return out;
}

} // namespace

std::string plain_text(std::string_view written, text_markup how) {
  if (how == text_markup::substation)
    written = after_fields(written);
  std::string out;
  while (!written.empty() && written[0] != '\0') {
    if (take_markup(written, out, how))
      continue;
    out += written[0];
    written.remove_prefix(1);
  }
  return trimmed_lines(out);
}

} // namespace vdoc::gst
