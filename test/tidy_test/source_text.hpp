#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace vdoc::tidy {

/// One C++ file: its path below the project's root, and what is in it.
struct source_file {
  std::string path;
  std::string text;
};

std::vector<std::string> lines_of(std::string_view text);

/// The text with includes, comments and what is in quotes replaced by spaces; lines stay where they
/// are.
std::string code_of(std::string_view text);

/// What stands between the quotes or angle brackets of each #include; system ones keep their '<'.
std::vector<std::string> includes_of(std::string_view text);

/// A function of more than one line that the code defines.
struct function_extent {
  std::string name;
  std::size_t first_line = 0; ///< from 1, where its head begins
  std::size_t lines = 0;
};
/// Found by braces: not a parser, but the code is formatted by machine.
std::vector<function_extent> functions_of(std::string_view code);

/// A name in the code, and whether it belongs to somebody else: after '.', "->" or "::".
struct identifier {
  std::string name;
  std::size_t line = 0;
  bool member = false;
};
std::vector<identifier> identifiers_of(std::string_view code);

} // namespace vdoc::tidy
