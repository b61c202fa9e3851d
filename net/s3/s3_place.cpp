#include "net/s3/s3_place.hpp"

#include "cluster/artefacts/store.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <utility>

namespace vdoc::net {

namespace {

bool is_bucket(std::string_view name) {
  return name.size() >= 3 && name.size() <= 63 && std::ranges::all_of(name, [](char one) {
           return std::isalnum(static_cast<unsigned char>(one)) != 0 || one == '.' || one == '-' ||
                  one == '_';
         });
}

bool is_endpoint(std::string_view url) {
  const auto scheme = url.starts_with("https://") ? 8U : (url.starts_with("http://") ? 7U : 0U);
  return scheme > 0 && url.size() > scheme &&
         url.find_first_of("/?#@ ", scheme) == std::string_view::npos;
}

void append_utf8(std::string& to, unsigned long code) {
  const auto put = [&](unsigned long byte) { to += static_cast<char>(byte); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0 | (code >> 6));
    put(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    put(0xE0 | (code >> 12));
    put(0x80 | ((code >> 6) & 0x3F));
    put(0x80 | (code & 0x3F));
  } else {
    put(0xF0 | ((code >> 18) & 0x07));
    put(0x80 | ((code >> 12) & 0x3F));
    put(0x80 | ((code >> 6) & 0x3F));
    put(0x80 | (code & 0x3F));
  }
}

/// One entity without "&" and ";". What is not known stays out.
void append_entity(std::string& to, std::string_view name) {
  constexpr std::array named{std::pair{"amp", '&'}, std::pair{"lt", '<'}, std::pair{"gt", '>'},
                             std::pair{"quot", '"'}, std::pair{"apos", '\''}};
  for (const auto& [known, letter] : named)
    if (name == known) {
      to += letter;
      return;
    }
  if (!name.starts_with('#'))
    return;
  const bool hex = name.size() > 1 && (name[1] == 'x' || name[1] == 'X');
  const auto digits = name.substr(hex ? 2 : 1);
  unsigned long code = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), code, hex ? 16 : 10);
  append_utf8(to, code);
}

} // namespace

s3_place s3_place_in(std::string_view url, std::string endpoint, std::string region) {
  using artefacts::cure;
  using artefacts::store_error;
  constexpr std::string_view scheme = "s3://";
  const std::string shown{url};
  if (!url.starts_with(scheme))
    throw store_error{cure::operate, "\"" + shown + "\" is no s3://bucket/prefix"};
  url.remove_prefix(scheme.size());
  const auto slash = std::min(url.find('/'), url.size());
  s3_place where{std::string{url.substr(0, slash)}, "", std::move(endpoint), std::move(region)};
  url.remove_prefix(slash);
  while (url.starts_with('/'))
    url.remove_prefix(1);
  while (url.ends_with('/'))
    url.remove_suffix(1);
  where.prefix = url;
  if (!is_bucket(where.bucket))
    throw store_error{cure::operate, "\"" + shown + "\" names no bucket",
                      "write s3://bucket/prefix"};
  while (where.endpoint.ends_with('/'))
    where.endpoint.pop_back();
  if (!where.endpoint.empty() && !is_endpoint(where.endpoint))
    throw store_error{cure::operate, "\"" + where.endpoint + "\" is no endpoint of an S3 server",
                      "write https://host:port"};
  return where;
}

std::string s3_encoded(std::string_view text, bool slashes) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  constexpr std::string_view plain = "-._~";
  std::string out;
  for (const char one : text) {
    const auto byte = static_cast<unsigned char>(one);
    const bool letter =
        (one >= '0' && one <= '9') || (one >= 'A' && one <= 'Z') || (one >= 'a' && one <= 'z');
    if (letter || plain.find(one) != std::string_view::npos || (slashes && one == '/')) {
      out += one;
    } else {
      out += '%';
      out += digits[byte >> 4U];
      out += digits[byte & 0x0FU];
    }
  }
  return out;
}

std::string s3_url(const s3_place& where, const std::string& key) {
  const auto path = "/" + s3_encoded(key, true);
  const bool plain_name = where.bucket.find_first_of("._") == std::string::npos;
  if (where.endpoint.empty() && plain_name)
    return "https://" + where.bucket + ".s3." + where.region + ".amazonaws.com" + path;
  const auto host =
      where.endpoint.empty() ? "https://s3." + where.region + ".amazonaws.com" : where.endpoint;
  return host + "/" + where.bucket + path;
}

bool s3_text_in(std::string_view xml, std::string_view name, std::size_t& at, std::string& text) {
  const auto begin_tag = "<" + std::string{name} + ">";
  const auto end_tag = "</" + std::string{name} + ">";
  const auto begin = xml.find(begin_tag, at);
  if (begin == std::string_view::npos)
    return false;
  const auto end = xml.find(end_tag, begin);
  if (end == std::string_view::npos)
    return false;
  auto raw = xml.substr(begin + begin_tag.size(), end - begin - begin_tag.size());
  text.clear();
  while (!raw.empty()) {
    const auto entity = std::min(raw.find('&'), raw.size());
    text += raw.substr(0, entity);
    raw.remove_prefix(entity);
    if (raw.empty())
      break;
    const auto over = raw.find(';');
    if (over == std::string_view::npos)
      break;
    append_entity(text, raw.substr(1, over - 1));
    raw.remove_prefix(over + 1);
  }
  at = end + end_tag.size();
  return true;
}

} // namespace vdoc::net
