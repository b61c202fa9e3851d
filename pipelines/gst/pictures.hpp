#pragma once

#include "pipelines/gst/change_finder.hpp"
#include "pipelines/gst/rescaler.hpp"
#include "pipelines/gst/transcoder.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace vdoc::gst {

/// Takes small pictures along: the first of the fragment, one `every` so often after the last, and
/// one as soon as a cut or a new slide is to be seen. One thread.
class picture_taker {
public:
  /// Pictures go to work/pictures/<fragment>-<n>.jpg; `colorimetry` says what their values mean.
  picture_taker(std::filesystem::path work, const fragment::fragment& piece,
                std::chrono::nanoseconds every, std::string colorimetry);
  ~picture_taker();

  /// Looks at a picture of the fragment, in order; shrinks, hashes and writes it if it is one to
  /// take. Throws failure when the disk is full.
  void see(GstSample* picture, fragment::timestamp pts);
  [[nodiscard]] std::vector<picture> taken() && { return std::move(taken_); }

private:
  struct tools;
  void take(GstVideoFrame& picture, fragment::timestamp pts);

  std::filesystem::path work_;
  std::uint32_t fragment_;
  std::chrono::nanoseconds every_;
  std::string colorimetry_;
  change_finder changes_;
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
