#pragma once

#include "pipelines/gst/rung_encoder.hpp"
#include "pipelines/gst/transcoder.hpp"

#include <filesystem>
#include <string>

namespace vdoc::gst {

/// Writes what was made of a fragment to work/encoded/<name>/<index>.au, aside and renamed: a file
/// of that name is whole. Each unit lasts until the next one that is shown, the last one until the
/// fragment's end. Throws failure (a peer's) when the disk is full. `colorimetry` is left empty.
encoded_rendition store(const std::filesystem::path& work, const fragment::fragment& piece,
                        const std::string& name, encoded_units made);

} // namespace vdoc::gst
