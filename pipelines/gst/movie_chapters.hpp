#pragma once

#include "pipelines/probe/source_probe.hpp"

#include <filesystem>
#include <vector>

namespace vdoc::gst {

/// The chapters of an ISO base media file, which GStreamer does not pass on: those of the text
/// track that the others name as theirs (`tref` of type `chap`: QuickTime File Format, "Chapter
/// Lists"), else Nero's list (`chpl` in `udta`). In order; times are those of the movie, in the
/// units of the track or of 100 ns. Never fails: what is broken or no such file has none.
std::vector<probe::chapter> read_movie_chapters(const std::filesystem::path& source);

} // namespace vdoc::gst
