#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <string>

namespace vdoc::blobs {

/// Pieces of sources that a media host has fetched, so that it need not fetch them twice: each in a
/// folder of its own below `FOLDER/<name>`, of which this process is the only user. What others
/// have left behind in FOLDER, after kill -9 too, is removed at the start. Any thread.
class piece_cache {
public:
  /// Throws std::system_error when that is no place to write, or another process is in it.
  piece_cache(const std::filesystem::path& folder, const std::string& name, std::uint64_t limit);
  piece_cache(const piece_cache&) = delete;
  piece_cache& operator=(const piece_cache&) = delete;
  ~piece_cache(); ///< removes what is in it

  /// The folder of that piece; what is in there already has been fetched before. It stays until
  /// `release`, and after that as long as there is room.
  std::filesystem::path take(const std::string& piece);
  /// Another, empty one for the same piece: what was in there is wrong.
  std::filesystem::path take_anew(const std::string& piece);
  /// Those that were used longest ago are removed until the rest fits in the limit. The last one
  /// stays, however large: the next fragment is often of the same run. Who still has a file of the
  /// others open keeps it; the piece gets a folder of another name the next time.
  void release(const std::string& piece);

  [[nodiscard]] std::filesystem::path path() const { return own_; }
  [[nodiscard]] std::uint64_t bytes() const;

private:
  struct entry {
    std::filesystem::path folder;
    std::uint64_t bytes = 0;
    std::uint64_t last_use = 0;
    unsigned users = 0;
  };
  std::filesystem::path new_folder();
  [[nodiscard]] std::uint64_t sum() const; ///< under the mutex

  std::filesystem::path own_;
  std::uint64_t limit_;
  int lock_ = -1;
  mutable std::mutex mutex_;
  std::map<std::string, entry> entries_;
  std::uint64_t made_ = 0;
  std::uint64_t uses_ = 0;
};

} // namespace vdoc::blobs
