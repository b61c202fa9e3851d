#include "actors/transcode/protocol.hpp"
#include "pipelines/content/content_hash.hpp"

#include <caf/binary_serializer.hpp>

#include <vector>

namespace vdoc::transcode {

std::string key_of(encode_fragment order) {
  order.work.clear();
  order.pass.clear();
  order.call.clear();
  order.stall_s = 0;
  order.attempt = 0;
  std::vector<char> bytes;
  caf::binary_serializer out{nullptr, bytes};
  if (const auto wrong = out(order))
    return {}; // never: it travels in messages
  return content::hash_of({bytes.data(), bytes.size()});
}

} // namespace vdoc::transcode
