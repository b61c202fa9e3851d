#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace vdoc::queue {

/// A job's id (UUID) in 16 bytes instead of a text: a million of them are kept.
struct job_key {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  friend auto operator<=>(const job_key&, const job_key&) = default;
};

/// Nothing when the text is no UUID in lower case with dashes.
std::optional<job_key> job_key_from(std::string_view id);
std::string to_string(const job_key& key);

} // namespace vdoc::queue

template <> struct std::hash<vdoc::queue::job_key> {
  std::size_t operator()(const vdoc::queue::job_key& key) const noexcept {
    constexpr std::uint64_t golden = 0x9e3779b97f4a7c15;
    return static_cast<std::size_t>((key.high ^ (key.low * golden)) * golden);
  }
};
