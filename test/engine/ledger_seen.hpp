#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace vdoc::test {

/// A job as the ledger in an output folder has it, and what happened to it, oldest first.
struct job_in_ledger {
  std::string source, output, spec, state;
  int attempts = 0;
  /// "submitted 0", "started 1": the event and its attempt.
  std::vector<std::string> events;
  std::vector<std::string> causes; ///< of the events, "" where there is none
  std::vector<std::int64_t> at_unix_ms;
};

/// All jobs of `out`/video-doc.db in the order they were submitted. Reads with SQLite alone, and
/// writes nothing. Throws std::runtime_error when the file cannot be read.
std::vector<job_in_ledger> read_ledger(const std::filesystem::path& out);

} // namespace vdoc::test
