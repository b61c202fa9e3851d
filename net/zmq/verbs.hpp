#pragma once

#include "cluster/desk/desk.hpp"
#include "cluster/desk/gatekeeper.hpp"
#include "cluster/desk/poison.hpp"
#include "net/zmq/request.hpp"

#include <functional>
#include <string>

namespace vdoc::net {

/// "OK" or the code of an error, and the body. Called once for each request, on any thread.
using answerer = std::function<void(std::string code, std::string body)>;

/// Where requests are carried to.
struct offices {
  desk::desk& desk;
  desk::gatekeeper* keys = nullptr;    ///< null: this service has no keys
  desk::poison_desk* poison = nullptr; ///< null: nothing is in quarantine
};
/// What is wrong with a request is answered at once.
void carry(const request& what, const offices& to, const desk::caller& who, answerer answer);
void refuse(const answerer& answer, const desk::verdict& how);

} // namespace vdoc::net
