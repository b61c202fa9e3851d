#pragma once

#include "test/support/media_catalogue.hpp"

#include <string>
#include <utility>

/// What the lists of the catalogue have in common. Functions, because tests name their cases from
/// these lists before main begins.
namespace vdoc::test {

/// Closed GOP of 2 s with B-frames: what most files have.
inline std::string h264() {
  return "-c:v libx264 -preset veryfast -g 50 -bf 3 -sc_threshold 0 -pix_fmt yuv420p ";
}

/// The master, coded by one command of ffmpeg.
inline source simple(std::string name, std::string file, const std::string& options,
                     master_spec master = {}) {
  return {.name = std::move(name),
          .file = std::move(file),
          .steps = {"-i {master} " + options + " -bitexact {out}"},
          .master = master};
}

} // namespace vdoc::test
