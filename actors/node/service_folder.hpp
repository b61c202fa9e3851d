#pragma once

#include <filesystem>

namespace vdoc::node {

/// The folder in which a service keeps everything, while it is ours alone.
///
///     DIR/serve.lock      held while a service runs
///     DIR/video-doc.db    the ledger, unless it is elsewhere
///     DIR/spool.jsonl     what waits for a ledger that is away
///     DIR/keys/           its own keys, and those of its administrator
///     DIR/links.key       signs links to results
///     DIR/webhook.secret  signs what callbacks are told
///     DIR/uploads/        what clients are uploading, and have uploaded
///     DIR/jobs/<id>/      the results of a job
class service_folder {
public:
  /// Makes it if need be. Throws vdoc::failure: another service has it, or it cannot be written.
  explicit service_folder(const std::filesystem::path& path);
  service_folder(const service_folder&) = delete;
  service_folder& operator=(const service_folder&) = delete;
  ~service_folder();

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
  [[nodiscard]] std::filesystem::path database() const { return path_ / "video-doc.db"; }
  [[nodiscard]] std::filesystem::path spool() const { return path_ / "spool.jsonl"; }
  [[nodiscard]] std::filesystem::path keys() const { return path_ / "keys"; }
  [[nodiscard]] std::filesystem::path links_key() const { return path_ / "links.key"; }
  [[nodiscard]] std::filesystem::path webhook_secret() const { return path_ / "webhook.secret"; }
  [[nodiscard]] std::filesystem::path uploads() const { return path_ / "uploads"; }
  [[nodiscard]] std::filesystem::path jobs() const { return path_ / "jobs"; }

private:
  std::filesystem::path path_;
  int lock_ = -1;
};

} // namespace vdoc::node
