#include "actors/hosts/host_rules.hpp"
#include "actors/hosts/memory_kills.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>

namespace {

using namespace std::chrono_literals;
using namespace vdoc::hosts;

child_exit by_signal(int number) {
  child_exit how;
  how.by_signal = true;
  how.code = number;
  return how;
}
child_exit by_code(int code, std::vector<std::string> lines = {}) {
  child_exit how;
  how.code = code;
  how.last_lines = std::move(lines);
  return how;
}

/// One host. Effects as words: "start:1 kill leave up down:1(hung: ...) wake:50ms hopeless(...)".
struct one_host {
  host_limits limits = [] {
    host_limits it;
    it.budget.jitter_percent = 0;
    return it;
  }();
  host_rules host{limits, 1};
  time_point now{1000s};
  std::uint64_t ticket = 0;

  std::string words(const effects& all) {
    std::string out;
    for (const auto& each : all) {
      out += out.empty() ? "" : " ";
      if (const auto* it = std::get_if<start_process>(&each))
        out.append("start:").append(std::to_string(it->life));
      else if (const auto* down = std::get_if<say_down>(&each))
        out.append("down:")
            .append(std::to_string(down->life))
            .append("(")
            .append(to_string(down->loss.how))
            .append(": ")
            .append(down->loss.cause)
            .append(")");
      else if (const auto* wake = std::get_if<wake_me>(&each)) {
        out.append("wake:").append(std::to_string(wake->after / 1ms)).append("ms");
        ticket = wake->ticket;
      } else if (const auto* lost = std::get_if<say_hopeless>(&each))
        out.append("hopeless(").append(lost->why).append(")");
      else if (std::holds_alternative<kill_process>(each))
        out += "kill";
      else if (std::holds_alternative<let_linger>(each))
        out += "linger";
      else if (std::holds_alternative<ask_to_part>(each))
        out += "part";
      else
        out += std::holds_alternative<ask_to_leave>(each) ? "leave" : "up";
    }
    return out;
  }
  std::string comes_up() {
    words(host.begin(now));
    return words(host.hello(host.life(), now));
  }
  std::string exits(const child_exit& how) { return words(host.exited(host.life(), how, now)); }
  /// Ticks once a second, as HOSTS does.
  std::string pass(std::chrono::seconds span) {
    std::string out;
    for (; span > 0s; --span) {
      now += 1s;
      out += words(host.tick(now));
    }
    return out;
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(the_kernel)

BOOST_AUTO_TEST_CASE(tells_how_often_it_killed_for_lack_of_memory) {
  BOOST_TEST(memory_kills_in("low 0\nhigh 12\nmax 7\noom 3\noom_kill 2\noom_group_kill 1\n") == 2u);
  BOOST_TEST(memory_kills_in("drop_slab 0\noom_kill 17\nnuma_pte_updates 0\n") == 17u);
  BOOST_TEST(memory_kills_in("nr_free_pages 1\n") == 0u);
  BOOST_TEST(memory_kills_in("") == 0u);
  const auto before = memory_kills();
  BOOST_TEST(memory_kills() >= before);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(a_media_host_of_the_node, one_host)

BOOST_AUTO_TEST_CASE(is_announced_when_it_says_hello_and_not_before) {
  BOOST_TEST(words(host.begin(now)) == "start:1");
  BOOST_TEST((host.phase() == host_phase::starting));
  BOOST_TEST(words(host.hello(1, now)) == "up");
  BOOST_TEST(words(host.hello(1, now)) == "");
}

BOOST_AUTO_TEST_CASE(starts_again_after_its_delay_when_it_crashed) {
  BOOST_TEST(comes_up() == "up");
  BOOST_TEST(exits(by_signal(SIGSEGV)) == "down:1(crashed: SIGSEGV) wake:50ms");
  BOOST_TEST(words(host.woke(ticket, now + 50ms)) == "start:2");
  BOOST_TEST(host.restarts() == 1u);
}

BOOST_AUTO_TEST_CASE(tells_causes_of_its_end_apart) {
  const auto cause = [&](const child_exit& how) {
    host = host_rules{limits, 1};
    comes_up();
    const auto said = exits(how);
    return said.substr(7, said.find(") wake") - 7);
  };
  BOOST_TEST(cause(by_signal(SIGABRT)) == "crashed: SIGABRT");
  BOOST_TEST(cause(by_signal(SIGKILL)) == "killed: SIGKILL from outside");
  BOOST_TEST(cause(by_signal(SIGTERM)) == "killed: SIGTERM from outside");
  auto starved = by_signal(SIGKILL);
  starved.out_of_memory = true;
  BOOST_TEST(cause(starved) == "starved: SIGKILL for lack of memory");
  starved.code = SIGTERM; // the kernel's way is SIGKILL
  BOOST_TEST(cause(starved) == "killed: SIGTERM from outside");
  BOOST_TEST(cause(by_code(1, {"first", "bad caps"})) ==
             "crashed: exit code 1 (said last: bad caps)");
  BOOST_TEST(cause(by_code(4)) == "lost: it lost its connection");
}

BOOST_AUTO_TEST_CASE(takes_its_last_words_for_the_cause) {
  comes_up();
  host.last_words(1, "TRANSCODE: out of memory");
  BOOST_TEST(exits(by_code(3)) == "down:1(crashed: TRANSCODE: out of memory) wake:50ms");
}

BOOST_AUTO_TEST_CASE(is_killed_when_it_does_not_answer_for_six_seconds) {
  comes_up();
  BOOST_TEST(pass(5s) == "");
  host.answered(1, now);
  BOOST_TEST(pass(5s) == "");
  BOOST_TEST(pass(1s) == "kill");
  BOOST_TEST(pass(3s) == "");
  BOOST_TEST(exits(by_signal(SIGKILL)) == "down:1(hung: no answer for 6 s) wake:50ms");
}

BOOST_AUTO_TEST_CASE(starts_over_at_once_and_nobody_is_to_blame) {
  comes_up();
  BOOST_TEST(words(host.start_over("another node leads")) == "kill");
  BOOST_TEST(pass(10s) == ""); // that it does not answer is no wonder
  BOOST_TEST(exits(by_signal(SIGKILL)) == "down:1(asked: another node leads) start:2");
  for (int life = 2; life < 100; ++life) { // before it says hello, and more often than it may crash
    BOOST_TEST(words(host.start_over("its own node leads")) == "kill");
    BOOST_TEST(exits(by_signal(SIGKILL)) == "start:" + std::to_string(life + 1));
  }
  BOOST_TEST((host.phase() == host_phase::starting));
  BOOST_TEST(host.restarts() == 0u);
  BOOST_TEST(host.last_cause() == "");
  BOOST_TEST(words(host.hello(100, now)) == "up");
  BOOST_TEST(exits(by_signal(SIGSEGV)) == "down:100(crashed: SIGSEGV) wake:50ms");
  BOOST_TEST(host.restarts() == 0u);
  BOOST_TEST(words(host.woke(ticket, now)) == "start:101");
  BOOST_TEST(host.restarts() == 1u);
}

BOOST_AUTO_TEST_CASE(
    is_asked_to_leave_its_leader_before_it_starts_over_and_killed_when_it_does_not) {
  comes_up();
  BOOST_TEST(words(host.start_over("another node leads", true)) == "part wake:500ms");
  const auto first = ticket;
  BOOST_TEST(words(host.woke(first, now + 500ms)) == "kill");
  BOOST_TEST(exits(by_signal(SIGKILL)) == "down:1(asked: another node leads) start:2");
  BOOST_TEST(words(host.woke(first, now + 501ms)) == ""); // that was another process
  BOOST_TEST(words(host.start_over("another node leads", true)) == "kill"); // it has nothing yet
  BOOST_TEST(exits(by_signal(SIGKILL)) == "start:3");
  words(host.hello(3, now));
  words(host.start_over("another node leads", true));
  BOOST_TEST(exits(by_code(6)) == "down:3(asked: another node leads) start:4");
  BOOST_TEST(words(host.woke(ticket, now + 500ms)) == "");
}

BOOST_AUTO_TEST_CASE(finishes_what_it_has_for_a_lost_leader_while_another_one_takes_its_place) {
  comes_up();
  BOOST_TEST(words(host.lingers(1, now)) == "linger down:1(lost: it lost its leader) wake:50ms");
  BOOST_TEST(pass(30s) == ""); // it is no concern of these rules any more
  BOOST_TEST(words(host.lingers(1, now)) == "");
  BOOST_TEST(words(host.woke(ticket, now)) == "start:2");
  words(host.hello(2, now));
  BOOST_TEST(exits(by_code(6)).find("down:2(lost") == 0);
  words(host.woke(ticket, now));
  BOOST_TEST(words(host.exited(1, by_code(6), now)) == "");
  BOOST_TEST(words(host.lingers(3, now)) == ""); // which has not even said hello
  words(host.hello(3, now));
  words(host.start_over("another node leads", true));
  BOOST_TEST(words(host.lingers(3, now)) ==
             "linger down:3(asked: another node leads) start:4"); // at once, and nobody is to blame
  BOOST_TEST(words(host.woke(ticket, now + 500ms)) == "");
  words(host.hello(4, now));
  BOOST_TEST(words(host.leave()) == "leave wake:1000ms");
  BOOST_TEST(words(host.lingers(4, now)) == "");
}

BOOST_AUTO_TEST_CASE(has_crashed_though_it_is_to_start_over) {
  comes_up();
  host.start_over("another node leads");
  BOOST_TEST(exits(by_signal(SIGSEGV)) == "down:1(crashed: SIGSEGV) wake:50ms");
}

BOOST_AUTO_TEST_CASE(does_not_start_over_while_it_waits_or_once_it_goes) {
  comes_up();
  exits(by_signal(SIGSEGV));
  BOOST_TEST(words(host.start_over("another node leads")) == "");
  BOOST_TEST(words(host.woke(ticket, now)) == "start:2"); // for whom it is to work by now
  words(host.hello(2, now));
  host.drain();
  BOOST_TEST(words(host.start_over("another node leads")) == "kill");
  BOOST_TEST(exits(by_signal(SIGKILL)) == "down:2(asked: another node leads)");
  BOOST_TEST((host.phase() == host_phase::ended));
}

BOOST_AUTO_TEST_CASE(is_killed_soon_after_its_connection_broke) {
  comes_up();
  host.connection_lost(1, now);
  BOOST_TEST(pass(1s) == "kill");
  BOOST_TEST(exits(by_signal(SIGKILL)) ==
             "down:1(hung: its connection broke and it did not end) wake:50ms");
}

BOOST_AUTO_TEST_CASE(has_lost_nothing_when_the_connection_of_an_earlier_life_breaks) {
  comes_up();
  host.start_over("its own node leads");
  exits(by_signal(SIGKILL));
  host.connection_lost(host.life(), now); // of the one before: this one has none yet
  BOOST_TEST(words(host.hello(host.life(), now)) == "up");
  host.answered(host.life(), now + 1s);
  BOOST_TEST(pass(2s) == "");
  host.connection_lost(host.life(), now);
  BOOST_TEST(pass(1s) == "kill");
}

BOOST_AUTO_TEST_CASE(gets_no_work_while_it_is_being_killed) {
  words(host.begin(now));
  host.start_over("another node leads");
  BOOST_TEST(words(host.hello(host.life(), now)) == "");
  BOOST_TEST(exits(by_signal(SIGKILL)) == "start:2"); // nobody has heard of it
  BOOST_TEST(words(host.hello(2, now)) == "up");
}

BOOST_AUTO_TEST_CASE(is_not_blamed_when_the_node_itself_stood_still) {
  comes_up();
  now += 60s; // suspended
  BOOST_TEST(words(host.tick(now)) == "");
  BOOST_TEST(pass(5s) == "");
}

BOOST_AUTO_TEST_CASE(is_killed_when_it_never_gets_ready) {
  words(host.begin(now));
  BOOST_TEST(pass(45s) == "");
  BOOST_TEST(pass(1s) == "kill");
}

BOOST_AUTO_TEST_CASE(has_nine_seconds_to_get_ready_once_its_node_has_seen_one_that_was) {
  comes_up();
  host.node_has_started_one(now);
  exits(by_signal(SIGSEGV));
  words(host.woke(ticket, now));
  BOOST_TEST(pass(9s) == "");
  BOOST_TEST(pass(1s) == "kill");
  BOOST_TEST(exits(by_signal(SIGKILL)).find("wake") == 0);
  BOOST_TEST(host.last_cause() == "not ready within 9 s");
}

BOOST_AUTO_TEST_CASE(has_nine_seconds_from_when_another_one_was_ready_if_it_started_before) {
  words(host.begin(now));
  BOOST_TEST(pass(20s) == ""); // both scan plugins
  host.node_has_started_one(now);
  BOOST_TEST(pass(5s) == "");
  host.node_has_started_one(now); // a third one: it has its time already
  BOOST_TEST(pass(4s) == "");
  BOOST_TEST(pass(1s) == "kill");
}

BOOST_AUTO_TEST_CASE(is_called_hopeless_after_five_ends_before_hello) {
  words(host.begin(now));
  for (int i = 0; i < 4; ++i) {
    BOOST_TEST(exits(by_code(127)).find("hopeless") == std::string::npos);
    words(host.woke(ticket, now));
  }
  BOOST_TEST(exits(by_code(127, {"libx264 is missing"})) ==
             "hopeless(exit code 127 (said last: libx264 is missing)) wake:800ms");
}

BOOST_AUTO_TEST_CASE(is_not_hopeless_when_it_comes_up_in_between) {
  words(host.begin(now));
  for (int i = 0; i < 12; ++i) {
    if (i % 4 == 3)
      words(host.hello(host.life(), now));
    BOOST_TEST(exits(by_code(1)).find("hopeless") == std::string::npos);
    words(host.woke(ticket, now));
  }
}

BOOST_AUTO_TEST_CASE(is_not_hopeless_when_others_kill_it_before_hello) {
  words(host.begin(now));
  for (int i = 0; i < 20; ++i) {
    BOOST_TEST(exits(by_signal(SIGKILL)).find("hopeless") == std::string::npos);
    words(host.woke(ticket, now));
  }
}

BOOST_AUTO_TEST_CASE(is_quarantined_for_a_minute_when_it_crashes_too_often) {
  comes_up();
  for (int i = 0; i < 30; ++i) {
    exits(by_signal(SIGSEGV));
    words(host.woke(ticket, now));
    words(host.hello(host.life(), now));
  }
  BOOST_TEST(exits(by_signal(SIGSEGV)) == "down:31(crashed: SIGSEGV) wake:60000ms");
  BOOST_TEST((host.phase() == host_phase::quarantined));
  BOOST_TEST(words(host.woke(ticket, now + 60s)) == "start:32");
}

BOOST_AUTO_TEST_CASE(ignores_what_earlier_lives_still_say) {
  comes_up();
  exits(by_signal(SIGSEGV));
  words(host.woke(ticket, now));
  BOOST_TEST(words(host.hello(1, now)) == "");
  BOOST_TEST(words(host.exited(1, by_signal(SIGSEGV), now)) == "");
  words(host.hello(2, now));
  words(host.connection_lost(1, now));
  BOOST_TEST(pass(3s) == "");
}

BOOST_AUTO_TEST_CASE(is_asked_to_leave_and_killed_when_it_does_not) {
  comes_up();
  BOOST_TEST(words(host.leave()) == "leave wake:1000ms");
  BOOST_TEST(words(host.woke(ticket, now + 1s)) == "kill");
  BOOST_TEST(exits(by_signal(SIGKILL)) == "down:1(asked: )");
  BOOST_TEST((host.phase() == host_phase::ended));
  BOOST_TEST(host.last_cause() == "");
}

BOOST_AUTO_TEST_CASE(is_killed_at_once_when_it_is_not_wanted_before_it_is_ready) {
  words(host.begin(now));
  BOOST_TEST(words(host.leave()) == "kill");
  BOOST_TEST(exits(by_signal(SIGKILL)) == "");
  BOOST_TEST((host.phase() == host_phase::ended));
}

BOOST_AUTO_TEST_CASE(does_not_start_again_while_it_waits_when_it_is_not_wanted) {
  comes_up();
  exits(by_signal(SIGSEGV));
  BOOST_TEST(words(host.leave()) == "");
  BOOST_TEST(words(host.woke(ticket, now)) == "");
}

BOOST_AUTO_TEST_CASE(still_says_when_it_crashes_while_it_drains) {
  comes_up();
  BOOST_TEST(host.drain());
  BOOST_TEST(exits(by_signal(SIGSEGV)) == "down:1(crashed: SIGSEGV)");
  BOOST_TEST((host.phase() == host_phase::ended));
}

BOOST_AUTO_TEST_SUITE_END()
