#pragma once

#include "pipelines/gst/rescaler.hpp"
#include "pipelines/gst/transcoder.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace vdoc::gst {

/// Takes small pictures along: for every multiple of `every` on the timeline that lies in the
/// fragment, the first picture at or after it (the last of the fragment, if none is). One thread.
class picture_taker {
public:
  /// Pictures go to work/pictures/<fragment>-<n>.jpg; `colorimetry` says what their values mean.
  picture_taker(std::filesystem::path work, const fragment::fragment& piece,
                std::chrono::nanoseconds every, std::string colorimetry);
  ~picture_taker();

  /// True when the picture of that time is one to take.
  [[nodiscard]] bool wants(fragment::timestamp pts) const noexcept { return pts >= next_; }
  /// True when `last`, the last picture of the fragment, has to stand in for later ones.
  [[nodiscard]] bool wants_last(fragment::timestamp last) const noexcept;
  /// Shrinks, hashes and writes it. Throws failure when the disk is full.
  void take(GstSample* picture, fragment::timestamp pts);
  [[nodiscard]] std::vector<picture> taken() && { return std::move(taken_); }

private:
  struct tools;
  std::filesystem::path work_;
  fragment::fragment piece_;
  std::chrono::nanoseconds every_;
  std::string colorimetry_;
  fragment::timestamp next_{0};
  fragment::timestamp latest_{INT64_MIN};
  std::unique_ptr<tools> tools_;
  std::vector<picture> taken_;
};

/// 64 bits of the lowest frequencies of a 32 x 32 picture: above their median or not (the known
/// "pHash"). Near pictures differ in few bits.
std::uint64_t perceptual_hash(const std::array<std::uint8_t, 1024>& luma);

/// Writes aside and renames: a file of that name is whole. Makes its folder. Throws failure (a
/// peer's) when the disk is full.
void write_whole(const std::filesystem::path& file, const void* bytes, std::size_t size);

/// Size within `largest` on the wide side, even, of the same shape.
picture_shape shrunk(int width_px, int height_px, int largest_px);

} // namespace vdoc::gst
