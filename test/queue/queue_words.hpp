#pragma once

#include "actors/queue/rules.hpp"

#include <string>
#include <vector>

namespace vdoc::test {

/// QUEUE's rules with a ledger that takes everything at once, unless it is told not to. Jobs are
/// called by numbers.
struct a_queue {
  explicit a_queue(const queue::rule_terms& terms = {}) : rules{terms} { rules.loaded(); }

  queue::rules rules;
  queue::moment now{1'000'000, 1'764'576'000'000};
  ledger::outcome ledger = ledger::outcome::done;
  std::vector<queue::effect> uncommitted; ///< while `holds`
  bool holds = false;                     ///< the ledger has not answered yet

  static ledger::job_record job(std::uint64_t number);
  static queue::job_key key(std::uint64_t number);

  void submit(const ledger::job_record& what) { rules.take_up(what, now); }
  void submit(std::uint64_t first, std::uint64_t last);
  /// Decides and commits until nothing more follows; all that was to be done, in words:
  /// "run 1" (its attempt begins), "resume 1", "interrupt 1", "force 1", "ask 1", and of what is
  /// committed "succeeded 1", "retrying 1", ... Answers are "ok #7" and "busy #7".
  std::string run();
  /// The ledger answers what it held back.
  std::string commit(ledger::outcome outcome = ledger::outcome::done);
  std::string pass(std::int64_t ms);

  void ends(std::uint64_t number, queue::result how = queue::result::succeeded, fault why = {});
  void fails(std::uint64_t number, culprit whose, std::string where = "");
  bool order(std::uint64_t number, desk::job_action what, queue::ticket whose = 7);
  /// Of the last record of that job that was written.
  queue::record last_record;

private:
  std::string word_of(const queue::effect& what);
  void answer(const queue::effect& what, ledger::outcome outcome);
  [[nodiscard]] bool to_commit(const queue::effect& what) const;
};

} // namespace vdoc::test
