#pragma once

#include "net/http/media_type.hpp"

#include <cstdint>
#include <ctime>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <unistd.h>
#include <utility>

namespace vdoc::net {

/// "Mon, 01 Dec 2025 08:00:00 GMT" (RFC 9110, section 5.6.7), whatever the locale.
std::string http_date(std::time_t when);

/// A file that is open to be read; closed when this goes.
class open_file {
public:
  explicit open_file(int descriptor) : descriptor_{descriptor} {}
  open_file(open_file&& other) noexcept : descriptor_{std::exchange(other.descriptor_, -1)} {}
  open_file& operator=(open_file&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  ~open_file() {
    if (descriptor_ >= 0)
      ::close(descriptor_);
  }
  [[nodiscard]] int descriptor() const noexcept { return descriptor_; }

private:
  int descriptor_;
};

/// What an answer says of a result.
struct file_facts {
  std::uint64_t size = 0;
  std::string etag;          ///< changes whenever the file does (RFC 9110, section 8.8.3)
  std::string last_modified; ///< HTTP date
};

/// A result of a job, opened.
struct artefact {
  open_file file;
  file_facts facts;
};

/// Whether a path can be that of a result: it leads to nothing above it, and has no names that
/// begin with a dot.
bool names_result(std::string_view path);

/// Opens a file below a folder. Nothing when the path names no result, when that is not there or no
/// plain file, or when the path leads over a symbolic link.
std::optional<artefact> open_artefact(const std::filesystem::path& folder, std::string_view path);

/// A file that a path names: "/api/v1/jobs/<id>/files/video/master.m3u8", or with a signed link
/// "/api/v1/shared/<id>/<link>/video/master.m3u8", in which relative names in playlists lead to
/// what the link is good for.
struct file_name {
  std::string job_id;
  std::string link; ///< empty: none
  std::string path; ///< below the job's folder
};
std::optional<file_name> file_named_by(std::string_view path);

/// Which bytes are asked for.
struct byte_range {
  enum class kind : std::uint8_t { whole, part, none };
  kind how = kind::whole; ///< none: not one of them is there (416)
  std::uint64_t first = 0;
  std::uint64_t length = 0;
  friend bool operator==(const byte_range&, const byte_range&) = default;
};

/// Reads a Range header (RFC 9110, section 14.2). Several ranges, other units and what cannot be
/// read are answered with the whole, as the RFC allows.
byte_range range_in(std::string_view header, std::uint64_t size);

/// Whether If-None-Match names this ETag, or "*".
bool names_etag(std::string_view if_none_match, std::string_view etag);

} // namespace vdoc::net
