#include "pipelines/hls/aac.hpp"

#include <stdexcept>

namespace vdoc::hls {

namespace {

constexpr int escape_type = 31;
constexpr int escape_frequency = 15;
constexpr int type_sbr = 5, type_ps = 29;

class bit_reader {
public:
  explicit bit_reader(std::span<const std::uint8_t> bytes) : bytes_{bytes} {}
  int take(int count) {
    int value = 0;
    for (int i = 0; i < count; ++i, ++at_) {
      if (at_ / 8 >= bytes_.size())
        throw std::runtime_error{"an AudioSpecificConfig is cut short"};
      value = value << 1 | (bytes_[at_ / 8] >> (7 - at_ % 8) & 1);
    }
    return value;
  }
  int object_type() {
    const int type = take(5);
    return type == escape_type ? 32 + take(6) : type;
  }
  int frequency_index() {
    const int index = take(4);
    if (index == escape_frequency)
      take(24);
    return index;
  }

private:
  std::span<const std::uint8_t> bytes_;
  std::size_t at_ = 0;
};

} // namespace

aac_config read_aac_config(std::span<const std::uint8_t> bytes) {
  bit_reader in{bytes};
  aac_config config;
  config.object_type = config.core_type = in.object_type();
  config.frequency_index = in.frequency_index();
  config.channel_configuration = in.take(4);
  if (config.object_type == type_sbr || config.object_type == type_ps) {
    in.frequency_index();
    config.core_type = in.object_type();
  }
  return config;
}

std::array<std::uint8_t, 7> adts_header(const aac_config& config, std::size_t frame_bytes) {
  constexpr std::size_t header_bytes = 7, largest = (1U << 13U) - 1;
  const auto length = frame_bytes + header_bytes;
  if (config.core_type < 1 || config.core_type > 4)
    throw std::runtime_error{"ADTS has no name for this kind of AAC"};
  if (config.frequency_index > 12)
    throw std::runtime_error{"ADTS has no name for this sample rate"};
  if (length > largest)
    throw std::runtime_error{"an AAC frame is too large for ADTS"};
  const auto channels = static_cast<unsigned>(config.channel_configuration) & 7U;
  const auto byte = [](std::size_t value) { return static_cast<std::uint8_t>(value); };
  return {0xff,
          0xf1, // MPEG-4, no CRC
          byte(static_cast<unsigned>(config.core_type - 1) << 6U |
               static_cast<unsigned>(config.frequency_index) << 2U | channels >> 2U),
          byte((channels & 3U) << 6U | length >> 11U),
          byte(length >> 3U),
          byte((length & 7U) << 5U | 0x1fU), // a buffer fullness of all ones: variable bit rate
          0xfc};
}

} // namespace vdoc::hls
