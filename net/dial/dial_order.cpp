#include "net/dial/dial_order.hpp"

#include <algorithm>
#include <functional>

namespace vdoc::net {

void dial_order::sort(std::vector<dial_place>& all) const {
  std::ranges::stable_sort(all, std::greater{}, [this](const dial_place& who) {
    const auto known = last_.find(who);
    return known == last_.end() ? std::int64_t{0} : known->second;
  });
}

} // namespace vdoc::net
