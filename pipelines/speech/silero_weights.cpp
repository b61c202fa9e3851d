#include "pipelines/speech/silero_weights.hpp"

#include "pipelines/fault.hpp"

#include <cstdint>
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace vdoc::speech {

namespace {

/// A file of this kind has 2.3 MB.
constexpr std::size_t most_bytes = 64U << 20U;
/// If inside If inside If: what the published file needs, and then some.
constexpr int deepest = 16;

[[noreturn]] void refuse(const std::string& what) {
  throw failure{fault{culprit::user, "the voice model cannot be used: " + what,
                      "set speech.voice_model to a silero_vad.onnx of version 5 or 6", "speech"}};
}

/// One field of a protocol buffers message (protobuf.dev/programming-guides/encoding).
struct field {
  std::uint64_t number = 0;
  std::uint64_t value = 0; ///< of integers
  std::string_view bytes;  ///< of everything else
};

/// Reads the fields of a message one after the other.
class message {
public:
  explicit message(std::string_view bytes) : rest_{bytes} {}

  std::optional<field> next() {
    if (rest_.empty())
      return std::nullopt;
    const auto tag = integer();
    field out{tag >> 3U, 0, {}};
    switch (tag & 7U) {
    case 0:
      out.value = integer();
      break;
    case 1:
      out.bytes = take(8);
      break;
    case 2:
      out.bytes = take(integer());
      break;
    case 5:
      out.bytes = take(4);
      break;
    default:
      refuse("it is no ONNX file");
    }
    return out;
  }

private:
  std::uint64_t integer() {
    std::uint64_t out = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const auto byte = static_cast<unsigned char>(take(1).front());
      out |= static_cast<std::uint64_t>(byte & 0x7fU) << shift;
      if (byte < 0x80)
        return out;
    }
    refuse("it is no ONNX file");
  }
  std::string_view take(std::uint64_t size) {
    if (size > rest_.size())
      refuse("it is damaged or no ONNX file");
    const auto out = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return out;
  }

  std::string_view rest_;
};

using tensors = std::map<std::string, std::vector<float>, std::less<>>;

/// TensorProto: name 8, type 2 (1 is float), raw data 9. The dimensions are not looked at: each
/// weight that is wanted has its own size.
void read_tensor(std::string_view bytes, tensors& out) {
  std::string name;
  std::string_view raw;
  bool floats = false;
  message all{bytes};
  while (const auto one = all.next()) {
    if (one->number == 8)
      name = one->bytes;
    else if (one->number == 9)
      raw = one->bytes;
    else if (one->number == 2)
      floats = one->value == 1;
  }
  if (!floats || name.empty())
    return;
  auto& values = out[name];
  values.resize(raw.size() / sizeof(float));
  std::memcpy(values.data(), raw.data(), values.size() * sizeof(float));
}

/// Looks for the graph whose own weights hear 16 kHz: the file has one inside another for 8 kHz
/// too.
class graph_search {
public:
  tensors found;

  /// GraphProto: nodes 1, initial values 5.
  void look(std::string_view graph, int depth) {
    if (depth > deepest)
      refuse("it is nested too deeply");
    tensors here;
    message all{graph};
    while (const auto one = all.next()) {
      if (one->number == 1)
        look_at_node(one->bytes, here, depth);
      else if (one->number == 5)
        read_tensor(one->bytes, here);
    }
    const auto basis = here.find("stft.forward_basis_buffer");
    if (basis != here.end() &&
        basis->second.size() == 2 * silero_weights::bins * silero_weights::transform)
      found = std::move(here);
  }

private:
  /// NodeProto: attributes 5; AttributeProto: tensor 5, graph 6.
  void look_at_node(std::string_view node, tensors& here, int depth) {
    message all{node};
    while (const auto attribute = all.next()) {
      if (attribute->number != 5)
        continue;
      message inside{attribute->bytes};
      while (const auto one = inside.next()) {
        if (one->number == 5)
          read_tensor(one->bytes, here);
        else if (one->number == 6)
          look(one->bytes, depth + 1);
      }
    }
  }
};

std::vector<float> take(tensors& all, const std::string& name, std::size_t size) {
  const auto found = all.find(name);
  if (found == all.end() || found->second.size() != size)
    refuse("it has no " + name + " for 16 kHz");
  return std::move(found->second);
}

std::string whole(const std::filesystem::path& file) {
  std::error_code none;
  const auto size = std::filesystem::file_size(file, none);
  std::ifstream in{file, std::ios::binary};
  if (none || !in)
    refuse("there is no readable file " + file.string());
  if (size > most_bytes)
    refuse("it is too large");
  return std::string{std::istreambuf_iterator<char>{in}, {}};
}

} // namespace

silero_weights read_silero_weights(const std::filesystem::path& file) {
  const auto bytes = whole(file);
  graph_search search;
  message model{bytes};
  while (const auto one = model.next())
    if (one->number == 7)
      search.look(one->bytes, 0);
  silero_weights out;
  auto& all = search.found;
  out.basis = take(all, "stft.forward_basis_buffer", 2 * out.bins * out.transform);
  for (std::size_t i = 0; i < out.encoder.size(); ++i) {
    auto& layer = out.encoder[i];
    const auto name = "encoder." + std::to_string(i) + ".reparam_conv.";
    layer.weight = take(all, name + "weight", layer.to * layer.from * 3);
    layer.bias = take(all, name + "bias", layer.to);
  }
  out.gates_of_input = take(all, "decoder.rnn.weight_ih", 4 * out.cells * out.cells);
  out.gates_of_memory = take(all, "decoder.rnn.weight_hh", 4 * out.cells * out.cells);
  out.input_bias = take(all, "decoder.rnn.bias_ih", 4 * out.cells);
  out.memory_bias = take(all, "decoder.rnn.bias_hh", 4 * out.cells);
  out.verdict = take(all, "decoder.decoder.2.weight", out.cells);
  out.verdict_bias = take(all, "decoder.decoder.2.bias", 1);
  return out;
}

} // namespace vdoc::speech
