#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <sys/types.h>

namespace vdoc::membership {

/// Who may read a file.
inline constexpr ::mode_t for_owner = 0600;
inline constexpr ::mode_t for_all = 0644;

/// Writes aside, syncs and renames: whoever reads the file sees all of the old or all of the new,
/// after a power cut too. Throws certificate_error.
void write_file(const std::filesystem::path& file, std::string_view text, ::mode_t mode);

/// At most 1 MiB: more is none of ours. Throws certificate_error in words for people: it does not
/// exist, may not be read, is a folder, is empty, is too large.
std::string read_file(const std::filesystem::path& file);

} // namespace vdoc::membership
