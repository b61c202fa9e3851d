#include "pipelines/speech/silero_detector.hpp"

#include <algorithm>
#include <cmath>

namespace vdoc::speech {

namespace {

/// Speech begins above one and ends below the other: the values of the project's own examples.
constexpr double begins_above = 0.5;
constexpr double ends_below = 0.35;

constexpr std::size_t hop = 128;  ///< samples between two spectra
constexpr std::size_t frames = 4; ///< spectra of one window

float sigmoid(float x) {
  return 1 / (1 + std::exp(-x));
}

float dot(const float* a, const float* b, std::size_t count) {
  float sum = 0;
  for (std::size_t i = 0; i < count; ++i)
    sum += a[i] * b[i];
  return sum;
}

} // namespace

silero_network::silero_network(silero_weights weights)
    : weights_{std::move(weights)}, before_(context), cell_(silero_weights::cells),
      out_(silero_weights::cells) {}

/// Magnitudes of `frames` spectra over the context, the window, and its end mirrored.
silero_network::signal silero_network::spectra(samples sound) {
  std::vector<float> all = before_;
  for (const auto one : sound)
    all.push_back(static_cast<float>(one) / 32'768);
  before_.assign(all.end() - context, all.end());
  const auto end = all.size();
  for (std::size_t i = 0; i < context; ++i)
    all.push_back(all[end - 2 - i]);
  signal out;
  for (std::size_t frame = 0; frame < frames; ++frame)
    for (std::size_t bin = 0; bin < silero_weights::bins; ++bin) {
      const auto* at = all.data() + frame * hop;
      const auto* cosine = weights_.basis.data() + bin * silero_weights::transform;
      const auto* sine = cosine + silero_weights::bins * silero_weights::transform;
      out.push_back(std::hypot(dot(at, cosine, silero_weights::transform),
                               dot(at, sine, silero_weights::transform)));
    }
  return out;
}

silero_network::signal silero_network::convolve(const silero_layer& layer, const signal& in) {
  const auto length = in.size() / layer.from;
  signal out;
  for (std::size_t frame = 0; frame < length; frame += layer.stride)
    for (std::size_t to = 0; to < layer.to; ++to) {
      float sum = layer.bias[to];
      for (std::size_t tap = 0; tap < 3; ++tap) {
        if (frame + tap < 1 || frame + tap > length)
          continue;
        const auto* at = in.data() + (frame + tap - 1) * layer.from;
        const auto* weight = layer.weight.data() + to * layer.from * 3 + tap;
        for (std::size_t from = 0; from < layer.from; ++from)
          sum += at[from] * weight[from * 3];
      }
      out.push_back(std::max(sum, 0.0F));
    }
  return out;
}

/// Long short-term memory (Hochreiter and Schmidhuber, 1997) with the gates in PyTorch's order.
void silero_network::remember(const signal& heard) {
  constexpr auto cells = silero_weights::cells;
  std::vector<float> gates(4 * cells);
  for (std::size_t i = 0; i < gates.size(); ++i)
    gates[i] = weights_.input_bias[i] + weights_.memory_bias[i] +
               dot(weights_.gates_of_input.data() + i * cells, heard.data(), cells) +
               dot(weights_.gates_of_memory.data() + i * cells, out_.data(), cells);
  for (std::size_t i = 0; i < cells; ++i) {
    cell_[i] =
        sigmoid(gates[cells + i]) * cell_[i] + sigmoid(gates[i]) * std::tanh(gates[2 * cells + i]);
    out_[i] = sigmoid(gates[3 * cells + i]) * std::tanh(cell_[i]);
  }
}

double silero_network::hear(samples sound) {
  auto heard = spectra(sound);
  for (const auto& layer : weights_.encoder)
    heard = convolve(layer, heard);
  remember(heard);
  float sum = weights_.verdict_bias.front();
  for (std::size_t i = 0; i < out_.size(); ++i)
    sum += std::max(out_[i], 0.0F) * weights_.verdict[i];
  return sigmoid(sum);
}

/// Gives a verdict on every frame whose middle lies before the end of the window.
void silero_detector::judge(samples window, std::vector<bool>& out) {
  speech_ = network_.hear(window) >= (speech_ ? ends_below : begins_above);
  judged_ += window.size();
  for (; given_ * frame_samples + frame_samples / 2 < judged_; ++given_)
    out.push_back(speech_);
}

std::vector<bool> silero_detector::hear(samples sound) {
  std::vector<bool> out;
  heard_ += sound.size();
  pending_.insert(pending_.end(), sound.begin(), sound.end());
  std::size_t at = 0;
  for (; at + silero_network::window <= pending_.size(); at += silero_network::window)
    judge(samples{pending_}.subspan(at, silero_network::window), out);
  pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(at));
  return out;
}

std::vector<bool> silero_detector::finish() {
  std::vector<bool> out;
  const auto whole = (heard_ + frame_samples - 1) / frame_samples;
  const auto before = given_;
  if (!pending_.empty()) {
    pending_.resize(silero_network::window);
    judge(pending_, out);
    pending_.clear();
  }
  out.resize(whole - before, speech_);
  given_ = whole;
  return out;
}

} // namespace vdoc::speech
