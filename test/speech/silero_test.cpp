#include "pipelines/fault.hpp"
#include "pipelines/speech/silero_detector.hpp"
#include "test/speech/heard_speech.hpp"
#include "test/support/only_where.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <numbers>

using namespace vdoc::speech;
using namespace vdoc::speech::test;

namespace {

std::string integer(std::uint64_t value) {
  std::string out;
  for (; value >= 0x80; value >>= 7U)
    out += static_cast<char>(value | 0x80U);
  return out + static_cast<char>(value);
}

/// A field that holds bytes, of a protocol buffers message.
std::string field(unsigned number, const std::string& bytes) {
  return integer(number << 3U | 2U) + integer(bytes.size()) + bytes;
}

std::string constant(const std::string& name, const std::vector<float>& values) {
  std::string raw(values.size() * sizeof(float), '\0');
  std::memcpy(raw.data(), values.data(), raw.size());
  const auto tensor = integer(2U << 3U) + integer(1) + field(8, name) + field(9, raw);
  return field(1, field(5, field(5, tensor)));
}

/// A network that waits for a tone of 1 kHz: bin 16 of the spectrum goes through the first channel
/// of every layer into the first cell, which forgets at once.
std::string tone_model() {
  silero_weights shape;
  std::vector<float> basis(2 * shape.bins * shape.transform);
  for (std::size_t i = 0; i < shape.transform; ++i) {
    const double turn = 2 * std::numbers::pi * 16 * static_cast<double>(i) / shape.transform;
    basis[16 * shape.transform + i] = static_cast<float>(std::cos(turn));
    basis[(shape.bins + 16) * shape.transform + i] = static_cast<float>(std::sin(turn));
  }
  std::string graph = constant("stft.forward_basis_buffer", basis);
  for (std::size_t i = 0; i < shape.encoder.size(); ++i) {
    const auto& layer = shape.encoder[i];
    std::vector<float> weight(layer.to * layer.from * 3);
    weight[(i == 0 ? 16 * 3 : 0) + 1] = 1;
    const auto name = "encoder." + std::to_string(i) + ".reparam_conv.";
    graph +=
        constant(name + "weight", weight) + constant(name + "bias", std::vector<float>(layer.to));
  }
  constexpr auto cells = silero_weights::cells;
  std::vector<float> gates(4 * cells * cells), bias(4 * cells), verdict(cells);
  gates[2 * cells * cells] = 1; // what the first cell takes in
  bias[0] = bias[3 * cells] = 20;
  bias[cells] = -20;
  verdict[0] = 20;
  graph += constant("decoder.rnn.weight_ih", gates) +
           constant("decoder.rnn.weight_hh", std::vector<float>(4 * cells * cells)) +
           constant("decoder.rnn.bias_ih", bias) +
           constant("decoder.rnn.bias_hh", std::vector<float>(4 * cells)) +
           constant("decoder.decoder.2.weight", verdict) + constant("decoder.decoder.2.bias", {-5});
  // As in the published file: inside a branch of a node that asks for the rate.
  return field(7, field(1, field(5, field(6, graph))));
}

struct model_file {
  std::filesystem::path path;
  explicit model_file(const std::string& bytes) {
    auto name = (std::filesystem::temp_directory_path() / "model-XXXXXX").string();
    BOOST_REQUIRE(::mkstemp(name.data()) >= 0);
    path = name;
    std::ofstream{path, std::ios::binary} << bytes;
  }
  ~model_file() { std::filesystem::remove(path); }
};

bool is_refused(const std::string& bytes) {
  const model_file file{bytes};
  try {
    make_voice_detector(file.path);
  } catch (const vdoc::failure& error) {
    return error.why().whose == vdoc::culprit::user;
  }
  return false;
}

/// Null: there is none here.
const char* real_model() {
  return std::getenv("VIDEO_DOC_TEST_VOICE_MODEL"); // NOLINT(concurrency-mt-unsafe)
}

} // namespace

BOOST_AUTO_TEST_SUITE(a_voice_model)

BOOST_AUTO_TEST_CASE(decides_what_is_speech) {
  const model_file model{tone_model()};
  sound all(16'000UL * 3);
  place(all, held_chord({1000}, 1, 0.3), 1);
  const auto said = verdicts(all, 4000, model.path);
  BOOST_REQUIRE(said.size() == 300U);
  const auto first = std::find(said.begin(), said.end(), true) - said.begin();
  const auto last = said.rend() - std::find(said.rbegin(), said.rend(), true);
  BOOST_TEST(std::abs(first - 100) <= 4);
  BOOST_TEST(std::abs(last - 200) <= 4);
  BOOST_TEST(std::count(said.begin(), said.end(), true) == last - first);
  BOOST_TEST(share_of_speech(held_chord({3000}, 2, 0.3), model.path) == 0.0);
}

BOOST_AUTO_TEST_CASE(gives_one_verdict_per_frame_whatever_the_blocks) {
  const model_file model{tone_model()};
  for (const std::size_t length : {0U, 1U, 100U, 511U, 512U, 16'077U}) {
    auto all = held_chord({1000}, 2, 0.3);
    all.resize(length);
    const auto whole = verdicts(all, std::max<std::size_t>(1, length), model.path);
    BOOST_TEST(whole.size() == (length + frame_samples - 1) / frame_samples);
    BOOST_TEST((verdicts(all, 7, model.path) == whole));
  }
}

BOOST_AUTO_TEST_CASE(that_is_none_is_refused_and_says_whose_fault_it_is) {
  BOOST_TEST(is_refused(""));
  BOOST_TEST(is_refused("RIFF of something else"));
  const auto good = tone_model();
  for (const std::size_t kept : {1UL, 100UL, good.size() / 2, good.size() - 1})
    BOOST_TEST(is_refused(good.substr(0, kept)));
  std::string nested;
  for (int i = 0; i < 100; ++i)
    nested = field(1, field(5, field(6, nested)));
  BOOST_TEST(is_refused(field(7, nested)));
  BOOST_CHECK_THROW(make_voice_detector("/nowhere/silero_vad.onnx"), vdoc::failure);
}

/// With the real one, where VIDEO_DOC_TEST_VOICE_MODEL names it.
BOOST_AUTO_TEST_CASE(of_silero_tells_speech_from_music_and_noise, *vdoc::test::only_where([] {
                       return real_model() != nullptr
                                  ? std::string{}
                                  : "VIDEO_DOC_TEST_VOICE_MODEL names no silero_vad.onnx";
                     })) {
  const char* model = real_model();
  const auto chord = held_chord({220, 261.6, 329.6}, 10, 0.5);
  for (const auto& one : {chord, plucked_melody(10), drums(10), white_noise(10, 0.3),
                          brown_noise(10, 0.5), mixed(chord, drums(10))})
    BOOST_TEST(share_of_speech(one, model) < 0.02);
  for (const auto* name : {"jfk.wav", "leopard-quilter.wav", "austen-0920.wav"})
    if (const auto real = clip(name))
      BOOST_TEST(share_of_speech(*real, model) > 0.6, name);
}

BOOST_AUTO_TEST_SUITE_END()
