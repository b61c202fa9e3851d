#pragma once

#include "cluster/uploads/upload.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string_view>
#include <vector>

namespace vdoc::uploads {

/// The file of an upload, open to be continued. One thread at a time.
class upload_file {
public:
  upload_file(const upload_file&) = delete;
  upload_file& operator=(const upload_file&) = delete;
  upload_file(upload_file&& other) noexcept;
  upload_file& operator=(upload_file&&) = delete;
  ~upload_file();

  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }
  /// Behind what there was when it was opened, and what this one has written since: should another
  /// process go on with the same upload, both write the same bytes at the same places. Throws
  /// std::system_error; what was written until then stays, and counts.
  void append(std::string_view bytes);
  /// All that is in another one. Throws std::system_error.
  void append_all_of(const upload_file& other);
  /// Returns when everything is safe from a power cut. Throws std::system_error.
  void sync() const;

private:
  friend class upload_folder;
  upload_file(const std::filesystem::path& place, int flags);

  int descriptor_ = -1;
  std::uint64_t size_ = 0;
};

/// Where uploads lie:
///
///     uploads/<id>.json     what is known of it; without it there is no upload
///     uploads/<id>/<name>   its bytes so far: how long that file is, is how far the upload is
///
/// Throws std::system_error. Any thread, but one upload on one thread at a time.
class upload_folder {
public:
  explicit upload_folder(std::filesystem::path root) : root_{std::move(root)} {}

  /// All that are there, their bytes made safe. Files without an upload are removed once nobody has
  /// touched them for so long: others may be making one. Takes seconds where there are thousands.
  [[nodiscard]] std::vector<kept_upload>
  read(std::chrono::seconds abandoned_after = std::chrono::hours{1}) const;

  void create(const upload& what) const;     ///< durable on return
  void set_length(const upload& what) const; ///< the one that it has now; durable on return
  [[nodiscard]] upload_file open(const upload& what) const;
  /// A file without a name on the same disk, empty.
  [[nodiscard]] upload_file aside(const upload& what) const;
  /// First what says that there is an upload: readers of its file see that it was taken away.
  void remove(const std::string& id) const;

  [[nodiscard]] std::filesystem::path file_of(const upload& what) const {
    return root_ / what.id / what.name;
  }
  [[nodiscard]] std::filesystem::path sidecar_of(const std::string& id) const {
    return root_ / (id + ".json");
  }

private:
  void write_sidecar(const upload& what) const;
  void make_safe(const std::vector<kept_upload>& all) const;

  std::filesystem::path root_;
};

} // namespace vdoc::uploads
