#include "test/tidy_test/source_text.hpp"

#include <algorithm>
#include <cctype>
#include <regex>

namespace vdoc::tidy {

namespace {

bool is_word(char one) {
  return std::isalnum(static_cast<unsigned char>(one)) != 0 || one == '_';
}

/// Where an #include, a comment or a quoted text that begins at `at` ends; `at` when none begins
/// there.
std::size_t end_of_blank(std::string_view text, std::size_t at) {
  const auto rest = text.substr(at);
  const auto past = [&](std::size_t found, std::size_t length) {
    return found == std::string_view::npos ? text.size() : found + length;
  };
  if (rest.starts_with("//") || rest.starts_with("#include"))
    return past(text.find('\n', at), 0);
  if (rest.starts_with("/*"))
    return past(text.find("*/", at + 2), 2);
  if (rest.starts_with("R\"")) {
    const auto open = text.find('(', at);
    const auto close = ")" + std::string{text.substr(at + 2, open - at - 2)} + "\"";
    return past(text.find(close, open), close.size());
  }
  const bool digit_separator = text[at] == '\'' && at > 0 && is_word(text[at - 1]);
  if ((text[at] != '"' && text[at] != '\'') || digit_separator)
    return at;
  for (auto end = at + 1; end < text.size(); ++end) {
    if (text[end] == '\\')
      ++end;
    else if (text[end] == text[at])
      return end + 1;
  }
  return text.size();
}

std::size_t line_at(std::string_view text, std::size_t position) {
  return 1 + static_cast<std::size_t>(std::ranges::count(text.substr(0, position), '\n'));
}

/// Whether what stands before a '{' is the head of a function.
bool is_function_head(const std::string& head) {
  static const std::regex type{
      R"((^|\n)\s*(template\s*<[^{]*>\s*)?(class|struct|union|enum|namespace)\b)"};
  static const std::regex value{R"((=|return|,|\(|\{)\s*$)"};
  return head.find('(') != std::string::npos && !std::regex_search(head, type) &&
         !std::regex_search(head, value);
}

std::string name_in(const std::string& head) {
  static const std::regex name{R"(([~\w:]+)\s*\()"};
  std::smatch found;
  return std::regex_search(head, found, name) ? found[1].str() : "?";
}

} // namespace

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::string code_of(std::string_view text) {
  std::string code{text};
  for (std::size_t at = 0; at < text.size();) {
    const auto end = end_of_blank(text, at);
    for (auto blank = at; blank < end; ++blank)
      if (text[blank] != '\n')
        code[blank] = ' ';
    at = std::max(end, at + 1);
  }
  return code;
}

std::vector<std::string> includes_of(std::string_view text) {
  static const std::regex include{R"(^\s*#\s*include\s*(?:"([^"]+)\"|(<[^>]+)>))"};
  std::vector<std::string> found;
  for (const std::string& line : lines_of(text)) {
    std::smatch parts;
    if (line.find('#') != std::string::npos && std::regex_search(line, parts, include))
      found.push_back(parts[1].matched ? parts[1].str() : parts[2].str());
  }
  return found;
}

std::vector<function_extent> functions_of(std::string_view code) {
  std::vector<function_extent> found;
  std::size_t head_begin = 0;
  std::size_t depth = 0; // of braces inside the function we are in
  function_extent current;
  for (std::size_t at = 0; at < code.size(); ++at) {
    const char one = code[at];
    if (depth > 0) {
      depth += one == '{' ? 1 : 0;
      depth -= one == '}' ? 1 : 0;
      if (depth == 0 && one == '}') {
        current.lines = line_at(code, at) - current.first_line + 1;
        found.push_back(current);
        head_begin = at + 1;
      }
    } else if (one == '{') {
      const std::string head{code.substr(head_begin, at - head_begin)};
      if (is_function_head(head)) {
        const auto first = std::min(head.find_first_not_of(" \n"), head.size());
        current = {name_in(head), line_at(code, head_begin + first), 0};
        depth = 1;
      }
      head_begin = at + 1;
    } else if (one == ';' || one == '}') {
      head_begin = at + 1;
    } else if (one == '#') {
      at = std::min(code.find('\n', at), code.size());
      head_begin = at;
    }
  }
  return found;
}

std::vector<identifier> identifiers_of(std::string_view code) {
  std::vector<identifier> found;
  std::size_t line = 1;
  for (std::size_t at = 0; at < code.size();) {
    line += code[at] == '\n' ? 1 : 0;
    auto end = at;
    while (end < code.size() && is_word(code[end]))
      ++end;
    if (end == at) {
      ++at;
      continue;
    }
    const auto before = code.substr(0, at);
    if (std::isdigit(static_cast<unsigned char>(code[at])) == 0)
      found.push_back({std::string{code.substr(at, end - at)}, line,
                       before.ends_with('.') || before.ends_with("->") || before.ends_with("::")});
    at = end;
  }
  return found;
}

} // namespace vdoc::tidy
