#pragma once

#include "cluster/ledger/store.hpp"
#include "net/zmq/client.hpp"
#include "test/service/a_service.hpp"
#include "test/support/until.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <iostream>
#include <set>
#include <string>
#include <thread>
#include <utility>

namespace vdoc::test {

/// Jobs that do nothing, submitted to one node by a client of its own until it is destroyed.
class a_load {
public:
  /// A batch of 20 whenever the last one has been acknowledged for so long.
  a_load(const a_service& to, std::string name,
         std::chrono::milliseconds pause = std::chrono::milliseconds{5})
      : client_{to.endpoint()}, name_{std::move(name)}, pause_{pause} {
    thread_ = std::thread{[this] { submit(); }};
  }
  a_load(const a_load&) = delete;
  a_load& operator=(const a_load&) = delete;
  ~a_load() { stop(); }
  void stop() {
    over_ = true;
    if (thread_.joinable())
      thread_.join();
  }
  /// Ids of all that was acknowledged; after `stop`.
  [[nodiscard]] const std::set<std::string>& acknowledged() const { return ids_; }

  /// When the last batch was acknowledged. Any thread.
  [[nodiscard]] std::chrono::steady_clock::time_point last() const {
    return std::chrono::steady_clock::time_point{std::chrono::steady_clock::duration{last_}};
  }

  /// The longest time between two of them since `forget_gaps`, the present one too. Any thread.
  [[nodiscard]] std::chrono::milliseconds longest_gap() const {
    using namespace std::chrono;
    return duration_cast<milliseconds>(
        std::max(steady_clock::duration{gap_}, steady_clock::now() - last()));
  }
  void forget_gaps() { gap_ = 0; }

private:
  void submit() {
    constexpr int jobs_in_a_batch = 20;
    for (int batch = 0; !over_; ++batch) {
      auto jobs = nlohmann::json::array();
      for (int i = 0; i < jobs_in_a_batch; ++i) {
        nlohmann::json job{{"source", "/none"}, {"kind", "noop"}};
        job["idempotency_key"] = name_ + "/" + std::to_string(batch) + "/" + std::to_string(i);
        jobs.push_back(job);
      }
      nlohmann::json body;
      body["jobs"] = std::move(jobs);
      const auto reply = client_.ask("SUBMIT-BATCH", body.dump(), std::chrono::seconds{1});
      if (!reply || !reply->ok())
        continue;
      const auto answer = nlohmann::json::parse(reply->body);
      for (const auto& one : answer.at("jobs"))
        if (one.contains("id")) { // else it was refused
          ids_.insert(one.at("id").get<std::string>());
          const auto now = std::chrono::steady_clock::now().time_since_epoch().count();
          gap_ = std::max(gap_.load(), last_ == 0 ? 0 : now - last_);
          last_ = now;
        }
      until(pause_, [this] { return over_.load(); });
    }
  }

  net::zmq_client client_;
  std::string name_;
  std::chrono::milliseconds pause_;
  std::set<std::string> ids_;
  std::atomic<std::chrono::steady_clock::rep> last_{0};
  std::atomic<std::chrono::steady_clock::rep> gap_{0};
  std::atomic<bool> over_{false};
  std::thread thread_;
};

/// Of all that was acknowledged, nothing may be lost, stuck or done twice. Stuck is what has not
/// succeeded within a minute: a job that another node took in is not among the leader's open ones
/// before that has found the letter.
inline void check_acknowledged(ledger::store& kept, const std::set<std::string>& acknowledged) {
  const auto has_succeeded = [&](const std::string& id) {
    return kept.find(id).what.state == ledger::job_state::succeeded;
  };
  const auto begun = std::chrono::steady_clock::now();
  until(std::chrono::seconds{180},
        [&] { return std::ranges::all_of(acknowledged, has_succeeded); });
  std::cout << "  the last one has succeeded after "
            << std::chrono::duration_cast<std::chrono::milliseconds>(
                   std::chrono::steady_clock::now() - begun)
                   .count()
            << " ms\n";
  std::size_t lost = 0, stuck = 0, twice = 0;
  for (const auto& id : acknowledged) {
    const auto found = kept.find(id);
    lost += found.result == ledger::outcome::done ? 0 : 1;
    stuck += found.what.state == ledger::job_state::succeeded ? 0 : 1;
    const auto events = kept.history_of(id).events;
    twice += std::ranges::count(events, ledger::event_kind::succeeded, &ledger::event::kind) > 1;
  }
  std::cout << "  " << acknowledged.size() << " acknowledged, " << lost << " lost, " << stuck
            << " not succeeded, " << twice << " succeeded twice\n";
  BOOST_TEST(acknowledged.size() > 100u);
  BOOST_TEST(lost == 0u);
  BOOST_TEST(stuck == 0u);
  BOOST_TEST(twice == 0u);
}

} // namespace vdoc::test
