#pragma once

#include <string>
#include <string_view>

namespace vdoc::ledger {

/// The text with its letters in lower case, those of other alphabets too, to compare without regard
/// to case. Letter by letter (no "ss" for a sharp s). What is not UTF-8 stays as it is.
std::string folded(std::string_view text);

} // namespace vdoc::ledger
