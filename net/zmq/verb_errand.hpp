#pragma once

#include "cluster/desk/json_list.hpp"
#include "net/zmq/verbs.hpp"

#include <nlohmann/json.hpp>

#include <string>

/// Inside of the verbs: what their source files share. Nobody else includes this.
namespace vdoc::net::over_zmq {

using desk::joined;

/// One request on its way.
struct errand {
  const request& what;
  desk::desk& to;
  desk::gatekeeper* keys;
  desk::poison_desk* poison;
  const desk::caller& who;
  answerer answer;
};

/// Answers with what it was done to, once it is done.
inline desk::then<desk::verdict> named(const answerer& answer, const std::string& name,
                                       const char* field = "name") {
  return [answer, name, field](const desk::verdict& how) {
    if (how.ok())
      answer("OK", nlohmann::json{{field, name}}.dump());
    else
      refuse(answer, how);
  };
}

} // namespace vdoc::net::over_zmq
