#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace vdoc::uploads {

/// A file that a client sends us piece by piece. What is known of it before its first byte.
struct upload {
  std::string id;     ///< 32 hexadecimal digits that nobody can guess
  std::string tenant; ///< whose it is
  std::string name;   ///< of its file, as `fit_name` makes it
  /// Bytes, when it is whole. Nothing until its client knows (Upload-Defer-Length); then it stays.
  std::optional<std::uint64_t> length;
  std::string metadata; ///< Upload-Metadata as it was sent
  friend bool operator==(const upload&, const upload&) = default;
};

/// An upload as it lies in the folder.
struct kept_upload {
  upload what;
  std::uint64_t bytes = 0;        ///< in its file, and safe from a power cut
  std::int64_t moved_unix_ms = 0; ///< when its file was written to last
};

/// How an upload is kept beside its file. pipelines/probe reads "length" of it.
std::string to_json(const upload& what);
/// Back; nothing when it is none.
std::optional<upload> upload_from(const std::string& id, std::string_view json);

/// With chance from the kernel.
std::string new_upload_id();
bool is_upload_id(std::string_view text);

/// The last part of what a client calls its file, such that every file system takes it: no folder,
/// no control character, not hidden, UTF-8 of at most 200 bytes; "upload" when nothing is left.
std::string fit_name(std::string_view given);

/// "upload:<id>": how an upload is named as the source of a job.
std::string source_of(const std::string& id);
/// The id in such a source; "" when it is another one.
std::string_view upload_in(std::string_view source);

/// The first quarter of an id as a number: enough to tell the uploads of a moment apart
/// where memory counts. 0 of "".
std::uint32_t number_of(std::string_view id);

} // namespace vdoc::uploads
