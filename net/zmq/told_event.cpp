#include "net/zmq/told_event.hpp"

namespace vdoc::net {

std::vector<std::string> write_event(const std::string& feed, const desk::feed_event& what) {
  return {what.topic,
          feed + ":" + std::to_string(what.number) + ":" + std::to_string(what.before_in_family) +
              ":" + std::to_string(what.before_in_topic),
          what.body};
}

} // namespace vdoc::net
