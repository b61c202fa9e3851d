#include "pipelines/content/content_hash.hpp"

#include <sodium.h>

#include <array>

namespace vdoc::content {

struct content_hash::state {
  crypto_generichash_state of;
};

content_hash::content_hash() : state_{std::make_unique<state>()} {
  crypto_generichash_init(&state_->of, nullptr, 0, crypto_generichash_BYTES);
}
content_hash::content_hash(content_hash&&) noexcept = default;
content_hash& content_hash::operator=(content_hash&&) noexcept = default;
content_hash::~content_hash() = default;

void content_hash::add(std::span<const std::uint8_t> bytes) {
  crypto_generichash_update(&state_->of, bytes.data(), bytes.size());
}

void content_hash::add(std::string_view text) {
  add(std::uint64_t{text.size()});
  add({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

void content_hash::add(std::uint64_t number) {
  constexpr unsigned bits_a_byte = 8;
  std::array<std::uint8_t, sizeof number> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i)
    bytes[i] = static_cast<std::uint8_t>(number >> (bits_a_byte * i));
  add(std::span<const std::uint8_t>{bytes});
}

std::string content_hash::hex() {
  std::array<unsigned char, crypto_generichash_BYTES> hash{};
  crypto_generichash_final(&state_->of, hash.data(), hash.size());
  std::array<char, 2 * crypto_generichash_BYTES + 1> text{};
  sodium_bin2hex(text.data(), text.size(), hash.data(), hash.size());
  return text.data();
}

std::string hash_of(std::string_view text) {
  content_hash hash;
  hash.add(text);
  return hash.hex();
}

} // namespace vdoc::content
