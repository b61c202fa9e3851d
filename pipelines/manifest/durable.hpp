#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>

namespace vdoc::manifest {

/// Writes a whole file aside, syncs it and renames it: whoever sees `target` sees all of it, and
/// after a power cut it is all there or not there. Throws std::system_error (disk full) and leaves
/// nothing behind.
void write_durably(const std::filesystem::path& target, std::span<const std::uint8_t> content);
void write_durably(const std::filesystem::path& target, std::string_view content);

/// The same without the sync, for what is written anew every second (a growing playlist).
void write_whole(const std::filesystem::path& target, std::string_view content);

} // namespace vdoc::manifest
