#pragma once

#include "pipelines/content/content_hash.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace vdoc::content {

/// Which file it is and when it was last written, as one text; "" of what is no regular file. While
/// it stays the same, so does the content.
std::string identity_of(const std::filesystem::path& file);

/// One of the files that make a source: the video, or captions beside it.
struct source_part {
  std::filesystem::path file;
  std::string role; ///< "" of the video, the language of captions: two of them say other things
  friend bool operator==(const source_part&, const source_part&) = default;
};

/// The hash of everything that a source holds, read in slices. Equal digests, equal sources. It
/// only reads bytes: nothing of them is understood. One thread; blocks as the disk does.
class source_digest {
public:
  explicit source_digest(std::vector<source_part> parts);
  source_digest(source_digest&& other) noexcept;
  source_digest& operator=(source_digest&&) = delete;
  ~source_digest();

  /// Reads on, at most so many bytes; true when there is no more. Throws std::system_error when a
  /// part cannot be read, is no regular file or is written to meanwhile.
  bool read(std::size_t most_bytes);

  /// After the last `read`: 64 hexadecimal digits.
  std::string hex() { return hash_.hex(); }
  /// Of the first part, from before its first byte was read to after its last.
  [[nodiscard]] const std::string& identity() const noexcept { return first_identity_; }

private:
  void open_next();
  void close_part();

  std::vector<source_part> parts_;
  std::size_t at_ = 0;
  int file_ = -1;
  std::uint64_t left_ = 0; ///< bytes of the open part
  std::string open_identity_;
  std::string first_identity_;
  std::vector<std::uint8_t> buffer_;
  content_hash hash_;
};

} // namespace vdoc::content
