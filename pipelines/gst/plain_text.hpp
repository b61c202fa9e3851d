#pragma once

#include <string>
#include <string_view>

namespace vdoc::gst {

/// How the text of a subtitle packet is written.
enum class text_markup : unsigned char {
  tags,      ///< SRT, WebVTT, Pango: <i>, <c.loud>, &amp;, {\an8}
  substation ///< SSA and ASS events as Matroska stores them: eight fields, then {\pos(1,2)} and \N
};

/// The words alone, lines kept apart by line feeds; empty lines and spaces at the ends removed.
std::string plain_text(std::string_view written, text_markup how);

} // namespace vdoc::gst
