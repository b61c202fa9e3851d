#pragma once

#include "pipelines/manifest/manifest.hpp"

#include <filesystem>

namespace vdoc::job {

/// What of a manifest may be believed after a crash: a result counts as far as its files are there
/// and as long as the manifest says, and what is to be made of intermediate files is forgotten
/// where those are not there either, so that it is made again from the source. `root` is the job's
/// folder. Files are whole and have their names before the manifest hears of them, results are
/// synced as well, so a length is enough to know a whole one: what the machine lost is shorter.
manifest::state trusted(manifest::state known, const std::filesystem::path& root);

} // namespace vdoc::job
