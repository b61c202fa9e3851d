#pragma once

#include "actors/transcode/kept_encodes.hpp"
#include "actors/wire/allegiance.hpp"

#include <atomic>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace vdoc::transcode {

/// How a media host outlives its leader for as long as an encode takes, and hands it on to the one
/// that takes its place. Both run for that time:
///
///     FOLDER/encodes/          what was finished: see kept_encodes
///     FOLDER/<host>.lingers    locked while a process of that host finishes something, whose key
///                              is in it
///     FOLDER/desk-<host>/      where one that is lent encodes, before it hands in
///
/// So one process of a host encodes at a time, and the next one waits for what it would have to do
/// again. Any thread.
class keeping {
public:
  /// `incarnation` is of this process. `is_lent`: it works for the leader on another node.
  keeping(std::filesystem::path folder, const std::string& host, const std::string& incarnation,
          bool is_lent, std::shared_ptr<allegiance> to);
  keeping(const keeping&) = delete;
  keeping& operator=(const keeping&) = delete;
  ~keeping();

  [[nodiscard]] allegiance& leader() noexcept { return *to_; }
  [[nodiscard]] kept_encodes& encodes() noexcept { return encodes_; }

  /// Blocks while the process before this one finishes what it has; its node ends it when that
  /// takes too long. Returns early when `cancelled`.
  void await_predecessor(const std::atomic<bool>& cancelled);
  /// An empty folder to encode into, so that nothing lies in the leader's before it is handed in.
  /// Empty: results may go there at once, since this process ends with its leader, or there is no
  /// room elsewhere.
  std::filesystem::path clear_desk();
  /// From here on the next process of this host waits for us. False: that cannot be had.
  bool linger(const std::string& key);

  /// What the leader should give to this host: "kept:<key>". What the process before this one
  /// finishes comes first.
  [[nodiscard]] std::vector<std::string> words() const;

private:
  [[nodiscard]] bool predecessor_lingers() const;

  std::filesystem::path folder_;
  std::filesystem::path lingers_;
  std::filesystem::path desk_;
  bool is_lent_;
  std::shared_ptr<allegiance> to_;
  kept_encodes encodes_;
  std::atomic<bool> is_alone_ = false; ///< the process before this one has ended
  int lock_ = -1;                      ///< while we linger
};

} // namespace vdoc::transcode
