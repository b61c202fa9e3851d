#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace vdoc::transcode {

/// What media hosts of one node have finished for a leader that was gone by then, each under the
/// key of its order (see `key_of`), in a folder that they share:
///
///     FOLDER/<key>/files/   as they would lie in the job's work folder
///     FOLDER/<key>/said     what was to be answered
///
/// What is there is whole: it is written aside, synced and renamed. Any thread, any process.
class kept_encodes {
public:
  struct limits {
    std::uint64_t bytes = 1ULL << 30U; ///< of all of them; the oldest go first
    std::chrono::seconds age{10 * 60}; ///< then nobody will ask for them any more
    std::size_t told = 16;             ///< keys at most that are told
  };
  /// What one host has taken out: nobody else has it. Removed with this.
  class taken {
  public:
    explicit taken(std::filesystem::path folder);
    taken(const taken&) = delete;
    taken& operator=(const taken&) = delete;
    ~taken();
    [[nodiscard]] std::filesystem::path files() const { return folder_ / "files"; }
    [[nodiscard]] const std::string& said() const noexcept { return said_; }

  private:
    std::filesystem::path folder_;
    std::string said_;
  };

  /// Makes the folder when something is kept. `self` is a name that no other process has.
  kept_encodes(std::filesystem::path folder, std::string self);
  kept_encodes(std::filesystem::path folder, std::string self, limits within);

  /// Keeps copies of these files below `from`. What is more than the limit alone is not kept.
  /// Throws std::system_error (disk full), and leaves nothing behind then.
  void keep(const std::string& key, const std::filesystem::path& from,
            const std::vector<std::string>& names, std::string_view said);
  /// Null when it is not there, or another host has been faster.
  std::unique_ptr<taken> take(const std::string& key);
  /// The latest first.
  [[nodiscard]] std::vector<std::string> keys() const;
  /// Removes what is too old, or too much; what was left half done, too. Cheap when there is
  /// nothing.
  void sweep();

private:
  struct entry;
  [[nodiscard]] std::vector<entry> all() const;
  [[nodiscard]] std::filesystem::path aside();
  void drop(const std::filesystem::path& what);

  std::filesystem::path folder_;
  std::string self_;
  limits within_;
  std::atomic<std::uint64_t> asides_ = 0;
};

} // namespace vdoc::transcode
