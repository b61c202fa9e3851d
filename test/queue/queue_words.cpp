#include "test/queue/queue_words.hpp"

#include "cluster/desk/submission.hpp"

namespace vdoc::test {

using namespace vdoc::queue;

namespace {

constexpr std::uint64_t version_7 = 0x019a'0000'0000'7000;
constexpr std::uint64_t variant = 0x8000'0000'0000'0000;

std::string numbered(const char* word, const job_key& key) {
  return std::string{word} + " " + std::to_string(key.low - variant);
}

} // namespace

job_key a_queue::key(std::uint64_t number) {
  return {version_7, variant + number};
}

ledger::job_record a_queue::job(std::uint64_t number) {
  ledger::job_record one;
  one.what.id = to_string(key(number));
  one.what.source = "/films/talk.mp4";
  one.state = ledger::job_state::queued;
  one.submitted_unix_ms = 1'764'576'000'000;
  return one;
}

void a_queue::submit(std::uint64_t first, std::uint64_t last) {
  for (auto number = first; number <= last; ++number)
    submit(job(number));
}

bool a_queue::to_commit(const effect& what) const {
  return std::holds_alternative<begin>(what) || std::holds_alternative<record>(what);
}

void a_queue::answer(const effect& what, ledger::outcome outcome) {
  if (const auto* begins = std::get_if<begin>(&what)) {
    rules.begun(*begins, outcome, now);
  } else {
    // What has happened is spooled while the ledger is away.
    const auto& it = std::get<record>(what);
    const bool spooled = it.keep && outcome == ledger::outcome::store_down;
    rules.committed(it, spooled ? ledger::outcome::done : outcome, now);
  }
}

std::string a_queue::word_of(const effect& what) {
  struct words {
    std::string operator()(const begin&) const { return ""; }
    std::string operator()(const record& x) const {
      return numbered(ledger::to_string(x.kind).c_str(), x.key);
    }
    std::string operator()(const queue::run& x) const {
      return numbered(x.resume ? "resume" : "run", x.key);
    }
    std::string operator()(const interrupt& x) const { return numbered("interrupt", x.key); }
    std::string operator()(const end_by_force& x) const { return numbered("force", x.key); }
    std::string operator()(const look_up& x) const { return numbered("ask", x.key); }
    std::string operator()(const queue::answer& x) const {
      return (x.how.ok() ? "ok" : to_string(x.how.why)) + " #" + std::to_string(x.whose);
    }
  };
  if (const auto* it = std::get_if<record>(&what))
    last_record = *it;
  return std::visit(words{}, what);
}

std::string a_queue::run() {
  std::string all;
  for (auto todo = rules.decide(now); !todo.empty(); todo = rules.decide(now))
    for (const auto& each : todo) {
      const auto word = word_of(each);
      if (!word.empty())
        all += (all.empty() ? "" : ", ") + word;
      if (to_commit(each) && holds)
        uncommitted.push_back(each);
      else if (to_commit(each))
        answer(each, ledger);
    }
  return all;
}

std::string a_queue::commit(ledger::outcome outcome) {
  for (const auto& each : std::exchange(uncommitted, {}))
    answer(each, outcome);
  return run();
}

std::string a_queue::pass(std::int64_t ms) {
  now.steady_ms += ms;
  now.unix_ms += ms;
  return run();
}

void a_queue::ends(std::uint64_t number, queue::result how, fault why) {
  const auto* one = rules.find(key(number));
  rules.ended(
      {key(number), one == nullptr ? 0 : one->attempts, how, std::move(why), "films.example"}, now);
}

void a_queue::fails(std::uint64_t number, culprit whose, std::string where) {
  ends(number, queue::result::failed, {whose, "no good", "", std::move(where)});
}

bool a_queue::order(std::uint64_t number, desk::job_action what, ticket whose) {
  desk::job_order it;
  it.what = what;
  it.priority = 5;
  it.cause = "alice";
  return rules.order(whose, key(number), it, now);
}

} // namespace vdoc::test
