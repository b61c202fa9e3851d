#include "net/webhook/standard_webhook.hpp"

#include <sodium.h>

#include <initializer_list>
#include <stdexcept>

namespace vdoc::net {

namespace {

constexpr std::string_view prefix = "whsec_";
constexpr std::size_t least_bytes = 24, usual_bytes = 32, most_bytes = 64;

std::string base64(std::string_view bytes) {
  std::string text(sodium_base64_ENCODED_LEN(bytes.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
  sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const unsigned char*>(bytes.data()),
                    bytes.size(), sodium_base64_VARIANT_ORIGINAL);
  text.pop_back(); // the NUL
  return text;
}

std::string hmac_sha256(std::string_view key, std::initializer_list<std::string_view> parts) {
  const auto bytes = [](std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
  };
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, bytes(key), key.size());
  for (const auto part : parts)
    crypto_auth_hmacsha256_update(&state, bytes(part), part.size());
  std::string mac(crypto_auth_hmacsha256_BYTES, '\0');
  crypto_auth_hmacsha256_final(&state, reinterpret_cast<unsigned char*>(mac.data()));
  return mac;
}

} // namespace

std::optional<webhook_secret> webhook_secret::read(std::string_view written) {
  if (!written.starts_with(prefix))
    return std::nullopt;
  written.remove_prefix(prefix.size());
  webhook_secret secret;
  secret.bytes_.resize(most_bytes);
  std::size_t length = 0;
  const char* end = nullptr;
  const int wrong = sodium_base642bin(reinterpret_cast<unsigned char*>(secret.bytes_.data()),
                                      most_bytes, written.data(), written.size(), nullptr, &length,
                                      &end, sodium_base64_VARIANT_ORIGINAL);
  if (wrong != 0 || end != written.data() + written.size() || length < least_bytes)
    return std::nullopt;
  secret.bytes_.resize(length);
  return secret;
}

webhook_secret webhook_secret::make() {
  if (sodium_init() < 0)
    throw std::runtime_error{"libsodium finds no source of chance"};
  webhook_secret secret;
  secret.bytes_.resize(usual_bytes);
  randombytes_buf(secret.bytes_.data(), secret.bytes_.size());
  return secret;
}

std::string webhook_secret::written() const {
  return std::string{prefix} + base64(bytes_);
}

webhook_secret webhook_secret::of_tenant(std::string_view tenant) const {
  webhook_secret secret;
  secret.bytes_ = hmac_sha256(bytes_, {"webhook:", tenant});
  return secret;
}

std::vector<std::pair<std::string, std::string>>
webhook_headers(const std::vector<webhook_secret>& secrets, const std::string& id,
                std::int64_t unix_s, std::string_view body) {
  const auto time = std::to_string(unix_s);
  std::string signatures;
  for (const auto& secret : secrets)
    signatures += (signatures.empty() ? "v1," : " v1,") +
                  base64(hmac_sha256(secret.bytes(), {id, ".", time, ".", body}));
  return {{"webhook-id", id},
          {"webhook-timestamp", time},
          {"webhook-signature", std::move(signatures)}};
}

} // namespace vdoc::net
