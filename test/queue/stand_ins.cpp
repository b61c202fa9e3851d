#include "test/queue/stand_ins.hpp"

#include <caf/actor_system.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace vdoc::test {

using namespace vdoc::ledger;

written memory_ledger::put(const job& what) {
  for (const auto& [id, it] : jobs)
    if (!what.idempotency_key.empty() && it.record.what.tenant == what.tenant &&
        it.record.what.idempotency_key == what.idempotency_key)
      return {outcome::known_already, id, 0};
  auto& it = jobs[what.id];
  it.record.what = what;
  event first;
  first.job_id = what.id;
  first.kind = event_kind::submitted;
  add(it.record, first);
  it.history.push_back(first);
  if (what.not_before_unix_ms > 0 || !what.after.empty()) {
    first.kind = event_kind::scheduled;
    add(it.record, first);
    it.history.push_back(first);
  }
  return {outcome::done, what.id, it.history.size()};
}

written memory_ledger::put(const event& what) {
  const auto found = jobs.find(what.job_id);
  if (found == jobs.end())
    return {outcome::unknown_job, what.job_id, 0};
  auto& [record, history] = found->second;
  if (what.fence != 0 && what.fence != record.attempts)
    return {outcome::stale, what.job_id, 0};
  if (!may_follow(record.state, what.kind))
    return {outcome::impossible, what.job_id, 0};
  add(record, what);
  history.push_back(what);
  for (const auto& paper : what.papers)
    put(paper);
  return {outcome::done, what.job_id, history.size()};
}

written memory_ledger::put(const document& what) {
  if (what.body.empty())
    documents.erase(what.kind + "/" + what.key);
  else
    documents[what.kind + "/" + what.key] = what;
  return {outcome::done, {}, 1};
}

void memory_ledger::put(const roll& what, const ledger::write& with, const all_written& how) {
  auto ids = nlohmann::json::array();
  for (std::size_t i = 0; i < with.jobs.size(); ++i)
    if (how.jobs[i].result == outcome::done &&
        std::ranges::count(what.job_ids, with.jobs[i].id) > 0)
      ids.push_back(with.jobs[i].id);
  auto body = nlohmann::ordered_json::parse(what.what.body);
  body["jobs"] = ids;
  if (!ids.empty())
    put(document{what.what.kind, what.what.key, body.dump()});
}

/// What must not be lost is spooled while the database is away: here, written all the same.
all_written memory_ledger::write(const ledger::write& what) {
  all_written done;
  done.trouble = trouble;
  done.spooled = !trouble.empty() && what.must_not_be_lost;
  if (!trouble.empty() && !done.spooled) {
    done.jobs.resize(what.jobs.size(), {outcome::store_down, {}, 0});
    done.events.resize(what.events.size(), {outcome::store_down, {}, 0});
    done.documents.resize(what.documents.size(), {outcome::store_down, {}, 0});
    return done;
  }
  ++writes;
  for (const auto& one : what.jobs)
    done.jobs.push_back(put(one));
  for (const auto& one : what.rolls)
    put(one, what, done);
  for (const auto& one : what.events)
    done.events.push_back(put(one));
  for (const auto& one : what.documents)
    done.documents.push_back(put(one));
  if (in_doubt) {
    done.trouble = "whether it was written is not known";
    done.in_doubt = true;
    for (auto* each : {&done.jobs, &done.events, &done.documents})
      std::ranges::fill(*each, written{outcome::store_down, {}, 0});
  }
  return done;
}

std::string memory_ledger::history_of(const std::string& id) const {
  std::string words;
  for (const auto& one : jobs.at(id).history)
    words += (words.empty() ? "" : " ") + to_string(one.kind);
  return words;
}

ledger::actor spawn_ledger(caf::actor_system& system, const std::shared_ptr<memory_ledger>& from) {
  return system.spawn([from](ledger::actor::pointer) -> ledger::actor::behavior_type {
    return {
        [](const submit&) { return submitted{}; },
        [](const record&) { return recorded{}; },
        [](const find_last&) { return found{}; },
        [](const ledger::history_of&) { return history{}; },
        [from](const ledger::write& what) { return from->write(what); },
        [from](const health_of&) {
          health how;
          how.up = from->trouble.empty();
          how.trouble = from->trouble;
          return how;
        },
    };
  });
}

ledger::reader spawn_reader(caf::actor_system& system, const std::shared_ptr<memory_ledger>& from) {
  return system.spawn([from](ledger::reader::pointer) -> ledger::reader::behavior_type {
    return {
        [from](const find_job& asked) {
          const auto it = from->jobs.find(asked.id);
          if (!from->trouble.empty())
            return found{outcome::store_down, {}, from->trouble};
          return it == from->jobs.end() ? found{outcome::unknown_job, {}, {}}
                                        : found{outcome::done, it->second.record, {}};
        },
        [](const read_history&) { return history{}; },
        [](const list_jobs&) { return job_page{}; },
        [from](const list_open_jobs& asked) {
          job_page page;
          for (const auto& [id, it] : from->jobs)
            if (id > asked.after_id && !is_end(it.record.state) && page.jobs.size() < asked.most)
              page.jobs.push_back(it.record);
          return page;
        },
        [](const count_jobs&) { return counts{}; },
        [from](const read_documents& asked) {
          documents page;
          if (!from->trouble.empty())
            return documents{outcome::store_down, {}, from->trouble};
          for (const auto& [name, it] : from->documents)
            if (it.kind == asked.kind && it.key > asked.after_key && page.all.size() < asked.most)
              page.all.push_back(it);
          return page;
        },
    };
  });
}

} // namespace vdoc::test
