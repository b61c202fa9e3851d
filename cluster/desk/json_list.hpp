#pragma once

#include <string>

namespace vdoc::desk {

/// "[...]" of what `to_json` writes of each.
template <class List, class ToJson> std::string joined(const List& all, ToJson to_json) {
  std::string text = "[";
  for (const auto& one : all) {
    if (text.size() > 1)
      text += ',';
    text += to_json(one);
  }
  text += ']';
  return text;
}

/// The same of what has a `to_json` of its own.
template <class List> std::string joined(const List& all) {
  return joined(all, [](const auto& one) { return to_json(one); });
}

} // namespace vdoc::desk
