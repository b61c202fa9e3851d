#pragma once

#include <filesystem>

namespace vdoc::fragment {

/// Where this process writes a file of that name until it is whole: "00012.au.3f0c…9a.part". No
/// other process has that name, so that two may make the same file at the same time, on machines
/// that share a folder too.
std::filesystem::path aside_name(const std::filesystem::path& file);

} // namespace vdoc::fragment
