#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

namespace vdoc::survey {

/// The lengths of all files below a job's folder, and of those that only the artefact store has any
/// more. A file with several names (results that are taken over are hard links) counts wherever it
/// is; links to elsewhere count nowhere. 0 when there is none. Files may be dropped meanwhile.
std::uint64_t bytes_below(const std::filesystem::path& folder);

/// When each folder in this one was last changed, in Unix time; by name.
std::map<std::string, std::int64_t> folders_in(const std::filesystem::path& folder);

} // namespace vdoc::survey
