#include "cluster/membership/own_protocols.hpp"

namespace vdoc::membership {

protocol_range own_protocols() {
  return {};
}

} // namespace vdoc::membership
