#include "cluster/dispatch/slot_rules.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>
#include <random>

namespace {

using namespace vdoc::dispatch;

std::string numbered(std::string name, std::size_t number) {
  return name.append(std::to_string(number));
}

/// Effects as words: "3@h1" is granted, "3!h1" is revoked.
std::string words(const effects& all) {
  std::string out;
  for (const auto& each : all) {
    if (!out.empty())
      out += ' ';
    if (const auto* given = std::get_if<slot_given>(&each))
      out += given->task + '@' + given->host;
    else
      out += std::get<slot_lost>(each).task + '!' + std::get<slot_lost>(each).host;
  }
  return out;
}

struct one_host_each_core {
  slot_rules rules;
  task of(const std::string& job, std::uint32_t index, std::string affinity = {}) {
    return {numbered(job, index), job, stage::transcode, 0, index, std::move(affinity)};
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(slot_rules_of_dispatch, one_host_each_core)

BOOST_AUTO_TEST_CASE(keep_tasks_until_a_host_is_up_and_serve_the_lowest_index_first) {
  BOOST_TEST(words(rules.want(of("a", 2))) == "");
  rules.want(of("a", 0));
  rules.want(of("a", 1));
  BOOST_TEST(words(rules.host_up("h1", {})) == "a0@h1");
  BOOST_TEST(words(rules.finish("a0")) == "a1@h1");
  BOOST_TEST(words(rules.finish("a1")) == "a2@h1");
  BOOST_TEST(words(rules.finish("a2")) == "");
}

BOOST_AUTO_TEST_CASE(share_the_heavy_slot_between_transcode_and_transcribe) {
  rules.host_up("h1", {});
  BOOST_TEST(words(rules.want(of("a", 0))) == "a0@h1");
  BOOST_TEST(words(rules.want({"u0", "a", stage::transcribe, 0, 0, {}})) == "");
  BOOST_TEST(words(rules.want({"x0", "a", stage::audio, 0, 0, {}})) == "x0@h1");
  BOOST_TEST(words(rules.finish("a0")) == "u0@h1");
}

BOOST_AUTO_TEST_CASE(give_a_higher_priority_its_slot_first) {
  rules.want(of("a", 0));
  auto urgent = of("b", 9);
  urgent.priority = 1;
  rules.want(urgent);
  BOOST_TEST(words(rules.host_up("h1", {})) == "b9@h1");
}

BOOST_AUTO_TEST_CASE(take_turns_between_jobs) {
  for (std::uint32_t i = 0; i < 3; ++i)
    rules.want(of("a", i));
  for (std::uint32_t i = 0; i < 3; ++i)
    rules.want(of("b", i));
  BOOST_TEST(words(rules.host_up("h1", {})) == "a0@h1");
  BOOST_TEST(words(rules.host_up("h2", {})) == "b0@h2");
  BOOST_TEST(words(rules.finish("a0")) == "a1@h1");
  BOOST_TEST(words(rules.finish("a1")) == "a2@h1"); // b holds a slot, a holds none
  BOOST_TEST(words(rules.finish("b0")) == "b1@h2");
  BOOST_TEST(words(rules.finish("b1")) == "b2@h2");
}

BOOST_AUTO_TEST_CASE(give_hosts_of_closed_nodes_nothing_until_they_are_opened) {
  for (std::uint32_t i = 0; i < 5; ++i)
    rules.want(of("a", i));
  BOOST_TEST(words(rules.host_up("h1", {}, {"n1", {}})) == "a0@h1");
  BOOST_TEST(words(rules.host_up("h2", {}, {"n2", {}})) == "a1@h2");
  BOOST_TEST(rules.slots_of(slot::heavy) == 2u);
  BOOST_TEST(words(rules.close_nodes({"n1"})) == "");
  BOOST_TEST(rules.slots_of(slot::heavy) == 1u);
  BOOST_TEST(words(rules.finish("a0")) == ""); // what it had goes on to its end
  BOOST_TEST(rules.idle("h1"));
  BOOST_TEST(words(rules.finish("a1")) == "a2@h2");
  BOOST_TEST(words(rules.host_up("h3", {}, {"n1", {}})) == ""); // one that comes there
  BOOST_TEST(words(rules.host_down("h3", {})) == "");
  BOOST_TEST(words(rules.close_nodes({"n2"})) == "a3@h1"); // this one in its place
  BOOST_TEST(words(rules.finish("a2")) == "");
  BOOST_TEST(words(rules.close_nodes({})) == "a4@h2");
  BOOST_TEST(rules.slots_of(slot::heavy) == 2u);
}

BOOST_AUTO_TEST_CASE(keep_a_host_that_drains_from_work_when_its_node_is_opened) {
  rules.host_up("h1", {}, {"n1", {}});
  rules.close_nodes({"n1"});
  rules.host_drains("h1");
  rules.close_nodes({});
  BOOST_TEST(words(rules.want(of("a", 0))) == "");
  BOOST_TEST(rules.slots_of(slot::heavy) == 0u);
  rules.host_down("h1", {});
  BOOST_TEST(words(rules.host_up("h2", {}, {"n1", {}})) == "a0@h2");
  BOOST_TEST(rules.slots_of(slot::heavy) == 1u);
}

BOOST_AUTO_TEST_CASE(alternate_jobs_on_a_single_slot) {
  for (std::uint32_t i = 0; i < 2; ++i)
    for (const auto* job : {"a", "b"})
      rules.want(of(job, i));
  BOOST_TEST(words(rules.host_up("h1", {})) == "a0@h1");
  BOOST_TEST(words(rules.finish("a0")) == "b0@h1");
  BOOST_TEST(words(rules.finish("b0")) == "a1@h1");
  BOOST_TEST(words(rules.finish("a1")) == "b1@h1");
}

BOOST_AUTO_TEST_CASE(revoke_everything_a_lost_host_held_with_its_cause) {
  rules.host_up("h1", {});
  rules.want(of("a", 0));
  rules.want({"d", "a", stage::demux, 0, 0, {}});
  const auto lost = rules.host_down("h1", {host_end::crashed, "SIGSEGV"});
  BOOST_TEST(words(lost) == "a0!h1 d!h1");
  BOOST_TEST(std::get<slot_lost>(lost.front()).loss.cause == "SIGSEGV");
  BOOST_TEST(std::get<slot_lost>(lost.front()).loss.blames_work());
  BOOST_TEST(words(rules.host_down("h1", {})) == "");
  BOOST_TEST(words(rules.host_up("h1", {})) == ""); // asking again is the job's decision
  BOOST_TEST(words(rules.want(of("a", 0))) == "a0@h1");
}

BOOST_AUTO_TEST_CASE(say_which_work_had_heavy_work_beside_it) {
  slots two_at_once;
  two_at_once.heavy = 2;
  const auto beside = [&](const effects& all) {
    std::string out;
    for (const auto& each : all)
      out += std::get<slot_lost>(each).task + (std::get<slot_lost>(each).beside_heavy ? "+ " : " ");
    return out;
  };
  const auto crash = [&] { return beside(rules.host_down("h1", {host_end::crashed, "SIGSEGV"})); };
  rules.host_up("h1", two_at_once);
  rules.want({"read", "a", stage::demux, 0, 0, {}});
  BOOST_TEST(crash() == "read ");
  rules.host_up("h1", two_at_once);
  rules.want({"read", "a", stage::demux, 0, 0, {}});
  rules.want(of("b", 0)); // of another job
  BOOST_TEST(crash() == "b0 read+ ");
  rules.host_up("h1", two_at_once);
  rules.want(of("a", 0));
  rules.want(of("b", 0));
  BOOST_TEST(crash() == "a0+ b0+ ");
}

BOOST_AUTO_TEST_CASE(take_the_work_of_a_replaced_process_as_lost) {
  rules.host_up("h1", {});
  rules.want(of("a", 0));
  rules.want(of("a", 1));
  BOOST_TEST(words(rules.host_up("h1", {})) == "a0!h1 a1@h1");
}

BOOST_AUTO_TEST_CASE(ignore_a_task_that_is_known_and_a_slot_freed_twice) {
  rules.host_up("h1", {});
  rules.want(of("a", 0));
  BOOST_TEST(words(rules.want(of("a", 0))) == "");
  rules.want(of("a", 1));
  BOOST_TEST(words(rules.finish("a0")) == "a1@h1");
  BOOST_TEST(words(rules.finish("a0")) == "");
  rules.want(of("a", 2));
  BOOST_TEST(rules.granted() == 1u);
  BOOST_TEST(rules.waiting() == 1u);
}

BOOST_AUTO_TEST_CASE(forget_what_is_withdrawn_and_use_its_slot) {
  rules.host_up("h1", {});
  rules.want(of("a", 0));
  rules.want(of("a", 1));
  rules.want(of("a", 2));
  rules.want(of("b", 0));
  BOOST_TEST(words(rules.withdraw({"a1"})) == "");
  BOOST_TEST(words(rules.withdraw({"a0", "a2"})) == "b0@h1");
  BOOST_TEST(words(rules.finish("b0")) == "");
}

BOOST_AUTO_TEST_CASE(give_a_draining_host_nothing_new) {
  rules.host_up("h1", {});
  rules.want(of("a", 0));
  rules.host_drains("h1");
  rules.want(of("a", 1));
  BOOST_TEST(!rules.idle("h1"));
  BOOST_TEST(words(rules.finish("a0")) == "");
  BOOST_TEST(rules.idle("h1"));
  BOOST_TEST(words(rules.host_up("h2", {})) == "a1@h2");
}

BOOST_AUTO_TEST_CASE(send_the_next_fragment_of_a_run_to_the_host_that_has_it_open) {
  rules.host_up("h1", {});
  rules.host_up("h2", {});
  rules.want(of("a", 0, "run0"));
  BOOST_TEST(words(rules.want(of("a", 1, "run1"))) == "a1@h2");
  rules.want(of("a", 2, "run0"));
  rules.want(of("a", 3, "run1"));
  BOOST_TEST(words(rules.finish("a1")) == "a3@h2"); // a2 has the lower index, but its run is at h1
  BOOST_TEST(words(rules.finish("a0")) == "a2@h1");
}

BOOST_AUTO_TEST_CASE(not_wait_for_the_host_that_has_the_run_open) {
  rules.host_up("h1", {});
  rules.want(of("a", 0, "run0"));
  rules.want(of("a", 1, "run0"));
  BOOST_TEST(words(rules.host_up("h2", {})) == "a1@h2");
}

BOOST_AUTO_TEST_CASE(prefer_the_free_host_that_has_the_run_open) {
  rules.host_up("h1", {});
  rules.host_up("h2", {});
  rules.want(of("a", 0, "run0"));
  rules.want(of("a", 1, "run1"));
  rules.finish("a0");
  rules.finish("a1");
  BOOST_TEST(words(rules.want(of("a", 2, "run1"))) == "a2@h2");
}

BOOST_AUTO_TEST_CASE(not_mistake_the_run_of_another_job_for_the_same) {
  rules.host_up("h1", {});
  rules.host_up("h2", {});
  rules.want(of("a", 0, "run0"));
  rules.want(of("b", 0, "run7"));
  rules.finish("a0");
  rules.finish("b0");
  rules.want({"d", "c", stage::demux, 0, 0, {}}); // h1 is busier now
  BOOST_TEST(words(rules.want(of("b", 1, "run0"))) == "b1@h2");
}

BOOST_AUTO_TEST_CASE(keep_a_demux_off_the_host_that_has_more_to_do) {
  rules.host_up("h1", {});
  rules.host_up("h2", {});
  rules.want(of("a", 0));
  BOOST_TEST(words(rules.want({"d", "a", stage::demux, 0, 0, {}})) == "d@h2");
}

BOOST_AUTO_TEST_CASE(count_the_heavy_slots_that_can_be_used) {
  rules.host_up("h1", {});
  rules.host_up("h2", {});
  rules.host_drains("h2");
  BOOST_TEST(rules.slots_of(slot::heavy) == 1u);
}

BOOST_AUTO_TEST_CASE(begin_nothing_of_a_paused_stage_and_leave_what_runs) {
  rules.host_up("h1", {});
  rules.want(of("a", 0));
  BOOST_TEST(words(rules.set_stage(stage::transcode, {true, 0, 0})) == "");
  rules.want(of("a", 1));
  BOOST_TEST(rules.granted() == 1u);
  BOOST_TEST(words(rules.finish("a0")) == "");
  BOOST_TEST(words(rules.want({"u0", "b", stage::transcribe, 0, 0, {}})) == "u0@h1"); // same slot
  rules.finish("u0");
  BOOST_TEST(!rules.wake_in_ms().has_value()); // no clock ends a pause
  BOOST_TEST(words(rules.set_stage(stage::transcode, {false, 0, 0})) == "a1@h1");
}

BOOST_AUTO_TEST_CASE(let_another_stage_pass_whatever_its_priority) {
  rules.set_stage(stage::transcode, {true, 0, 0});
  auto urgent = of("a", 0, "run0");
  urgent.priority = 20;
  rules.want(urgent);
  rules.want({"u0", "b", stage::transcribe, -10, 0, {}});
  BOOST_TEST(words(rules.host_up("h1", {})) == "u0@h1");
}

BOOST_AUTO_TEST_CASE(run_no_more_of_a_stage_than_it_may_over_all_hosts) {
  rules.set_stage(stage::transcode, {false, 2, 0});
  for (const auto* host : {"h1", "h2", "h3"})
    rules.host_up(host, {});
  rules.want(of("a", 0));
  rules.want(of("a", 1));
  BOOST_TEST(words(rules.want(of("a", 2))) == "");
  BOOST_TEST(words(rules.host_down("h1", {})) == "a0!h1");
  BOOST_TEST(words(rules.go_on()) == "a2@h3"); // the lost one counts no more
  BOOST_TEST(words(rules.set_stage(stage::transcode, {false, 1, 0})) == "");
  rules.want(of("a", 3));
  BOOST_TEST(words(rules.finish("a1")) == ""); // one is still as many as there may be
  BOOST_TEST(words(rules.finish("a2")) == "a3@h2");
}

BOOST_AUTO_TEST_CASE(begin_as_many_of_a_stage_in_a_minute_as_its_rate_allows) {
  rules.it_is(1'000);
  rules.set_stage(stage::package, {false, 0, 30});
  slots many;
  many.package = 9;
  rules.host_up("h1", many);
  for (std::uint32_t i = 0; i < 3; ++i)
    rules.want({numbered("p", i), "a", stage::package, 0, i, {}});
  BOOST_TEST(rules.granted() == 1u);
  BOOST_TEST(rules.wake_in_ms().value_or(-1) == 2'000);
  rules.it_is(2'999);
  BOOST_TEST(words(rules.go_on()) == "");
  rules.it_is(3'000);
  BOOST_TEST(words(rules.go_on()) == "p1@h1");
  rules.set_stage(stage::package, {true, 0, 30});
  BOOST_TEST(!rules.wake_in_ms().has_value());
  BOOST_TEST(words(rules.set_stage(stage::package, {})) == "p2@h1");
}

BOOST_AUTO_TEST_CASE(say_of_each_stage_what_waits_since_when_and_what_runs) {
  rules.it_is(10'000);
  rules.host_up("h1", {});
  rules.want(of("a", 0));
  rules.it_is(11'000);
  rules.want(of("a", 1));
  rules.it_is(12'500);
  rules.want(of("a", 2));
  rules.it_is(14'000);
  rules.set_stage(stage::transcode, {false, 7, 60});
  const auto all = rules.stages();
  BOOST_REQUIRE(all.size() == stage_count);
  const auto& seen = all.at(static_cast<std::size_t>(stage::transcode));
  BOOST_TEST((seen.kind == stage::transcode));
  BOOST_TEST((seen.terms == vdoc::resources::start_terms{false, 7, 60}));
  BOOST_TEST(seen.waiting == 2u);
  BOOST_TEST(seen.running == 1u);
  BOOST_TEST(seen.oldest_age_ms == 3'000);
  BOOST_TEST(all.front().waiting == 0u);
  BOOST_TEST(all.front().oldest_age_ms == 0);
}

BOOST_AUTO_TEST_CASE(have_names_for_the_queues_of_stages) {
  BOOST_TEST(queue_of(stage::transcribe) == "stage.transcribe");
  BOOST_TEST((stage_of_queue("stage.noop") == stage::noop));
  BOOST_TEST(!stage_of_queue("stage.video").has_value());
  BOOST_TEST(!stage_of_queue("transcode").has_value());
}

BOOST_AUTO_TEST_CASE(never_give_a_host_more_than_its_slots_and_lose_nothing) {
  const auto seed = std::random_device{}();
  BOOST_TEST_MESSAGE("seed " << seed);
  std::minstd_rand chance{seed};
  std::map<std::string, std::pair<std::string, stage>> held; // task -> host, kind
  std::map<std::string, stage> wanted;
  std::map<stage, vdoc::resources::start_terms> terms;
  const slots capacity;
  const auto apply = [&](const effects& all) {
    for (const auto& each : all)
      if (const auto* given = std::get_if<slot_given>(&each)) {
        BOOST_REQUIRE(wanted.contains(given->task));
        const auto kind = wanted.at(given->task);
        held[given->task] = {given->host, kind};
        wanted.erase(given->task);
        const auto running = std::count_if(
            held.begin(), held.end(), [&](const auto& it) { return it.second.second == kind; });
        BOOST_REQUIRE(!terms[kind].paused);
        BOOST_REQUIRE((terms[kind].concurrency == 0 || running <= terms[kind].concurrency));
      } else {
        const auto& gone = std::get<slot_lost>(each);
        BOOST_REQUIRE(held.at(gone.task).first == gone.host);
        held.erase(gone.task);
      }
  };
  for (std::uint32_t step = 0; step < 3000; ++step) {
    const auto host = numbered("h", chance() % 3);
    rules.it_is(std::int64_t{10} * step);
    switch (chance() % 9) {
    case 8: {
      const auto kind = static_cast<stage>(chance() % stage_count);
      terms[kind] = {chance() % 3 == 0, static_cast<std::uint32_t>(chance() % 3), 0};
      apply(rules.set_stage(kind, terms[kind]));
      break;
    }
    case 0:
      apply(rules.host_up(host, capacity));
      break;
    case 1:
      if (chance() % 4 == 0)
        apply(rules.host_down(host, {}));
      break;
    case 2:
    case 3:
    case 4:
      if (!held.empty()) {
        const auto steps = static_cast<std::ptrdiff_t>(chance() % held.size());
        const auto id = std::next(held.begin(), steps)->first;
        held.erase(id);
        apply(rules.finish(id));
      }
      break;
    default: {
      const auto id = std::to_string(step);
      const auto kind = static_cast<stage>(chance() % stage_count);
      wanted[id] = kind;
      apply(rules.want({id, numbered("job", chance() % 3), kind,
                        static_cast<std::int32_t>(chance() % 2), step,
                        numbered("run", chance() % 4)}));
    }
    }
    std::map<std::pair<std::string, slot>, std::uint32_t> used;
    for (const auto& [id, where] : held)
      BOOST_REQUIRE(++used[std::pair(where.first, slot_of(where.second))] <=
                    capacity.of(slot_of(where.second)));
    BOOST_REQUIRE(rules.granted() == held.size());
    BOOST_REQUIRE(rules.waiting() == wanted.size());
  }
}

BOOST_AUTO_TEST_SUITE_END()
