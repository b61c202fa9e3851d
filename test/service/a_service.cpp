#include "test/service/a_service.hpp"

#include "test/engine/engine_run.hpp"
#include "test/support/until.hpp"

#include <csignal>
#include <cstdlib>
#include <stdexcept>

namespace vdoc::test {

using namespace std::chrono_literals;
using nlohmann::json;

namespace {

std::string binary() {
  const char* path = std::getenv("VIDEO_DOC_BINARY"); // NOLINT(concurrency-mt-unsafe)
  if (path == nullptr)
    throw std::runtime_error{"VIDEO_DOC_BINARY has to name the engine under test"};
  return path;
}

} // namespace

a_service::a_service()
    : environment{small_ladder()}, endpoint_{"ipc://" + (folder_ / "door").string()},
      events_{"ipc://" + (folder_ / "events").string()} {
  environment["VIDEO_DOC_RUN_WORKERS"] = "1";
}

void a_service::start() {
  client_.reset();
  std::vector<std::string> words{binary(),  "serve",    "--data", served().string(), "--zmq",
                                 endpoint_, "--events", events_,  "--http",          "127.0.0.1:0"};
  words.insert(words.end(), more_words.begin(), more_words.end());
  words.insert(words.begin(), words_before.begin(), words_before.end());
  node_ = std::make_unique<running_command>(command{std::move(words), environment, {}});
  if (identity)
    until(60s, [&] { return std::filesystem::exists(*identity); });
  connect();
}

void a_service::connect() {
  client_ = std::make_unique<net::zmq_client>(
      endpoint_, identity ? std::optional{net::read_key_file(*identity)} : std::nullopt);
}

void a_service::kill_node() {
  node_->signal(SIGKILL);
  node_->wait(60s);
  killed_.push_back(std::move(node_));
}

std::string a_service::all_logs() const {
  std::string all;
  for (const auto& one : killed_)
    all += one->err_so_far();
  return all + log();
}

int a_service::stop() {
  node_->signal(SIGTERM);
  return node_->wait(60s).exit_code;
}

int a_service::ends_by_itself(std::chrono::milliseconds patience) {
  return until(patience, [&] { return node_->ended(); }) ? node_->wait(1s).exit_code : -1;
}

std::optional<json> a_service::ask(const std::string& verb, const json& body,
                                   std::chrono::milliseconds patience) {
  const auto reply = client_->ask(verb, body.dump(), patience);
  if (!reply)
    return std::nullopt;
  auto answer = json::parse(reply->body);
  answer["code"] = reply->code;
  return answer;
}

std::string a_service::submit(const json& job) {
  const auto answer = ask("SUBMIT", job);
  if (!answer || answer->at("code") != "OK")
    throw std::runtime_error{(answer ? answer->dump() : std::string{"no answer"}) + "\n" + log()};
  return answer->at("id");
}

std::string a_service::state_of(const std::string& id) {
  const auto answer = ask("STATUS", {{"id", id}});
  return answer && answer->contains("state") ? answer->at("state").get<std::string>() : "";
}

bool a_service::wait_for(const std::string& id, const std::string& state,
                         std::chrono::seconds patience) {
  return until(patience, [&] { return state_of(id) == state; });
}

bool a_service::wait_until_nothing_is_open(std::chrono::seconds patience) {
  return until(patience, [&] {
    const auto now = ask("PING", json::object());
    return now && now->at("ready") == true && now->at("open") == 0;
  });
}

std::string a_service::http() const {
  constexpr std::string_view before = "listening on http://";
  std::string address;
  until(60s, [&] {
    const auto said = log();
    const auto at = said.find(before);
    const auto end = said.find('\n', at);
    if (at == std::string::npos || end == std::string::npos)
      return false;
    address = "http://" + said.substr(at + before.size(), end - at - before.size());
    return true;
  });
  return address;
}

command a_service::program(std::vector<std::string> words) {
  words.insert(words.begin(), binary());
  return {std::move(words), {}, {}};
}

command a_service::client(std::vector<std::string> words) const {
  words.insert(words.begin(), binary());
  words.insert(words.end(), {"--zmq", endpoint_});
  if (identity)
    words.insert(words.end(), {"--identity", *identity});
  return {std::move(words), {}, {}};
}

outcome a_service::run_client(std::vector<std::string> words) const {
  return run(client(std::move(words)), std::chrono::minutes{3});
}

} // namespace vdoc::test
