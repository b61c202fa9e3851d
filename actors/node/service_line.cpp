#include "actors/node/service_line.hpp"

#include "conf/settings.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <unistd.h>

namespace vdoc::node {

using nlohmann::json;

void service_place::describe(CLI::App& command) {
  command.add_option("--zmq", endpoint, "of the service, instead of service.zmq");
  command.add_option("--config", configuration, "settings file (see conf/video-doc.toml)");
  command.add_option("--timeout", patience_s, "seconds to wait for an answer")
      ->check(CLI::Range(0.1, 3600.0));
}

std::string service_place::where() const {
  if (!endpoint.empty())
    return endpoint;
  return conf::load(configuration, conf::environment_of(environ)).service.zmq;
}

std::string words_of(const json& answer) {
  const auto error = answer.value("error", json::object());
  auto words = error.value("message", std::string{"the service refused, and did not say why"});
  if (const auto advice = error.value("advice", std::string{}); !advice.empty())
    words += "; " + advice;
  return words;
}

service_line::service_line(const service_place& to)
    : where_{to.where()}, patience_{std::chrono::duration_cast<std::chrono::milliseconds>(
                              std::chrono::duration<double>{to.patience_s})},
      client_{where_} {}

json service_line::ask(const std::string& verb, const json& body) {
  const auto reply = client_.ask(verb, body.dump(), patience_);
  if (!reply)
    throw refused{"no answer from " + where_ + "; does `video-doc serve` run there?"};
  auto answer = json::parse(reply->body, nullptr, false);
  if (!answer.is_object())
    throw refused{"the service sent what is no answer"};
  if (!reply->ok())
    throw refused{words_of(answer)};
  return answer;
}

} // namespace vdoc::node
