#include "cluster/ledger/job_id.hpp"

#include <algorithm>
#include <chrono>
#include <string_view>
#include <sys/random.h>
#include <system_error>

namespace vdoc::ledger {

std::string uuid_v7(std::int64_t unix_ms, const std::array<std::uint8_t, 10>& chance) {
  std::array<std::uint8_t, 16> bytes{};
  for (std::size_t i = 0; i < 6; ++i)
    bytes[i] = static_cast<std::uint8_t>(unix_ms >> (8 * (5 - i)));
  for (std::size_t i = 0; i < chance.size(); ++i)
    bytes[6 + i] = chance[i];
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0f) | 0x70);
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3f) | 0x80);

  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10)
      text += '-';
    text += digits[bytes[i] >> 4];
    text += digits[bytes[i] & 0x0f];
  }
  return text;
}

namespace {

/// Chance for many ids at one system call. getrandom(2) never gives less than was asked for, up to
/// 256 bytes.
std::array<std::uint8_t, 10> take_chance() {
  constexpr std::size_t most = 250;
  static thread_local std::array<std::uint8_t, most> kept{};
  static thread_local std::size_t used = most;
  std::array<std::uint8_t, 10> chance{};
  if (used + chance.size() > kept.size()) {
    if (::getrandom(kept.data(), kept.size(), 0) != static_cast<ssize_t>(kept.size()))
      throw std::system_error{errno, std::generic_category(), "getrandom"};
    used = 0;
  }
  std::copy_n(kept.begin() + static_cast<std::ptrdiff_t>(used), chance.size(), chance.begin());
  used += chance.size();
  return chance;
}

} // namespace

std::string new_job_id() {
  return uuid_v7(unix_ms_now(), take_chance());
}

std::int64_t unix_ms_now() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

} // namespace vdoc::ledger
