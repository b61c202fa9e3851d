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

/// What the threads that read it may open: it, where an upload says how long it is, and `own`
/// (empty: nothing) to write what they find.
confinement::reach reach_of(const std::filesystem::path& source,
                            const std::optional<probe::growing_file>& growing,
                            const std::filesystem::path& own);

} // namespace vdoc::gst
