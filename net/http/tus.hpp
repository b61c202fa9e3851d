#pragma once

#include "net/http/web_answer.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The words of tus 1.0.0 (https://tus.io/protocols/resumable-upload), and what is wrong with them.
namespace vdoc::net::tus {

inline constexpr const char* version = "1.0.0";
inline constexpr const char* extensions =
    "creation,creation-defer-length,creation-with-upload,termination,expiration,checksum";
inline constexpr const char* body_type = "application/offset+octet-stream";

/// What a request says in its headers; "" where it says nothing.
struct request {
  std::string_view method; ///< as it came; X-HTTP-Method-Override goes before
  std::string_view method_override = {};
  std::string_view resumable = {}; ///< Tus-Resumable
  std::string_view length = {};    ///< Upload-Length
  std::string_view defer = {};     ///< Upload-Defer-Length
  std::string_view offset = {};    ///< Upload-Offset
  std::string_view metadata = {};  ///< Upload-Metadata
  std::string_view checksum = {};  ///< Upload-Checksum
  std::string_view content_type = {};
  std::optional<std::uint64_t> body = std::nullopt; ///< bytes; none: not said (chunked)
};

enum class verb : std::uint8_t { options, create, look, append, remove, none };
verb verb_of(const request& what);

/// One pair of Upload-Metadata, decoded.
struct metadata_pair {
  std::string key;
  std::string value;
  friend bool operator==(const metadata_pair&, const metadata_pair&) = default;
};
/// "filename dGFsay5tcDQ=,is_private": nothing when it is not of that form.
std::optional<std::vector<metadata_pair>> metadata_in(std::string_view header);
/// "" when there is none.
std::string_view value_of(const std::vector<metadata_pair>& all, std::string_view key);

/// Upload-Checksum: "sha256 <base64>".
struct checksum {
  std::string algorithm; ///< "sha1", "sha256"; "": none was sent
  std::string digest;    ///< bytes
  friend bool operator==(const checksum&, const checksum&) = default;
};

/// A new upload. Without `refusal` the rest holds.
struct creation {
  std::optional<web_answer> refusal;
  std::optional<std::uint64_t> length = std::nullopt; ///< none: its client does not know yet
  std::vector<metadata_pair> metadata;
  bool with_upload = false; ///< its body is the beginning
  checksum sum = {};
};
/// `largest` is 0 where there is no limit.
creation read_creation(const request& what, std::uint64_t largest);

/// More of one.
struct continuation {
  std::optional<web_answer> refusal;
  std::uint64_t offset = 0;
  std::optional<std::uint64_t> length = std::nullopt; ///< said now; the upload had none
  checksum sum = {};
};
/// Of an upload of so many bytes, if that is known. Whether the offset is the right one is seen
/// when the bytes are written. `largest` is 0 where there is no limit.
continuation read_continuation(const request& what, std::optional<std::uint64_t> length,
                               std::uint64_t largest);

/// 412 unless the client speaks our version. OPTIONS needs none.
std::optional<web_answer> check_version(const request& what);

web_answer described(std::uint64_t largest); ///< OPTIONS
web_answer wrong_offset(std::uint64_t is, std::uint64_t asked);
web_answer gone();
web_answer too_long(std::uint64_t length);
web_answer too_large(std::uint64_t largest); ///< for this service
web_answer wrong_checksum();
/// The headers that every answer about uploads has.
web_answer with_version(web_answer what);

} // namespace vdoc::net::tus
