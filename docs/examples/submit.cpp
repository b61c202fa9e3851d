// Gives jobs to Video Doc and waits for their ends. Needs its publisher (see CMakeLists.txt beside
// this).
//
//     submit tcp://127.0.0.1:5555 tcp://127.0.0.1:5556 /films/talk.mp4 [...]
//
// With keys: VIDEO_DOC_IDENTITY names the file that `video-doc key create` has made.

#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <iterator>
#include <map>
#include <net/zmq/client.hpp>
#include <net/zmq/event_reader.hpp>
#include <net/zmq/publisher.hpp>
#include <optional>
#include <set>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using namespace std::chrono_literals;
using namespace vdoc::net;
using nlohmann::json;

std::optional<key_file> identity() {
  const char* file = std::getenv("VIDEO_DOC_IDENTITY");
  return file == nullptr ? std::nullopt : std::optional{read_key_file(file)};
}

/// The ids of the jobs, once the service has them on its disk. The publisher sends again what is
/// not acknowledged, to a service that is restarted meanwhile, too; none is taken twice.
std::set<std::string> give(const std::string& endpoint, std::span<char*> sources) {
  std::map<std::uint64_t, published> settled;
  publisher::means with;
  with.endpoint = endpoint;
  with.identity = identity();
  with.told = [&](const published& how) { settled[how.number] = how; };
  publisher jobs{std::move(with)};
  for (const std::string source : sources) {
    json job{{"source", source}, {"labels", {{"by", "submit.cpp"}}}};
    if (source == "noop:")
      job["kind"] = "noop";
    if (!jobs.publish(job.dump()))
      throw std::runtime_error{"too many jobs at once"};
  }
  if (!jobs.flush(60s))
    throw std::runtime_error{"no answer from " + endpoint};
  std::set<std::string> ids;
  for (const auto& [number, how] : settled) {
    if (how.job_id.empty())
      throw std::runtime_error{"refused: " + how.what};
    ids.insert(how.job_id);
  }
  return ids;
}

std::string state_of(zmq_client& service, const std::string& id) {
  const auto answer = service.ask("STATUS", json{{"id", id}}.dump(), 10s);
  return answer && answer->ok() ? json::parse(answer->body).at("state").get<std::string>() : "";
}

/// Whether all succeeded.
bool follow(const std::string& endpoint, const std::string& events, std::set<std::string> ids) {
  zmq_client service{endpoint, identity()};
  event_reader news{events, identity()};
  for (const auto& id : ids)
    news.subscribe("job." + id + ".");
  bool all = true;
  while (!ids.empty()) {
    for (auto id = ids.begin(); id != ids.end();) {
      const auto state = state_of(service, *id);
      const bool ended = state == "succeeded" || state == "failed" || state == "cancelled";
      if (ended)
        std::cout << *id << " " << state << std::endl;
      all = all && (!ended || state == "succeeded");
      id = ended ? ids.erase(id) : std::next(id);
    }
    // An event says when to look; in case one was missed, look now and then anyway.
    while (!ids.empty()) {
      const auto event = news.next(2s);
      if (!event || event->what.topic.ends_with(".state"))
        break;
      std::cout << event->what.topic << " " << event->what.body << std::endl;
    }
  }
  return all;
}

} // namespace

int main(int count, char** words) {
  if (count < 4) {
    std::cerr << "submit REQUESTS EVENTS SOURCE...\n";
    return 2;
  }
  try {
    return follow(words[1], words[2], give(words[1], {words + 3, words + count})) ? 0 : 1;
  } catch (const std::exception& why) {
    std::cerr << "submit: " << why.what() << "\n";
    return 1;
  }
}
