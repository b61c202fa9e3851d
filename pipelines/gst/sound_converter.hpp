#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>

namespace vdoc::gst {

struct sound_format {
  int channels = 2;
  int rate_hz = 48'000;
  bool integer = false; ///< 16-bit integers instead of 32-bit floats
  friend bool operator==(const sound_format&, const sound_format&) = default;
};

/// Changes rate, channels and sample format of one continuous run of 32-bit floats. The n-th
/// sample out is the sound at n / rate_out of the run: no delay, and after `finish` exactly
/// round(frames in * rate_out / rate_in) frames have come out, whatever the sizes of the blocks.
class sound_converter {
public:
  /// Interleaved, in the format asked for; borrowed for the call.
  using taker = std::function<void(std::span<const std::uint8_t>)>;

  sound_converter(sound_format from, sound_format to, taker take);
  ~sound_converter();
  sound_converter(const sound_converter&) = delete;
  sound_converter& operator=(const sound_converter&) = delete;

  void convert(std::span<const float> samples);
  void finish();

private:
  struct engine;
  void run(std::uint64_t at_most);

  sound_format from_;
  sound_format to_;
  taker take_;
  std::unique_ptr<engine> engine_;
  std::uint64_t taken_ = 0; ///< frames in
  std::uint64_t given_ = 0; ///< frames out
};

} // namespace vdoc::gst
