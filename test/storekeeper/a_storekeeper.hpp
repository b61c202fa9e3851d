#pragma once

#include "actors/storekeeper/rules.hpp"

#include <boost/test/unit_test.hpp>

#include <map>
#include <string>
#include <vector>

namespace vdoc::test {

using namespace vdoc::storekeeper;
using artefacts::cure;
using kind = ledger::artefact_task::kind;
using position = resources::breaker::position;
using strings = std::vector<std::string>;

/// The rules on a clock of the test's. Orders are words: "put a/x", "told a stored".
struct a_storekeeper {
  std::int64_t now = 1'000;
  rules thought;
  std::map<std::string, ticket> orders; ///< that are open

  explicit a_storekeeper(bool has_fallback = false, bool drops_copies = false)
      : thought{terms(has_fallback, drops_copies)} {}
  static rule_terms terms(bool has_fallback = false, bool drops_copies = false) {
    rule_terms with;
    with.has_fallback = has_fallback;
    with.drops_copies = drops_copies;
    with.jitter = 0;
    with.most_at_once = 3;
    with.breaker = {3, 2'000, 60'000};
    return with;
  }

  /// Of the fallback: "put a/x in fallback", "list a or fallback", "put a/x from fallback".
  std::string word_of(const effect& what) {
    struct {
      std::map<std::string, ticket>& orders;
      std::string keep(const std::string& word, const ticket& which) const {
        orders[word] = which;
        return word;
      }
      static std::string in(target where) {
        return where == target::fallback ? " in fallback" : "";
      }
      std::string operator()(const look_at_job& x) const {
        return keep("look " + x.which.job, x.which);
      }
      std::string operator()(const list_files& x) const {
        const auto word = "list " + x.which.job;
        keep(word, x.which);
        return word + (x.or_in_fallback ? " or fallback" : "");
      }
      std::string operator()(const put_file& x) const {
        return keep("put " + x.which.job + "/" + x.path + in(x.to) +
                        (x.from_fallback ? " from fallback" : ""),
                    x.which);
      }
      std::string operator()(const wipe& x) const {
        return keep("wipe " + x.which.job + in(x.from), x.which);
      }
      std::string operator()(const drop_copy& x) const {
        return keep("drop " + x.which.job, x.which);
      }
      std::string operator()(const tell& x) const {
        return "told " + x.job + (x.stored ? " stored" : " left: " + x.why) + in(x.to);
      }
      std::string operator()(const note& x) const {
        const auto what = x.what == task::clear  ? " to clear"
                          : x.what == task::drop ? " to drop"
                                                 : " to move";
        return keep("note " + x.which.job + what + (x.moved ? ", moved" : ""), x.which);
      }
      std::string operator()(const forget& x) const {
        return std::string{x.done ? "done " : "unwanted "} + x.job;
      }
    } words{orders};
    return std::visit(words, what);
  }
  strings turn() {
    strings all;
    for (const auto& one : thought.decide(now))
      all.push_back(word_of(one));
    return all;
  }
  strings listed(const std::string& job, const strings& paths, bool from_fallback = false) {
    std::vector<artefacts::result_file> files;
    for (const auto& path : paths)
      files.push_back({path, 10});
    thought.listed(orders.at("list " + job), files, from_fallback, now);
    return turn();
  }
  strings ok(const std::string& order) {
    thought.done(orders.at(order), {}, now);
    return turn();
  }
  strings no(const std::string& order, cure helps, const std::string& why = "away",
             bool at_source = false) {
    thought.done(orders.at(order), refusal{helps, why, at_source}, now);
    return turn();
  }
  strings noted(const std::string& order, bool ok = true, std::int64_t since = 10) {
    thought.noted(orders.at(order), ok, since, now);
    return turn();
  }
  strings stands(const std::string& job, standing how) {
    thought.stands(orders.at("look " + job), how, now);
    return turn();
  }
  strings pass(std::int64_t ms) {
    now += ms;
    return turn();
  }
  strings publish(const std::string& job, target to = target::store) {
    thought.publish(job, to, now);
    return turn();
  }
  void take_up(const std::string& job, kind what, std::int64_t since,
               fallback_part part = fallback_part::none) {
    thought.take_up(job, {what, since, "", part}, now);
  }
};

} // namespace vdoc::test
