#pragma once

#include "pipelines/gst/graph.hpp"
#include "pipelines/probe/growing_file.hpp"

#include <filesystem>
#include <optional>

namespace vdoc::gst {

/// What a source is read by, before it is known what it is: "source" and "kind". `growing` is the
/// same file while it is being uploaded.
graph first_elements(const std::filesystem::path& source,
                     const std::optional<probe::growing_file>& growing);

} // namespace vdoc::gst
