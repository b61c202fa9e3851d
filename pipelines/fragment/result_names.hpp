#pragma once

#include <array>
#include <cstdint>
#include <cstdio>
#include <string>

namespace vdoc::fragment {

/// A fragment's number in names of files: "00012".
inline std::string number_of(std::uint32_t index) {
  std::array<char, 16> number{};
  std::snprintf(number.data(), number.size(), "%05u", index);
  return number.data();
}

/// Where results of a fragment lie in the work folder: "encoded/720p/00012.au" ...
inline std::string encoded_file(std::uint32_t index, const std::string& rendition) {
  return "encoded/" + rendition + '/' + number_of(index) + ".au";
}
/// ... and how names of its pictures begin: "pictures/00012-".
inline std::string pictures_of(std::uint32_t index) {
  return "pictures/" + number_of(index) + '-';
}

} // namespace vdoc::fragment
