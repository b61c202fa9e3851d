#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace vdoc::probe {

/// A file that is still being uploaded: it lies at uploads/<id>/<name>, beside uploads/<id>.json
/// that says how long it is going to be (cluster/uploads), perhaps not from the beginning on. Bytes
/// only ever come at its end; when what lies beside it is gone, no more will come. Any thread.
class growing_file {
public:
  /// Nothing for any other file, and for an upload that is whole.
  static std::optional<growing_file> at(const std::filesystem::path& place);

  [[nodiscard]] const std::filesystem::path& place() const noexcept { return place_; }
  /// When it is whole. Nothing as long as its client does not know.
  [[nodiscard]] std::optional<std::uint64_t> length() const;
  [[nodiscard]] std::uint64_t bytes() const; ///< so far
  [[nodiscard]] bool is_whole() const;
  [[nodiscard]] bool is_given_up() const;

private:
  static constexpr std::uint64_t not_known = UINT64_MAX;
  growing_file(std::filesystem::path place, std::filesystem::path sidecar, std::uint64_t length)
      : place_{std::move(place)}, sidecar_{std::move(sidecar)},
        length_{std::make_shared<std::atomic<std::uint64_t>>(length)} {}

  std::filesystem::path place_;
  std::filesystem::path sidecar_;
  std::shared_ptr<std::atomic<std::uint64_t>> length_; ///< of copies, too: once known, it stays
};

/// The id of an upload, whole or not; nothing for any other file.
std::optional<std::string> upload_id_of(const std::filesystem::path& place);

/// How a fingerprint begins that an upload has before it is whole; its id follows.
inline constexpr const char* unfinished_upload = "upload-";

/// Whether the beginning of a file is enough to begin with.
enum class beginning : std::uint8_t {
  unclear,  ///< there is not enough of it to say
  useful,   ///< it can be read in the order in which it comes
  not_alone ///< what says how to read it lies at its end
};
/// Of the containers that streams are sent in: MPEG-TS, Matroska and WebM, FLV, and ISO base media
/// files whose `moov` comes before their pictures. `length` is that of the whole file, or,
/// while that is not known, the largest number.
beginning beginning_of(const std::filesystem::path& file, std::uint64_t length);

} // namespace vdoc::probe
