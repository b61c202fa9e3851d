#include "test/queue/queue_words.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <ctime>
#include <deque>
#include <fstream>
#include <map>
#include <set>
#include <unistd.h>

using namespace vdoc;
using namespace vdoc::queue;
using ledger::event_kind;
using ledger::outcome;

namespace {

/// What a ledger knows of a job, and what it lets happen: a model of its own, so that QUEUE's
/// rules are not checked against themselves.
struct remembered {
  ledger::job_record job;
  bool over = false;
};

rule_terms small_terms() {
  rule_terms terms;
  terms.max_running = 5;
  terms.backoff = {50, 400, 20};
  terms.source_breaker = {2, 100, 400};
  terms.hard_limit_s = 5;
  terms.stop_grace_ms = 200;
  terms.most_a_turn = 7;
  return terms;
}

constexpr int job_count = 400;
constexpr std::uint32_t tenant_most_running = 3;

/// A day in the life of QUEUE: jobs come, hosts and the ledger go away and come back, people cancel
/// and pause, the node dies and starts anew. All by chance, out of one seed.
class a_day {
public:
  explicit a_day(std::uint32_t seed) : chance_{seed} { start_anew(); }

  void live() {
    for (int step = 0; step < 6'000; ++step) {
      something_happens(step);
      turn();
    }
    // The evening: everything comes back, and what is open comes to its end.
    ledger_down_ = host_down_ = false;
    rules_->ledger_away(false);
    constexpr std::int64_t day_ms = 24LL * 3'600'000;
    now_.unix_ms += day_ms; // however the calendar was set, every time has come
    for (const char* name : {"q0", "q1", "q2"})
      set_queue(name, {});
    for (int step = 0; step < 20'000 && !all_over(); ++step) {
      now_.steady_ms += 20;
      now_.unix_ms += 20;
      while (!flying_.empty())
        ledger_answers();
      end_somebody(true);
      turn();
    }
  }

  [[nodiscard]] bool all_over() const {
    return std::all_of(ledger_.begin(), ledger_.end(),
                       [](const auto& it) { return it.second.over; });
  }
  [[nodiscard]] std::size_t jobs() const { return ledger_.size(); }
  [[nodiscard]] std::size_t tickets_open() const { return tickets_.size(); }
  [[nodiscard]] std::uint64_t runs() const { return runs_; }

private:
  bool by_chance(int one_in) { return std::uniform_int_distribution{1, one_in}(chance_) == 1; }
  int up_to(int most) { return std::uniform_int_distribution{0, most}(chance_); }

  void start_anew() {
    rules_ =
        std::make_unique<queue::rules>(small_terms(), static_cast<std::uint32_t>(up_to(1'000)));
    working_.clear();
    flying_.clear();
    tickets_.clear(); // who waited was told by the desk that the service is away
    for (const auto& [name, terms] : queues_)
      rules_->set_queue(name, terms);
    rules_->set_tenant("t0", {0, tenant_most_running, 0});
    for (const auto& [key, it] : ledger_)
      if (!it.over)
        rules_->take_up(it.job, now_);
    rules_->loaded();
    rules_->ledger_away(ledger_down_);
  }

  void set_queue(const std::string& name, const queue_terms& terms) {
    queues_[name] = terms;
    rules_->set_queue(name, terms);
  }

  void submit() {
    const auto number = static_cast<std::uint64_t>(++submitted_);
    auto job = test::a_queue::job(number);
    job.what.tenant = "t" + std::to_string(up_to(2));
    job.what.queue = "q" + std::to_string(up_to(2));
    job.what.priority = up_to(3);
    if (by_chance(3))
      job.what.source = "http://films.example/x";
    if (by_chance(10))
      job.what.spec = R"({"soft_limit_s":1})";
    if (by_chance(8)) {
      job.what.not_before_unix_ms = now_.unix_ms + up_to(500);
      job.state = ledger::job_state::scheduled;
    }
    if (by_chance(8)) {
      job.what.after.push_back(
          to_string(test::a_queue::key(1 + static_cast<std::uint64_t>(up_to(submitted_)))));
      if (job.what.after.front() == job.what.id)
        job.what.after.clear();
      else
        job.state = ledger::job_state::scheduled;
    }
    ledger_[test::a_queue::key(number)] = {job, false};
    rules_->take_up(job, now_);
  }

  void something_happens(int step) {
    const auto passed = up_to(20);
    now_.steady_ms += passed;
    now_.unix_ms += passed;
    if (by_chance(300))
      now_.unix_ms += by_chance(2) ? 3'600'000 : -3'600'000;
    if (submitted_ < job_count && by_chance(5))
      submit();
    if (by_chance(2))
      end_somebody(false);
    if (by_chance(2) && !flying_.empty())
      ledger_answers();
    if (by_chance(40))
      order();
    if (by_chance(100))
      set_queue("q" + std::to_string(up_to(2)),
                {by_chance(3), static_cast<std::uint32_t>(up_to(2)), by_chance(3) ? 3'000U : 0U});
    if (by_chance(150))
      host_down_ = !host_down_;
    if (by_chance(200)) {
      ledger_down_ = !ledger_down_;
      rules_->ledger_away(ledger_down_);
    }
    if (step % 1'500 == 1'499)
      start_anew();
  }

  void order() {
    if (submitted_ == 0)
      return;
    desk::job_order what;
    what.what = by_chance(2)   ? desk::job_action::cancel
                : by_chance(2) ? desk::job_action::reprioritise
                               : desk::job_action::retry;
    what.priority = up_to(5);
    const auto key = test::a_queue::key(1 + static_cast<std::uint64_t>(up_to(submitted_ - 1)));
    if (rules_->order(++last_ticket_, key, what, now_))
      tickets_.insert(last_ticket_);
  }

  void end_somebody(bool all) {
    for (int i = all ? 100 : 1; i > 0 && !working_.empty(); --i) {
      auto at = working_.begin();
      std::advance(at, up_to(static_cast<int>(working_.size()) - 1));
      attempt_ended it{at->first, at->second.attempt, result::succeeded, {}, "films.example"};
      const auto& job = ledger_.at(at->first).job.what;
      if (at->second.stopped && !by_chance(5)) {
        it.how = result::interrupted;
      } else if (job.source.starts_with("http") && host_down_) {
        it.how = result::failed;
        it.why = {culprit::peer, "no answer", "", "fetch"};
      } else if (by_chance(4)) {
        it.how = result::failed;
        it.why = {by_chance(3) ? culprit::user : culprit::ours, "broken", "", ""};
      }
      working_.erase(at);
      rules_->ended(it, now_);
    }
  }

  void ledger_answers() {
    const auto what = flying_.front();
    flying_.pop_front();
    if (const auto* it = std::get_if<begin>(&what))
      rules_->begun(*it, begin_in_ledger(*it), now_);
    else
      rules_->committed(std::get<record>(what), write_in_ledger(std::get<record>(what)), now_);
  }

  outcome begin_in_ledger(const begin& what) {
    if (ledger_down_)
      return outcome::store_down;
    auto& it = ledger_.at(what.key);
    BOOST_TEST(!it.over, "an ended job begins again");
    BOOST_TEST(what.attempt == it.job.attempts + 1);
    BOOST_TEST((it.job.state != ledger::job_state::scheduled || what.due_first));
    BOOST_TEST(what.resume == (it.job.attempts > 0));
    ++it.job.attempts;
    ++it.job.tries;
    it.job.state = ledger::job_state::running;
    return outcome::done;
  }

  outcome write_in_ledger(const record& what) {
    auto& it = ledger_.at(what.key);
    if (ledger_down_ && !what.keep)
      return outcome::store_down;
    if (what.kind == event_kind::due) {
      if (it.job.state == ledger::job_state::scheduled)
        it.job.state = ledger::job_state::queued;
      return outcome::done;
    }
    BOOST_TEST(!it.over, ledger::to_string(what.kind) << " of a job that has ended");
    if (what.kind == event_kind::reprioritised) {
      it.job.what.priority = std::stoi(what.detail);
      return outcome::done;
    }
    BOOST_TEST((what.fence == 0 || what.fence == it.job.attempts), "a stale fence");
    if (what.kind == event_kind::succeeded || what.kind == event_kind::retrying)
      BOOST_TEST((it.job.state == ledger::job_state::running));
    if (what.kind == event_kind::requeued) {
      BOOST_TEST((it.job.state == ledger::job_state::retrying));
      it.job.state = ledger::job_state::queued;
      it.job.tries = 0;
    } else if (what.kind == event_kind::retrying) {
      it.job.state = ledger::job_state::retrying;
      it.job.due_unix_ms = std::stoll(what.detail);
    } else {
      it.over = true;
      it.job.state = what.kind == event_kind::succeeded ? ledger::job_state::succeeded
                     : what.kind == event_kind::failed  ? ledger::job_state::failed
                                                        : ledger::job_state::cancelled;
    }
    return outcome::done;
  }

  void turn() {
    for (const auto& each : rules_->decide(now_))
      carry_out(each);
    BOOST_TEST(rules_->running() <= small_terms().max_running);
    check_limits();
  }

  void carry_out(const effect& what) {
    if (std::holds_alternative<begin>(what) || std::holds_alternative<record>(what)) {
      flying_.push_back(what);
      if (const auto* it = std::get_if<begin>(&what)) {
        const auto& queue = ledger_.at(it->key).job.what.queue;
        BOOST_TEST(!queues_[queue].paused, "a paused queue starts a job");
      }
    } else if (const auto* runs = std::get_if<run>(&what)) {
      ++runs_;
      BOOST_TEST(working_.emplace(runs->key, work{runs->attempt, false}).second, "runs twice");
      BOOST_TEST((ledger_.at(runs->key).job.state == ledger::job_state::running));
    } else if (const auto* soft = std::get_if<interrupt>(&what)) {
      stop(soft->key);
    } else if (const auto* hard = std::get_if<end_by_force>(&what)) {
      stop(hard->key);
    } else if (const auto* ask = std::get_if<look_up>(&what)) {
      const auto found = ledger_.find(ask->key);
      rules_->known(ask->key,
                    found == ledger_.end() ? ledger::job_state::unknown : found->second.job.state);
    } else {
      BOOST_TEST(tickets_.erase(std::get<answer>(what).whose) == 1U, "answered twice");
    }
  }

  void stop(const job_key& key) {
    if (const auto at = working_.find(key); at != working_.end())
      at->second.stopped = true;
  }

  void check_limits() {
    std::map<std::string, std::uint32_t> running;
    for (const auto& [key, it] : working_) {
      ++running[ledger_.at(key).job.what.queue];
      ++running[ledger_.at(key).job.what.tenant];
    }
    BOOST_TEST(running["t0"] <= tenant_most_running);
  }

  struct work {
    std::uint32_t attempt = 0;
    bool stopped = false;
  };
  std::mt19937 chance_;
  std::unique_ptr<queue::rules> rules_;
  moment now_{1'000'000, 1'764'576'000'000};
  std::map<job_key, remembered> ledger_;
  std::map<job_key, work> working_;
  std::deque<effect> flying_; ///< to the ledger, in order
  std::map<std::string, queue_terms> queues_;
  std::set<ticket> tickets_;
  ticket last_ticket_ = 0;
  int submitted_ = 0;
  std::uint64_t runs_ = 0;
  bool ledger_down_ = false;
  bool host_down_ = false;
};

std::size_t resident_bytes() {
  std::size_t pages = 0;
  std::size_t resident = 0;
  std::ifstream{"/proc/self/statm"} >> pages >> resident;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

} // namespace

BOOST_AUTO_TEST_SUITE(days_of_a_queue)

BOOST_AUTO_TEST_CASE(end_with_every_job_ended_once) {
  for (std::uint32_t seed = 1; seed <= 40; ++seed) {
    BOOST_TEST_CONTEXT("seed " << seed) {
      a_day day{seed};
      day.live();
      BOOST_TEST(day.all_over());
      BOOST_TEST(day.tickets_open() == 0u);
      BOOST_TEST(day.jobs() == static_cast<std::size_t>(job_count));
      BOOST_TEST(day.runs() > 0u);
    }
  }
}

BOOST_AUTO_TEST_CASE(take_a_million_jobs_in_little_memory_and_time) {
  constexpr std::uint64_t many = 1'000'000;
  rule_terms terms;
  terms.max_running = 100;
  terms.most_open = many;
  const auto before = resident_bytes();
  queue::rules rules{terms};
  moment now{0, 1'764'576'000'000};
  const auto begun = std::clock();
  for (std::uint64_t i = 1; i <= many; ++i) {
    auto job = test::a_queue::job(i);
    job.what.tenant = "t" + std::to_string(i % 50);
    job.what.queue = "q" + std::to_string(i % 20);
    job.what.priority = static_cast<std::int32_t>(i % 4);
    rules.take_up(job, now);
  }
  rules.loaded();
  const auto each = (resident_bytes() - before) / many;
  const auto taken = std::clock();
  std::uint64_t ended = 0;
  while (ended < 200'000)
    for (const auto& what : rules.decide(now)) {
      if (const auto* it = std::get_if<begin>(&what))
        rules.begun(*it, outcome::done, now);
      else if (const auto* runs = std::get_if<run>(&what))
        rules.ended({runs->key, runs->attempt, result::succeeded, {}, ""}, now);
      else if (const auto* over = std::get_if<record>(&what)) {
        rules.committed(*over, outcome::done, now);
        ++ended;
      }
    }
  const auto done = std::clock();
  const auto us = [](std::clock_t span, std::uint64_t count) { // of the processor
    constexpr double us_per_s = 1e6;
    return us_per_s * static_cast<double>(span) / CLOCKS_PER_SEC / static_cast<double>(count);
  };
  BOOST_TEST_MESSAGE("a waiting job takes "
                     << each << " bytes, to take it up " << us(taken - begun, many)
                     << " us, to start and end it " << us(done - taken, ended) << " us");
  BOOST_TEST(each < 500u);
  BOOST_TEST(us(taken - begun, many) < 50.0);
  BOOST_TEST(us(done - taken, ended) < 100.0);
}

BOOST_AUTO_TEST_SUITE_END()
