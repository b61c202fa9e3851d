#pragma once

#include <string>
#include <vector>

namespace vdoc::gst {

/// "encoder:x264enc" for each encoder that the engine uses, and for each that is hardware, if it
/// gets ready to work. Loads all of them, and what they need stays loaded: some 20 MiB. After
/// `initialise`.
std::vector<std::string> encoders_that_start();

/// "decoder:h264" for each format of which some decoder is installed. Loads none. After
/// `initialise`.
std::vector<std::string> decoders_installed();

} // namespace vdoc::gst
