#include "net/webhook/standard_webhook.hpp"

#include "net/http/spool_file.hpp"

#include <sodium.h>

#include <array>
#include <fstream>
#include <iterator>
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

[[noreturn]] void fail(const std::filesystem::path& file, const std::string& why) {
  throw std::runtime_error{file.string() + ": " + why};
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

webhook_secret webhook_secret_in(const std::filesystem::path& file) {
  std::ifstream in{file};
  if (!in) {
    auto made = webhook_secret::make();
    const auto text = made.written() + "\n";
    spool_file into{file, spool_file::readers::owner};
    into.write(text.data(), text.size());
    into.publish();
    return made;
  }
  std::string text{std::istreambuf_iterator<char>{in}, {}};
  while (!text.empty() && (text.back() == '\n' || text.back() == ' '))
    text.pop_back();
  const auto secret = webhook_secret::read(text);
  if (!secret)
    fail(file, "holds no secret of the form whsec_ and base64; remove it for a new one");
  return *secret;
}

std::vector<std::pair<std::string, std::string>> webhook_headers(const webhook_secret& secret,
                                                                 const std::string& id,
                                                                 std::int64_t unix_s,
                                                                 std::string_view body) {
  const auto time = std::to_string(unix_s);
  const auto add = [](crypto_auth_hmacsha256_state& to, std::string_view text) {
    crypto_auth_hmacsha256_update(&to, reinterpret_cast<const unsigned char*>(text.data()),
                                  text.size());
  };
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, reinterpret_cast<const unsigned char*>(secret.bytes().data()),
                              secret.bytes().size());
  for (const std::string_view part : {std::string_view{id}, std::string_view{"."},
                                      std::string_view{time}, std::string_view{"."}, body})
    add(state, part);
  std::string mac(crypto_auth_hmacsha256_BYTES, '\0');
  crypto_auth_hmacsha256_final(&state, reinterpret_cast<unsigned char*>(mac.data()));
  return {
      {"webhook-id", id}, {"webhook-timestamp", time}, {"webhook-signature", "v1," + base64(mac)}};
}

} // namespace vdoc::net
