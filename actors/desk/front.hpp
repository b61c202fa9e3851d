#pragma once

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/typed_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <functional>

/// Inside of the desk: the actor that its parts ask by.
namespace vdoc::front_desk {

struct call;
/// DESK: asks the other actors on behalf of callers, and keeps their answers within time.
using actor = caf::typed_actor<caf::reacts_to<call>>;
/// One caller's question.
struct call {
  std::function<void(actor::pointer)> what;
};

} // namespace vdoc::front_desk

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::front_desk::call)
