#pragma once

#include <filesystem>
#include <string>

namespace vdoc::node {

/// The folder in which a service keeps everything: all nodes of a cluster share it.
///
///     DIR/folder.id       by which nodes know that it is the same folder
///     DIR/leader.epoch    epoch of the last leader
///     DIR/video-doc.db    the ledger, unless it is elsewhere
///     DIR/nodes/<name>/   what a node keeps for itself: see node_folder
///     DIR/keys/           its own keys, and those of its administrator
///     DIR/links.key       signs links to results
///     DIR/webhook.keys    sign what callbacks are told
///     DIR/webhook.secret  of an earlier version: signs it, too, until it is removed
///     DIR/uploads/        what clients are uploading, and have uploaded
///     DIR/jobs/<id>/      the results of a job
class service_folder {
public:
  /// Makes it if need be. Throws vdoc::failure: it cannot be written.
  explicit service_folder(const std::filesystem::path& path);

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
  [[nodiscard]] std::filesystem::path database() const { return path_ / "video-doc.db"; }
  [[nodiscard]] std::filesystem::path leader_epoch() const { return path_ / "leader.epoch"; }
  [[nodiscard]] std::filesystem::path keys() const { return path_ / "keys"; }
  [[nodiscard]] std::filesystem::path links_key() const { return path_ / "links.key"; }
  [[nodiscard]] std::filesystem::path webhook_keys() const { return path_ / "webhook.keys"; }
  [[nodiscard]] std::filesystem::path webhook_secret() const { return path_ / "webhook.secret"; }
  [[nodiscard]] std::filesystem::path uploads() const { return path_ / "uploads"; }
  [[nodiscard]] std::filesystem::path jobs() const { return path_ / "jobs"; }

  /// The same wherever it is mounted. Empty when it cannot be read or written.
  [[nodiscard]] std::string id() const;

private:
  std::filesystem::path path_;
};

} // namespace vdoc::node
