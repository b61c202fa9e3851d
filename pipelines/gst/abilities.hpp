#pragma once

#include <string>
#include <vector>

namespace vdoc::gst {

/// What this machine can do, as words. "encoder:x264enc" for each encoder that the engine uses, and
/// for each that is hardware, if it gets ready to work; "decoder:h264" for each format of which
/// some decoder is installed. After `initialise`.
std::vector<std::string> abilities();

} // namespace vdoc::gst
