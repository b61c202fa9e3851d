#pragma once

#include "net/zmq/verbs.hpp"

#include <string>

/// Inside of the verbs: what their source files share. Nobody else includes this.
namespace vdoc::net::over_zmq {

/// One request on its way.
struct errand {
  const request& what;
  desk::desk& to;
  desk::gatekeeper* keys;
  desk::poison_desk* poison;
  const desk::caller& who;
  answerer answer;
};

/// JSON of all of them in a list.
template <class List, class ToJson> std::string joined(const List& all, ToJson to_json) {
  std::string text = "[";
  for (const auto& one : all)
    text += (text.size() > 1 ? "," : "") + to_json(one);
  return text + "]";
}

/// Answers with that name once it is done. It needs no escapes.
inline desk::then<desk::verdict> named(const answerer& answer, const std::string& name) {
  return [answer, name](const desk::verdict& how) {
    if (how.ok())
      answer("OK", R"({"name":")" + name + "\"}");
    else
      refuse(answer, how);
  };
}

} // namespace vdoc::net::over_zmq
