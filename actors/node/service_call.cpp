#include "actors/node/service_call.hpp"

#include "actors/node/comma_list.hpp"
#include "actors/node/site_submit.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <thread>
#include <unistd.h>

namespace vdoc::node {

using nlohmann::json;

namespace {

constexpr std::chrono::seconds patience_with_one_of_many{2};

/// Never none.
std::vector<std::string> listed(const std::string& endpoints) {
  auto all = words_in(endpoints);
  return all.empty() ? std::vector{endpoints} : all;
}

std::chrono::milliseconds retry_after(const json& answer) {
  constexpr int otherwise_ms = 500;
  const auto error = answer.value("error", json::object());
  return std::chrono::milliseconds{error.value("retry_after_ms", otherwise_ms)};
}

} // namespace

void service_place::describe(CLI::App& command) {
  command.add_option("--zmq,--url", endpoint,
                     "of the service, or of its nodes, instead of client.url; of submit also an "
                     "http: or https: URL");
  command.add_option("--identity", identity, "file of keys, instead of client.identity");
  command.add_option("--config", configuration, "settings file (see conf/video-doc.toml)");
  command.add_option("--timeout", patience_s, "seconds to wait for an answer")
      ->check(CLI::Range(0.1, 3600.0));
}

conf::settings service_place::settings() const {
  return conf::load(configuration, conf::environment_of(environ));
}

std::chrono::milliseconds service_place::patience() const {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::duration<double>{patience_s});
}

std::string service_place::endpoint_of(const conf::settings& all) const {
  if (!endpoint.empty())
    return endpoint;
  return all.client.url.empty() ? all.service.zmq : all.client.url;
}

/// On the machine of the service its administrator needs nothing.
std::optional<net::key_file> service_place::identity_of(const conf::settings& all) const {
  auto file = identity.empty() ? all.client.identity : identity;
  if (file.empty() && all.service.keys)
    file = (std::filesystem::path{all.service.folder} / "keys" / "admin.key").string();
  if (file.empty())
    return std::nullopt;
  return net::read_key_file(file);
}

service_call::service_call(const service_place& where)
    : endpoints_{listed(where.endpoint_of(where.settings()))},
      identity_{where.identity_of(where.settings())}, patience_{where.patience()} {
  if (is_site(endpoints_.front()))
    throw refused{endpoints_.front() +
                  " answers HTTP, and of these commands only submit speaks it; "
                  "name the ZeroMQ endpoint of the service: --zmq "
                  "tcp://HOST:5555"};
  turn_to(endpoints_.front());
}

void service_call::turn_to(const std::string& endpoint) {
  const auto known = std::ranges::find(endpoints_, endpoint);
  at_ = static_cast<std::size_t>(known - endpoints_.begin());
  if (known == endpoints_.end())
    endpoints_.push_back(endpoint);
  service_ = std::make_unique<net::zmq_client>(endpoint, identity_);
}

/// Somebody leads and nobody can ask it, so asking again is of no use.
bool leads_without_doors(const json& answer) {
  const auto leader = answer.value("error", json::object()).value("leader", json::object());
  return !leader.empty() && !leader.contains("zmq");
}

/// To the leader, if it is somebody else; false when there is nobody to turn to.
bool service_call::follow(const json& answer) {
  const auto leader = answer.value("error", json::object()).value("leader", json::object());
  const auto there = leader.value("zmq", std::string{});
  if (there.empty() || there == endpoint())
    return false;
  turn_to(there);
  return true;
}

void service_call::turn_to_leader() {
  const auto seen = ask("CLUSTER", json::object());
  for (const auto& node : seen.at("nodes"))
    if (const auto there = node.value("zmq", std::string{});
        node.value("leads", false) && !there.empty() && there != endpoint())
      return turn_to(there);
}

/// Who is busy (starting, say) has done nothing of it, and tells when to come back.
json service_call::ask(const std::string& verb, const json& body) {
  using std::chrono::milliseconds;
  using std::chrono::steady_clock;
  const auto until = steady_clock::now() + patience_;
  for (;;) {
    auto left = std::chrono::duration_cast<milliseconds>(until - steady_clock::now());
    if (endpoints_.size() > 1)
      left = std::min<milliseconds>(left, patience_with_one_of_many);
    const auto reply = service_->ask(verb, body.dump(), std::max(left, milliseconds{1}));
    if (!reply && steady_clock::now() < until) {
      turn_to(endpoints_[(at_ + 1) % endpoints_.size()]);
      continue;
    }
    if (!reply)
      throw refused{silence()};
    auto answer = json::parse(reply->body, nullptr, false);
    if (!answer.is_object())
      throw refused{"the service sent what is no answer"};
    if (reply->ok())
      return answer;
    const bool elsewhere = reply->code == "not_leader";
    if (elsewhere && steady_clock::now() < until && follow(answer))
      continue;
    if (elsewhere && leads_without_doors(answer))
      throw refused{words_of(answer)};
    const auto wait = retry_after(answer);
    if ((reply->code != "busy" && !elsewhere) || steady_clock::now() + wait >= until)
      throw refused{words_of(answer)};
    std::this_thread::sleep_for(wait);
  }
}

std::string service_call::silence() const {
  return "no answer from " + endpoint() + "; does `video-doc serve` run there" +
         (identity_ ? ", and does it know this key?" : " without keys?");
}

std::string words_of(const json& answer) {
  const auto error = answer.value("error", json::object());
  auto words = error.value("message", std::string{"the service refused, and did not say why"});
  if (const auto advice = error.value("advice", std::string{}); !advice.empty())
    words += "; " + advice;
  return words;
}

} // namespace vdoc::node
