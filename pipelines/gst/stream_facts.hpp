#pragma once

#include "pipelines/gst/source_reader.hpp"
#include "pipelines/probe/source_probe.hpp"

namespace vdoc::gst {

/// What caps and tags say of a stream, in the probe's words.
probe::video_stream video_facts(const source_stream& stream);
probe::audio_stream audio_facts(const source_stream& stream);
probe::subtitle_stream subtitle_facts(const source_stream& stream);

/// From GStreamer's "rotate-90", "flip-rotate-180", ... to a mirroring and a turn.
probe::orientation orientation_of(const GstTagList* tags);
probe::color_description color_of(const std::string& colorimetry);
std::vector<probe::chapter> chapters_of(GstToc* contents);
/// A chapter that does not say where it ends does so where the next begins, the last at `end`.
void close_chapters(std::vector<probe::chapter>& all, fragment::timestamp end);
std::string text_of(const GstTagList* tags, const char* which);

} // namespace vdoc::gst
