#pragma once

#include "conf/key_table.hpp"

#include <string>
#include <string_view>

namespace vdoc::conf {

/// Reads a value from text, the way flags and the environment write it. Returns what it would have
/// taken ("a whole number"), or "" when the text was fine; the slot then holds the value.
struct text_value {
  std::string_view text;
  std::string_view key_name; ///< "_ms" and "_s" at its end let the text have a unit: "4s"

  std::string operator()(bool* to) const;
  std::string operator()(std::int64_t* to) const;
  std::string operator()(std::string* to) const;
  std::string operator()(std::vector<std::string>* to) const;
  std::string operator()(std::vector<rung>* to) const;
};

// The value as the TOML file writes it.
std::string to_toml(bool value);
std::string to_toml(std::int64_t value);
std::string to_toml(const std::string& value);
std::string to_toml(const std::vector<std::string>& values);
std::string to_toml(const std::vector<rung>& rungs);

} // namespace vdoc::conf
