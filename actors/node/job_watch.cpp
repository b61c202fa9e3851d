#include "actors/node/job_watch.hpp"

#include "net/zmq/event_reader.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <thread>
#include <utility>

namespace vdoc::node {

namespace {

using nlohmann::json;
using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;

constexpr std::chrono::milliseconds between_looks{300};
/// While events come it looks all the same, in case the last one was missed.
constexpr std::chrono::milliseconds between_checks{3'000};
constexpr auto events_are_late = 5s;

std::string text_of(const json& job, const char* field) {
  const auto found = job.find(field);
  return found != job.end() && found->is_string() ? found->get<std::string>() : "";
}

bool is_end(const std::string& state) {
  return state == "succeeded" || state == "failed" || state == "cancelled";
}

class watch {
public:
  explicit watch(const watch_means& with) : with_{with} {
    if (!with.events.empty())
      events_.emplace(with.events, with.identity);
  }

  bool follow(const std::vector<std::string>& ids) {
    for (const auto& id : ids) {
      open_[id];
      if (events_)
        events_->subscribe("job." + id + ".");
    }
    while (!open_.empty()) {
      look_at_those_due();
      if (!open_.empty())
        listen();
    }
    return all_succeeded_;
  }

private:
  struct followed {
    steady::time_point look_at{};
    std::string shown;
  };

  void look_at_those_due() {
    const auto now = steady::now();
    for (auto at = open_.begin(); at != open_.end();) {
      const bool over = at->second.look_at <= now && look(at->first, at->second);
      at = over ? open_.erase(at) : std::next(at);
    }
  }
  /// True when the job is at its end.
  bool look(const std::string& id, followed& it) {
    const auto job = with_.look(id);
    const auto state = text_of(job, "state");
    if (auto now = state + text_of(job, "stage"); std::exchange(it.shown, now) != now)
      with_.show(job);
    it.look_at = steady::now() + (events_come() ? between_checks : between_looks);
    if (!is_end(state))
      return false;
    all_succeeded_ = all_succeeded_ && state == "succeeded";
    if (events_)
      events_->unsubscribe("job." + id + ".");
    return true;
  }
  [[nodiscard]] bool events_come() const {
    return heard_ && steady::now() - *heard_ < events_are_late;
  }

  /// Until the next look is due, or an event wants one.
  void listen() {
    auto until = steady::time_point::max();
    for (const auto& [id, it] : open_)
      until = std::min(until, it.look_at);
    const auto patience = std::chrono::ceil<std::chrono::milliseconds>(until - steady::now());
    if (patience <= 0ms)
      return;
    if (!events_)
      return std::this_thread::sleep_for(patience);
    if (const auto next = events_->next(patience))
      hear(*next);
  }
  void hear(const net::event_reader::next_event& it) {
    const auto news = json::parse(it.what.body, nullptr, false);
    const auto at = news.is_object() ? open_.find(text_of(news, "id")) : open_.end();
    if (at == open_.end())
      return;
    heard_ = steady::now();
    if (it.what.topic.ends_with(".state") || it.missed_some)
      at->second.look_at = {};
    else if (it.what.topic.ends_with(".progress"))
      with_.show_progress(news);
  }

  const watch_means& with_;
  std::optional<net::event_reader> events_;
  std::map<std::string, followed> open_; ///< by id
  std::optional<steady::time_point> heard_;
  bool all_succeeded_ = true;
};

} // namespace

bool watch_jobs(const watch_means& with, const std::vector<std::string>& ids) {
  return watch{with}.follow(ids);
}

} // namespace vdoc::node
