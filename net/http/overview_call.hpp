#pragma once

#include "net/http/calls.hpp"

#include <functional>

/// Inside of the calls over HTTP. Nobody else includes this.
namespace vdoc::net {

/// Answers with what `show` makes of the overview, if this node has one: the leader does.
void with_overview(const errand& it, std::function<web_answer(const desk::overview&)> show);

} // namespace vdoc::net
