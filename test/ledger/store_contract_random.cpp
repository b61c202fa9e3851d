#include "test/ledger/store_contract.hpp"
#include "test/ledger/store_words.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>
#include <random>
#include <set>

namespace vdoc::test {

using namespace vdoc::ledger;

namespace {

/// What a store ought to remember, kept the simplest way: every event of every job.
struct model {
  struct one {
    job as_asked;
    std::vector<event> events;
  };
  std::map<std::string, one> jobs;
  std::map<std::pair<std::string, std::string>, std::string> keys;
  std::map<std::string, std::pair<std::int64_t, std::string>> pages;

  outcome take(const job& asked, std::int64_t now) {
    if (jobs.contains(asked.id))
      return outcome::done;
    const std::pair key{asked.tenant, asked.idempotency_key};
    if (!asked.idempotency_key.empty() && keys.contains(key))
      return outcome::known_already;
    if (!asked.idempotency_key.empty())
      keys[key] = asked.id;
    auto& kept = jobs[asked.id];
    kept.as_asked = asked;
    append(kept, of(asked.id, event_kind::submitted), now);
    if (asked.not_before_unix_ms > now || !asked.after.empty())
      append(kept, of(asked.id, event_kind::scheduled), now);
    return outcome::done;
  }

  outcome take(const event& asked, std::int64_t now) {
    const auto at = jobs.find(asked.job_id);
    if (at == jobs.end())
      return outcome::unknown_job;
    const auto sum = sum_up(at->second.as_asked, at->second.events);
    if (asked.fence != 0 && asked.fence != sum.attempts)
      return outcome::stale;
    if (!may_follow(sum.state, asked.kind))
      return outcome::impossible;
    append(at->second, asked, now);
    return outcome::done;
  }

  outcome take(const document& asked, std::int64_t /*now*/) {
    auto& [version, body] = pages[asked.key];
    if (asked.version != document::any_version && asked.version != version)
      return outcome::stale;
    version = asked.body.empty() ? 0 : version + 1;
    body = asked.body;
    return outcome::done;
  }

  static outcome take(const roll& /*asked*/, std::int64_t /*now*/) { return outcome::done; }

  static void append(one& kept, event made, std::int64_t now) {
    made.attempt = static_cast<std::uint32_t>(
        std::ranges::count_if(kept.events, [](auto& e) { return begins_attempt(e.kind); }) +
        (begins_attempt(made.kind) ? 1 : 0));
    made.at_unix_ms = made.at_unix_ms == 0 ? now : made.at_unix_ms;
    made.fence = 0;
    kept.events.push_back(made);
  }
};

class dice {
public:
  explicit dice(unsigned seed) : random_{seed} {}
  int below(int limit) { return std::uniform_int_distribution<>{0, limit - 1}(random_); }
  bool one_in(int sides) { return below(sides) == 0; }

  entry any_entry(std::int64_t now) {
    if (one_in(4))
      return any_job(now);
    if (one_in(8))
      return page("page-" + std::to_string(below(5)), one_in(4) ? "" : std::to_string(below(1000)),
                  below(4) - 1);
    return any_event(now);
  }

private:
  job any_job(std::int64_t now) {
    auto made = talk("job-" + std::to_string(below(40)));
    made.tenant = one_in(2) ? "acme" : "zeta";
    made.queue = one_in(2) ? "video" : "audio";
    made.priority = below(5) - 2;
    made.spec = std::to_string(below(1000));
    if (one_in(2))
      made.idempotency_key = "key-" + std::to_string(below(20));
    if (one_in(4))
      made.not_before_unix_ms = now + below(3) - 1;
    if (one_in(8))
      made.after = {"job-0"};
    return made;
  }

  event any_event(std::int64_t now) {
    constexpr int kinds = static_cast<int>(event_kind::reprioritised) + 1;
    const auto kind = static_cast<event_kind>(below(kinds));
    auto made = of("job-" + std::to_string(below(40)), kind);
    if (one_in(2))
      made.cause = "because of " + std::to_string(below(100));
    if (kind == event_kind::reprioritised || kind == event_kind::retrying || one_in(3))
      made.detail = std::to_string(below(1000));
    if (one_in(4))
      made.fence = static_cast<std::uint32_t>(below(4));
    if (one_in(4))
      made.at_unix_ms = now - below(1000);
    return made;
  }

  std::mt19937 random_;
};

void check_questions(store& store, const std::map<std::string, job_record>& expected) {
  std::map<std::tuple<std::string, std::string, job_state>, std::uint64_t> counted;
  std::string open;
  std::map<job_state, std::string> by_state;
  for (const auto& [id, record] : expected) {
    ++counted[{record.what.tenant, record.what.queue, record.state}];
    if (!is_end(record.state))
      open.append(open.empty() ? "" : " ").append(id);
    auto& newest_first = by_state[record.state];
    newest_first.insert(0, newest_first.empty() ? "" : " ").insert(0, id);
  }
  BOOST_TEST(ids_of(store.open_jobs("", 1000).jobs) == open);
  for (const auto& [state, ids] : by_state) {
    job_filter which;
    which.states = {state};
    BOOST_TEST(pages_of(store, which, 1000) == ids);
  }
  const auto counts = store.count().all;
  BOOST_TEST(counts.size() == counted.size());
  for (const auto& each : counts)
    BOOST_TEST((counted[{each.tenant, each.queue, each.state}] == each.jobs));
}

void check(store& store, const model& known) {
  std::map<std::string, job_record> expected;
  for (const auto& [id, one] : known.jobs) {
    auto events = store.history_of(id).events;
    auto sum = sum_up(one.as_asked, events);
    for (auto& each : events)
      each.sequence = 0;
    BOOST_TEST((events == one.events), "the history of " << id << " is another one");
    BOOST_TEST((store.find(id).what == sum), id << " is not what its events amount to");
    expected.emplace(id, std::move(sum));
  }
  check_questions(store, expected);
  std::vector<document> pages;
  for (const auto& [key, kept] : known.pages)
    if (kept.first != 0)
      pages.push_back(page(key, kept.second, kept.first));
  BOOST_TEST((store.read("page", "", 100).all == pages));
}

} // namespace

void keeps_of_each_job_what_its_events_amount_to(const store_maker& make) {
  const auto seed = std::random_device{}();
  BOOST_TEST_MESSAGE("seed " << seed);
  dice roll{seed};
  model known;
  auto store = make.empty();
  for (int round = 0; round < 60; ++round) {
    const auto now = noon + round * 1000LL;
    std::vector<entry> batch;
    std::string expected;
    for (int i = roll.below(30); i >= 0; --i) {
      batch.push_back(roll.any_entry(now));
      const auto result =
          std::visit([&](const auto& each) { return known.take(each, now); }, batch.back());
      expected += (expected.empty() ? "" : " ") + to_string(result);
    }
    BOOST_TEST(results_of(store->write(batch, now)) == expected, "seed " << seed);
    if (roll.one_in(10))
      store = make.reopen();
  }
  BOOST_TEST_CONTEXT("seed " << seed) {
    check(*store, known);
  }
  BOOST_TEST(known.jobs.size() > 5u);
}

} // namespace vdoc::test
