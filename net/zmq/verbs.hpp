#pragma once

#include "cluster/desk/desk.hpp"
#include "net/zmq/request.hpp"

#include <functional>
#include <string>

namespace vdoc::net {

/// "OK" or the code of an error, and the body. Called once for each request, on any thread.
using answerer = std::function<void(std::string code, std::string body)>;

/// Carries a request to the desk. What is wrong with it is answered at once.
void carry(const request& what, desk::desk& to, const desk::caller& who, answerer answer);

} // namespace vdoc::net
