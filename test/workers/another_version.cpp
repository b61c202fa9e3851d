// Makes of the engine a program of another version: it speaks the versions of the protocol between
// nodes that its environment says, ANOTHER_VERSION_SPEAKS="3-4".

#include "cluster/membership/own_protocols.hpp"

#include <cstdlib>
#include <sstream>
#include <string>

namespace vdoc::membership {

protocol_range own_protocols() {
  protocol_range speaks;
  const char* said = std::getenv("ANOTHER_VERSION_SPEAKS"); // NOLINT(concurrency-mt-unsafe)
  std::istringstream in{said == nullptr ? "" : said};
  char dash = 0;
  in >> speaks.oldest >> dash >> speaks.newest;
  return speaks;
}

} // namespace vdoc::membership
