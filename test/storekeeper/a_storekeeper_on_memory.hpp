#pragma once

#include "actors/storekeeper/spawn.hpp"
#include "cluster/ledger/artefact_tasks.hpp"
#include "test/queue/stand_ins.hpp"
#include "test/storekeeper/memory_store.hpp"
#include "test/supervision/stepped_actors.hpp"
#include "test/support/temp_folder.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <algorithm>
#include <fstream>
#include <map>
#include <string>
#include <vector>

namespace vdoc::test {

using namespace std::chrono_literals;
using artefacts::target;
using ledger::event_kind;
using storekeeper::erase;
using storekeeper::leave;
using storekeeper::publish;
using storekeeper::published;
using storekeeper::remembered;
using results = std::map<std::string, std::string>;
using strings = std::vector<std::string>;

inline const results films{{"a/v/1.m4s", "media"},
                           {"a/v/index.m3u8", "1.m4s"},
                           {"a/master.m3u8", "v/index.m3u8"},
                           {"a/job.json", "report"}};

/// STOREKEEPER over a ledger and two stores in memory, and one job, "a", whose results lie in a
/// folder.
struct a_storekeeper_on_memory : stepped_actors {
  std::shared_ptr<memory_ledger> written = std::make_shared<memory_ledger>();
  std::shared_ptr<memory_shelf> store = std::make_shared<memory_shelf>();
  std::shared_ptr<memory_shelf> fallback = std::make_shared<memory_shelf>();
  std::shared_ptr<resources::measures> measures = std::make_shared<resources::measures>();
  temp_folder jobs, passing;
  std::int64_t now_ms = 1'000;
  bool leads = true;
  bool has_fallback = true;
  const bool drops_copies;
  ledger::actor ledger = spawn_ledger(system, written);
  ledger::reader reader = spawn_reader(system, written);
  storekeeper::actor keeper;

  explicit a_storekeeper_on_memory(bool drops = false) : drops_copies{drops} {
    ledger::job job;
    job.id = "a";
    ledger::write what;
    what.jobs = {job};
    written->write(what);
    happens(event_kind::started);
    for (const auto& [key, bytes] : films) {
      std::filesystem::create_directories((jobs / key).parent_path());
      std::ofstream{jobs / key} << bytes;
    }
    begin();
  }
  ~a_storekeeper_on_memory() {
    end();
    caf::anon_send_exit(ledger, caf::exit_reason::kill);
    caf::anon_send_exit(reader, caf::exit_reason::kill);
    run();
  }
  void begin() {
    storekeeper::means with;
    with.find_ledger = [this] { return ledger; };
    with.find_reader = [this] { return reader; };
    with.unix_ms = [this] { return 1'764'590'400'000 + now_ms; };
    with.steady_ms = [this] { return now_ms; };
    with.connect = [this] { return std::make_unique<memory_store>(store); };
    if (has_fallback) {
      with.connect_fallback = [this] { return std::make_unique<memory_store>(fallback); };
      with.fallback_name = "/mnt/spare";
    }
    with.leads = [this] { return leads; };
    with.jobs = jobs.path();
    with.passing = passing.path() / "now";
    with.measures = measures;
    with.terms.drops_copies = drops_copies;
    with.detached = false;
    keeper = storekeeper::spawn(system, std::move(with));
  }
  void end() {
    caf::anon_send_exit(keeper, caf::exit_reason::kill);
    keeper = nullptr;
    run();
  }
  void starts_anew() {
    end();
    begin();
    run();
  }
  void happens(event_kind kind) const {
    ledger::event what;
    what.job_id = "a";
    what.kind = kind;
    ledger::write all;
    all.events = {what};
    written->write(all);
  }
  void pass_time(std::chrono::milliseconds span) {
    run();
    for (; span.count() > 0; span -= 10ms) {
      now_ms += 10;
      steps.advance_time(10ms);
      run();
    }
  }
  template <class Answer, class Question> Answer answer_to(Question what) {
    return answer_of<Answer>(keeper, std::move(what));
  }
  /// What the ledger says is to be done.
  [[nodiscard]] std::optional<ledger::artefact_task> task() const {
    const auto found = written->documents.find("artefacts/a");
    return found == written->documents.end() ? std::nullopt
                                             : ledger::artefact_task_in(found->second);
  }
  [[nodiscard]] std::uint64_t counted(const char* result) const {
    return measures->artefacts.of({result}).value();
  }
  [[nodiscard]] long times_told_that_it_is_moved() const {
    const auto& history = written->jobs.at("a").history;
    return std::ranges::count_if(history, [](const ledger::event& one) {
      return one.cause == "the results are in the artefact store now";
    });
  }
  /// As a JOB does it, up to the end of its job.
  void put_into_fallback() {
    store->away = "no bucket";
    const auto no = answer_to<published>(publish{"a"});
    BOOST_TEST(!no.stored);
    BOOST_TEST(no.fallback == "/mnt/spare");
    BOOST_TEST(answer_to<published>(publish{"a", target::fallback}).stored);
    happens(event_kind::succeeded);
  }
};

} // namespace vdoc::test
