#include "pipelines/document/html.hpp"

#include "pipelines/captions/text.hpp"

#include <cctype>
#include <stdexcept>

namespace vdoc::document {

std::string escape_html(std::string_view text) {
  std::string out;
  for (const char byte : captions::to_utf8(text))
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
    case '"':
      out += "&quot;";
      break;
    case '\'':
      out += "&#39;";
      break;
    default:
      if (static_cast<unsigned char>(byte) >= 0x20 || byte == '\n' || byte == '\t')
        out.push_back(byte);
    }
  return out;
}

std::string escape_href(std::string_view path) {
  static constexpr std::string_view plain = "-._~/!$()*+,;=@";
  static constexpr char digits[] = "0123456789ABCDEF";
  const auto mark = std::min(path.find("#t="), path.find("#xywh="));
  std::string out = path.starts_with('/') ? "." : "";
  for (std::size_t at = 0; at < path.size(); ++at) {
    const auto byte = static_cast<unsigned char>(path[at]);
    if (std::isalnum(byte) != 0 || plain.find(path[at]) != std::string_view::npos || at == mark)
      out.push_back(path[at]);
    else
      out += {'%', digits[byte >> 4U], digits[byte & 15U]};
  }
  return escape_html(out);
}

std::string escape_script(std::string_view json) {
  std::string out;
  for (const char byte : json)
    if (byte == '<')
      out += "\\u003c";
    else
      out.push_back(byte);
  return out;
}

std::string fill(std::string_view page, const std::map<std::string, std::string>& values) {
  std::string out;
  for (std::size_t at = 0; at < page.size();) {
    const auto open = page.find("{{", at);
    const auto close = open == std::string_view::npos ? open : page.find("}}", open);
    out += page.substr(at, open - at);
    if (close == std::string_view::npos)
      return out;
    const auto value = values.find(std::string{page.substr(open + 2, close - open - 2)});
    if (value == values.end())
      throw std::logic_error{"the page asks for an unknown " +
                             std::string{page.substr(open, close + 2 - open)}};
    out += value->second;
    at = close + 2;
  }
  return out;
}

} // namespace vdoc::document
