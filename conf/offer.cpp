#include "conf/offer.hpp"

#include <algorithm>
#include <cstddef>

namespace vdoc::conf {

bool is_offer(std::string_view text) {
  constexpr std::size_t longest = 80;
  return !text.empty() && text.size() <= longest && text.front() != ':' && text.back() != ':' &&
         std::ranges::count(text, ':') <= 1 && std::ranges::all_of(text, [](unsigned char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
                  c == '_' || c == ':';
         });
}

} // namespace vdoc::conf
