#pragma once

#include "pipelines/fragment/access_unit.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace vdoc::gst {

/// Where a source is damaged, in words that a person can use: "damaged at 12.3 s: 3 pictures
/// missing". Keeps the first few places and counts the rest.
class damage_log {
public:
  /// A hole before a picture at `at`: the one before ended at `end`; `duration` is a picture's.
  void hole(fragment::timestamp end, fragment::timestamp at, fragment::timestamp duration);
  /// So many pictures are not there between `begin` and `end`.
  void missing(fragment::timestamp begin, fragment::timestamp end, std::uint64_t pictures);
  [[nodiscard]] std::vector<std::string> warnings() const;

private:
  void add(std::string text);
  std::vector<std::string> first_;
  std::uint64_t others_ = 0;
};

/// "12.3 s"
std::string seconds_text(fragment::timestamp time);

} // namespace vdoc::gst
