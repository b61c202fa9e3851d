#pragma once

#include "net/site/site_client.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

namespace vdoc::net {

/// A job whose source is a file of this machine.
struct upload_wish {
  std::filesystem::path file;
  /// As POST /api/v1/jobs takes it, without a source. Its idempotency key is how an upload that was
  /// cut off is found again: it is there, and is the file's alone.
  std::string job;
  std::uint64_t most_per_s = 0;               ///< bytes; 0: as fast as it goes
  std::chrono::milliseconds patience{10'000}; ///< without any progress
};

struct upload_listener {
  /// The job is committed; so many bytes of its source were there before. All of them: it was
  /// given, and uploaded, earlier.
  std::function<void(const std::string& job_id, std::uint64_t have)> began = {};
  /// How far it is; some times a second.
  std::function<void(std::uint64_t bytes, std::uint64_t of)> moved = {};
  /// It does not go on at the moment.
  std::function<void(const std::string& why)> waits = {};
};

/// A key that is the same as long as the file is, and what is wanted of it. Throws
/// std::filesystem::filesystem_error when there is no such file.
std::string upload_key(const std::filesystem::path& file, const std::string& job);

/// Uploads the file by tus 1.0 and gives the job with it, which begins before the file is whole
/// where that is possible. Goes on where it was cut off, also by an earlier process. Throws
/// std::runtime_error in words for people. Blocks.
void upload(site_client& to, const upload_wish& what, const upload_listener& told);

} // namespace vdoc::net
