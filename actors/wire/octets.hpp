#pragma once

#include <caf/error.hpp>
#include <caf/meta/load_callback.hpp>

#include <cstdint>
#include <string>
#include <utility> // load_callback.hpp needs it
#include <vector>

namespace vdoc {

/// How a field of bytes travels in a message: as the string that this makes, followed by what
/// `taken_from` makes of it. CAF 0.17.6 sets aside as much memory for a vector of bytes as its
/// sender says, 4 GiB at most, before it looks whether they are there; for a string it looks first.
inline std::string as_text(const std::vector<std::uint8_t>& octets) {
  return {octets.begin(), octets.end()};
}

inline auto taken_from(const std::string& text, std::vector<std::uint8_t>& into) {
  return caf::meta::load_callback([&] {
    into.assign(text.begin(), text.end());
    return caf::error{};
  });
}

} // namespace vdoc
