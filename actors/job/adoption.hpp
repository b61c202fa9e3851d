#pragma once

#include "actors/job/rules.hpp"

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace vdoc::job {

/// The results in another job's folder, if they are those of a finished job for the same options
/// and for a source that looks the same.
std::optional<twin_found> twin_in(const std::filesystem::path& folder, const std::string& job,
                                  const rules& mine);

/// Takes the results of one job's folder over into another's: as hard links, so that each job keeps
/// its own when the other is removed, or as copies where the file system has no links. Results are
/// only ever replaced, never written to, so that a shared file stays what it is. One thread.
///
/// Files are gathered aside, a few at a time. `finish` makes them results of the other job: nobody
/// sees a part of them, save that a crash between two renames leaves some, which the next attempt
/// replaces.
class adoption {
public:
  /// Throws std::system_error like all of it: the folder is gone, the disk refuses.
  adoption(std::filesystem::path from, std::filesystem::path to);

  /// True when all files are there.
  bool take(std::size_t most_files);

  /// Makes them ours, with a manifest that says whose work it was. Throws std::runtime_error when
  /// the other job's results have changed meanwhile or are not whole.
  manifest::state finish(const rules& mine, const twin_found& whose);

private:
  void take_one(const std::filesystem::path& file);
  void publish();
  [[nodiscard]] std::vector<manifest::record> records(const rules& mine,
                                                      const twin_found& whose) const;

  std::filesystem::path from_;
  std::filesystem::path to_;
  std::filesystem::path aside_;
  std::string manifest_identity_;
  std::vector<std::filesystem::path> files_; ///< below `from_`; those still to be taken
  std::vector<std::filesystem::path> folders_;
  std::size_t taken_ = 0;
};

} // namespace vdoc::job
