#include "actors/wire/fault_error.hpp"

#include "actors/wire/pipelines.hpp"

#include <caf/error.hpp>
#include <caf/make_message.hpp>
#include <caf/message.hpp>

namespace vdoc {

namespace {
constexpr auto category = caf::atom("vdoc");
}

caf::error to_error(const fault& why) {
  return {static_cast<std::uint8_t>(static_cast<std::uint8_t>(why.whose) + 1), category,
          caf::make_message(why)};
}

fault to_fault(const caf::error& reply) {
  if (reply.category() == category && reply.context().match_elements<fault>())
    return reply.context().get_as<fault>(0);
  return {culprit::ours, "a stage of the engine did not answer as it should",
          "run it again; if it repeats, report it with job.json", caf::to_string(reply)};
}

} // namespace vdoc
