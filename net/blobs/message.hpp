#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// The data plane: bytes of files between the leader of a cluster and media hosts that do not share
/// its folder. Hosts ask, the leader answers each request with one answer of the same number; all
/// requests may be repeated. ZeroMQ with CURVE carries them; see docs/adr/0032.
namespace vdoc::blobs {

/// Files travel in chunks of this size, each with its own hash; the last one of a file is shorter.
inline constexpr std::size_t chunk_bytes = std::size_t{64} * 1024;

/// BLAKE2b (RFC 7693), 256 bit.
using digest = std::array<std::uint8_t, 32>;
digest digest_of(std::string_view bytes);

enum class verb : std::uint8_t {
  greet,  ///< is anybody there who knows this key?
  look,   ///< how long is this file, and is what I have of it right?
  read,   ///< a chunk of it
  write,  ///< a chunk of a result
  settle, ///< that was all of it: put it at its place
};

struct request {
  verb what = verb::greet;
  std::uint64_t number = 0;
  std::string pass;         ///< what the task may read and write (see loan_book)
  std::string file;         ///< relative to the work folder of the job: "runs/00012.au"
  std::uint64_t offset = 0; ///< look: bytes that the asker has; settle: size of the file
  digest sum{};             ///< look: of what the asker has; write: of `bytes`
  std::string bytes;        ///< write
  friend bool operator==(const request&, const request&) = default;
};

enum class verdict : std::uint8_t {
  done,
  given_up,    ///< nobody waits for the results of that task any more
  stale_epoch, ///< of a former leader, or we lead no more
  not_lent,    ///< that task has nothing to do with that file
  differs,     ///< look: what the asker has is not what is here
  damaged,     ///< its hash says that it is not what was sent
  no_room,     ///< the disk refuses: `bytes` says why
};
std::string to_string(verdict how);

struct answer {
  std::uint64_t number = 0;
  verdict how = verdict::done;
  std::uint64_t offset = 0; ///< look: how long the file is; read: where the chunk begins
  digest sum{};             ///< read: of `bytes`
  std::string bytes;        ///< read: the chunk
  friend bool operator==(const answer&, const answer&) = default;
};

/// Two frames of a ZeroMQ message: what is asked or answered, and bytes.
std::vector<std::string> to_frames(const request& it);
std::vector<std::string> to_frames(const answer& it);
/// Nothing when they are none of ours.
std::optional<request> request_in(std::span<const std::string> frames);
std::optional<answer> answer_in(std::span<const std::string> frames);

} // namespace vdoc::blobs
