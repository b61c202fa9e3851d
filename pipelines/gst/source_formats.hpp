#pragma once

#include "pipelines/gst/source_reader.hpp"

#include <gst/gst.h>

#include <string>

namespace vdoc::gst {

/// The demuxer for a container, "" when it is none that we open.
std::string demuxer_for(const GstCaps* caps);

/// How an elementary stream is brought into form: a parser ("" for none) and the caps wanted of it.
struct parsing {
  std::string factory;
  std::string wanted;
  friend bool operator==(const parsing&, const parsing&) = default;
};
parsing parsing_for(const GstCaps* caps);

stream_kind kind_of(const GstCaps* caps);

/// The container's short name: "mp4", "mov", "matroska", "mpegts", ...
std::string container_name(const std::string& file_type);

/// Our short name of a codec: "h264", "aac", "srt", "pgs"; the media type for what we do not know.
std::string codec_name(const GstCaps* caps);

/// The caps under the name that decoders know, where the demuxer only passes on four letters.
owned<GstCaps> in_known_words(GstCaps* caps);

/// Why a stream cannot be used here, or "" when some installed decoder takes it. `name` gets a name
/// for people: "VVC (H.266) video".
std::string reason_to_refuse(const GstCaps* caps, std::string& name);

} // namespace vdoc::gst
