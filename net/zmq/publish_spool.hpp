#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace vdoc::net {

/// Jobs on the disk that are not acknowledged: a line "+<job>" for each that was published and
/// "-<number of its line>" for each that is settled. Empty again once all are. One thread at a
/// time, but for `sync`.
class publish_spool {
public:
  /// An empty path keeps nothing. Throws std::runtime_error when the file cannot be used.
  explicit publish_spool(const std::filesystem::path& file);
  publish_spool(const publish_spool&) = delete;
  publish_spool& operator=(const publish_spool&) = delete;
  ~publish_spool();

  /// What an earlier process has left, in order.
  [[nodiscard]] std::vector<std::string> left() const;
  /// Safe from a power cut once `sync` has returned. Throws std::runtime_error when the disk
  /// refuses; then nothing has been added.
  void add(std::uint64_t number, const std::string& job);
  /// Not synced: a power cut has the job sent again, which is known by its key then.
  void settle(std::uint64_t number);
  /// Returns when what was added before the call is safe from a power cut. Throws
  /// std::runtime_error when the disk refuses. Any thread.
  void sync() const;

private:
  void write(const std::string& line);
  void begin_anew(const std::vector<std::string>& jobs);

  std::filesystem::path path_;
  int file_ = -1;
  std::vector<std::string> left_;
  std::map<std::uint64_t, std::uint64_t> lines_; ///< by number of the job
  std::uint64_t written_ = 0;                    ///< jobs in the file
  std::uint64_t bytes_ = 0;                      ///< of the file
};

} // namespace vdoc::net
