#pragma once

#include "cluster/artefacts/results.hpp"

#include <filesystem>
#include <string>
#include <vector>

/// What of a job's results lies in the artefact store, and not in the job's folder any more: a file
/// in that folder says so, and is written before the first result goes.
namespace vdoc::artefacts {

/// Where the receipt of a job's folder is. It goes when the job is done anew.
std::filesystem::path receipt_in(const std::filesystem::path& folder);
/// Whether there is one.
bool has_receipt(const std::filesystem::path& folder);

/// A line for each: "1000 video/720p/init.mp4". Paths have no line feeds.
std::string receipt_of(const std::vector<result_file>& files);
/// What it lists; nothing when there is none. Lines that cannot be read are left out.
std::vector<result_file> read_receipt(const std::filesystem::path& folder);

} // namespace vdoc::artefacts
