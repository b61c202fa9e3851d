#pragma once

#include "pipelines/document/outline.hpp"

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

namespace vdoc::document {

/// A picture that the document shows: where it lies, relative to the document, and its size.
struct shown_picture {
  std::string href;
  int width_px = 0, height_px = 0;
};

/// What was chosen for the document, by the index of `document_source::pictures`. A key picture
/// that is not in here could not be read and is left out.
using shown_pictures = std::map<std::size_t, shown_picture>;

/// The whole of index.html: complete to read without its script, and with nothing in it that loads
/// from anywhere but its own folder and the one above.
std::string write_page(const document_source& source, const outline& parts,
                       const shown_pictures& pictures);

/// The whole of document.md (CommonMark), for reading in a repository.
std::string write_markdown(const document_source& source, const outline& parts,
                           const shown_pictures& pictures);

/// A file of pipelines/document/page that is built into the program ("page.css", "hls.min.js").
/// Lives as long as the program. Throws std::logic_error for an unknown name.
std::string_view page_file(const std::string& name);

/// The sentence under the title that says where the text comes from, or why there is none.
std::string text_origin(const document_source& source);

/// "../video.mp4#t=12.340": plays from there even without a script. "#t=12.340" without media.
std::string moment_href(const document_source& source, timestamp when);

} // namespace vdoc::document
