#pragma once

#include "pipelines/fault.hpp"
#include "pipelines/gst/source_reader.hpp"

#include <filesystem>
#include <string>

namespace vdoc::gst {

/// Throws failure when `source` is no file that can be read: not there, a folder, forbidden, empty.
void check_readable(const std::filesystem::path& source);

/// What to tell a person about a source that gave nothing: cut short, not media at all, damaged, or
/// nothing in it that this platform plays. Looks at the file's own structure where that says more
/// than GStreamer's message.
fault explain(const std::filesystem::path& source, source_reader& reader);

} // namespace vdoc::gst
