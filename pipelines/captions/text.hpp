#pragma once

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace vdoc::captions {

/// Characters as a reader counts them, near enough: code points of UTF-8.
std::size_t length_of(std::string_view text) noexcept;

/// Cuts at spaces, tabs and line ends; never returns an empty word.
std::vector<std::string> split_words(std::string_view text);

/// A word of any length in pieces of at most `most` code points, never inside one.
std::vector<std::string> cut_word(std::string_view word, std::size_t most);

/// Outside bytes as UTF-8 without a byte order mark: UTF-8 as it is, UTF-16 by its mark, anything
/// else as Windows-1252, which contains Latin-1. NUL characters become U+FFFD.
std::string to_utf8(std::string_view bytes);

/// Text without <tags>, {\override} codes and character references; the lines are kept, but
/// trimmed, and empty ones dropped. A '<' that opens no tag is kept.
std::string without_markup(std::string_view text);

/// Adds the pieces one after the other, without a string between.
void append(std::string& out, std::initializer_list<std::string_view> pieces);

/// For the text of a WebVTT cue (W3C WebVTT 1, section 4.2.2).
std::string escape_vtt(std::string_view text);

} // namespace vdoc::captions
