#pragma once

#include <array>
#include <cstddef>
#include <filesystem>
#include <vector>

namespace vdoc::speech {

/// One convolution over time of Silero's encoder: three frames wide, rectified.
struct silero_layer {
  std::size_t from = 0, to = 0; ///< channels
  std::size_t stride = 1;       ///< frames
  std::vector<float> weight;    ///< to x from x 3
  std::vector<float> bias;      ///< to
};

/// What Silero's voice detector has learned, of its half for 16 kHz
/// (github.com/snakers4/silero-vad, versions 5 and 6, MIT).
struct silero_weights {
  static constexpr std::size_t transform = 256; ///< samples of one spectrum
  static constexpr std::size_t bins = transform / 2 + 1;
  static constexpr std::size_t cells = 128; ///< of the memory (LSTM)

  std::vector<float> basis; ///< 2 * bins x transform: windowed cosines, then sines
  std::array<silero_layer, 4> encoder{
      {{bins, 128, 1, {}, {}}, {128, 64, 2, {}, {}}, {64, 64, 2, {}, {}}, {64, cells, 1, {}, {}}}};
  /// Input, forget, cell and output gate, `cells` rows each.
  std::vector<float> gates_of_input;  ///< 4 * cells x cells
  std::vector<float> gates_of_memory; ///< 4 * cells x cells
  std::vector<float> input_bias, memory_bias;
  std::vector<float> verdict; ///< cells
  std::vector<float> verdict_bias;
};

/// Reads them from the ONNX file that the project publishes (silero_vad.onnx). Only the named
/// weights are taken from it; the network itself is silero_detector. Throws failure (the user's)
/// when it is another file.
silero_weights read_silero_weights(const std::filesystem::path& file);

} // namespace vdoc::speech
