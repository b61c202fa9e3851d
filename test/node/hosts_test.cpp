#include "actors/hosts/spawn.hpp"
#include "test/supervision/stepped_actors.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/actor_cast.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <csignal>
#include <functional>

namespace {

using namespace std::chrono_literals;
using namespace vdoc;
using namespace vdoc::hosts;

/// HOSTS with one media host that is no process. What is told of it is written down: "+n.1" it is
/// up, "-n.1(asked)" it has ended.
struct a_node_without_processes : test::stepped_actors {
  struct pretended : process {
    pretended(launch_order from, const usage& now, int& killed)
        : order{std::move(from)}, uses{now}, kills{killed} {}
    launch_order order;
    const usage& uses;
    int& kills;
    [[nodiscard]] std::int32_t pid() const noexcept override { return 1; }
    void kill() noexcept override {
      ++kills;
      child_exit how;
      how.by_signal = true;
      how.code = SIGKILL;
      order.on_exit(how);
    }
    [[nodiscard]] usage used() const override { return uses; }
  };

  std::string at_dispatch, at_envoy;
  dispatch::host_book dispatch = book_that_writes(at_dispatch);
  dispatch::host_book envoy = book_that_writes(at_envoy);
  own_agent speaker = system.spawn([this](own_agent::pointer) -> own_agent::behavior_type {
    return {[](const ping& it) { return pong{it.number}; }, [](const leave&) {},
            [this](const let_go&) { is_let_go(); }};
  });
  /// What the process does that is let go.
  enum class answer { ends, lingers, nothing } when_let_go = answer::ends;
  std::vector<std::function<void(const child_exit&)>> exits; ///< of all that were started
  int kills = 0;
  std::vector<host_name> started;
  usage uses; ///< the process that runs
  std::vector<resources::host_use> told;
  actor hosts = spawn(system, dispatch, with_one_host());

  a_node_without_processes() { run(); }
  ~a_node_without_processes() {
    for (const auto& each :
         {caf::actor_cast<caf::actor>(hosts), caf::actor_cast<caf::actor>(speaker),
          caf::actor_cast<caf::actor>(dispatch), caf::actor_cast<caf::actor>(envoy)})
      caf::anon_send_exit(each, caf::exit_reason::kill);
    hosts = nullptr;
    speaker = nullptr;
    dispatch = envoy = nullptr;
    run();
  }

  dispatch::host_book book_that_writes(std::string& into) {
    return system.spawn(
        [&into](dispatch::host_book::pointer) -> dispatch::host_book::behavior_type {
          return {[&into](const dispatch::host_up& it) { into += "+" + it.incarnation + " "; },
                  [&into](const dispatch::host_down& it) {
                    into += "-" + it.incarnation + "(" + to_string(it.loss.how) + ") ";
                  },
                  [](const dispatch::host_drains&) { return dispatch::drained{true}; }};
        });
  }
  means with_one_host() {
    means with;
    with.count = 1;
    with.nonce = "n";
    with.abroad = envoy;
    with.detached = false;
    with.open_door = [](const front&) { return std::uint16_t{1}; };
    with.close_door = [](const front&, std::uint16_t) {};
    with.order = [this](const host_name& who) {
      started.push_back(who);
      return launch_order{};
    };
    with.start = [this](launch_order order) {
      exits.push_back(order.on_exit);
      return std::make_unique<pretended>(std::move(order), uses, kills);
    };
    with.told_use = [this](std::vector<resources::host_use> all) { told = std::move(all); };
    return with;
  }
  template <class Message> void tell(Message what) {
    caf::anon_send(hosts, std::move(what));
    run();
  }
  void is_let_go() {
    child_exit how;
    how.code = static_cast<int>(host_exit::leader_gone);
    if (when_let_go == answer::ends)
      exits.back()(how);
    else if (when_let_go == answer::lingers)
      caf::anon_send(hosts, lingers{"host-1", started.back().incarnation});
  }
  /// The process that runs does.
  void says_hello() {
    hello said;
    said.host_id = "host-1";
    said.incarnation = started.back().incarnation;
    said.who = speaker;
    BOOST_TEST(answer_of<welcome>(hosts, said).accepted);
  }
  [[nodiscard]] std::uint32_t restarts() {
    return answer_of<census>(hosts, look{}).hosts.at(0).restarts;
  }
};

const std::vector<std::string> elsewhere{"10.0.0.5:7400"};

} // namespace

BOOST_FIXTURE_TEST_SUITE(media_hosts_of_a_node, a_node_without_processes)

BOOST_AUTO_TEST_CASE(start_anew_for_whom_they_are_to_work_and_are_told_of_there) {
  says_hello();
  BOOST_TEST(started.back().leaders.empty());
  BOOST_TEST(at_dispatch == "+n.1 ");
  tell(work_for{elsewhere});
  BOOST_TEST(at_dispatch == "+n.1 -n.1(asked) ");
  BOOST_TEST(started.size() == 2u);
  BOOST_TEST(started.back().leaders == elsewhere);
  says_hello();
  BOOST_TEST(at_envoy == "+n.2 ");
  tell(work_for{{"10.0.0.6:7400"}}); // another leader
  BOOST_TEST(at_envoy == "+n.2 -n.2(asked) ");
  BOOST_TEST(started.size() == 3u);
  tell(work_for{}); // before it has said anything
  BOOST_TEST(started.size() == 4u);
  BOOST_TEST(started.back().leaders.empty());
  says_hello();
  BOOST_TEST(at_dispatch == "+n.1 -n.1(asked) +n.4 ");
  BOOST_TEST(at_envoy == "+n.2 -n.2(asked) ");
  BOOST_TEST(restarts() == 0u);
}

BOOST_AUTO_TEST_CASE(are_replaced_after_nine_seconds_when_they_hang_before_they_say_anything) {
  says_hello(); // plugins are scanned
  tell(work_for{elsewhere});
  BOOST_TEST(started.size() == 2u);
  for (int i = 0; i < 9; ++i)
    pass(1s);
  BOOST_TEST(started.size() == 2u);
  for (int i = 0; i < 2; ++i)
    pass(1s);
  BOOST_TEST(started.size() == 3u);
  BOOST_TEST(restarts() == 1u);
}

BOOST_AUTO_TEST_CASE(finish_what_they_have_beside_those_that_take_their_place_for_15_seconds) {
  when_let_go = answer::lingers;
  tell(work_for{elsewhere});
  says_hello();
  tell(work_for{{"10.0.0.6:7400"}});
  BOOST_TEST(at_envoy == "+n.2 -n.2(asked) ");
  BOOST_TEST(started.size() == 3u);
  says_hello();
  kills = 0;
  for (int i = 0; i < 14; ++i)
    pass(1s);
  BOOST_TEST(kills == 0);
  for (int i = 0; i < 2; ++i)
    pass(1s);
  BOOST_TEST(kills == 1);
  for (int i = 0; i < 3; ++i)
    pass(1s);
  BOOST_TEST(kills == 1); // once, and not the one that works
  BOOST_TEST(at_envoy == "+n.2 -n.2(asked) +n.3 ");
  BOOST_TEST(restarts() == 0u);
}

BOOST_AUTO_TEST_CASE(are_replaced_like_lost_ones_when_they_linger_by_themselves) {
  tell(work_for{elsewhere});
  says_hello();
  tell(lingers{"host-1", "n.1"}); // an earlier one
  BOOST_TEST(at_envoy == "+n.2 ");
  tell(lingers{"host-1", "n.2"});
  BOOST_TEST(at_envoy == "+n.2 -n.2(lost) ");
  pass(50ms);
  BOOST_TEST(started.size() == 3u);
  says_hello();
  exits[1]({}); // it has done what it had
  run();
  for (int i = 0; i < 20; ++i)
    pass(1s);
  BOOST_TEST(at_envoy == "+n.2 -n.2(lost) +n.3 ");
  BOOST_TEST(restarts() == 1u);
}

BOOST_AUTO_TEST_CASE(are_killed_when_they_neither_end_nor_linger_though_another_node_leads) {
  when_let_go = answer::nothing;
  tell(work_for{elsewhere});
  says_hello();
  tell(work_for{{"10.0.0.6:7400"}});
  BOOST_TEST(at_envoy == "+n.2 ");
  pass(500ms);
  BOOST_TEST(at_envoy == "+n.2 -n.2(asked) ");
  BOOST_TEST(started.size() == 3u);
}

BOOST_AUTO_TEST_CASE(tell_what_they_use_every_five_seconds) {
  says_hello();
  uses.cpu_ms = 7'500;
  uses.rss_bytes = 300ULL << 20U;
  for (int i = 0; i < 4; ++i)
    pass(1s);
  BOOST_TEST(told.empty());
  pass(1s);
  BOOST_TEST((told == std::vector<resources::host_use>{{"host-1", 150, 300}}));
  uses.cpu_ms += 500;
  uses.rss_bytes = 200ULL << 20U;
  for (int i = 0; i < 5; ++i)
    pass(1s);
  BOOST_TEST((told == std::vector<resources::host_use>{{"host-1", 10, 200}}));
  uses.cpu_ms = 1'000; // of another process
  tell(work_for{elsewhere});
  for (int i = 0; i < 5; ++i)
    pass(1s);
  BOOST_TEST((told == std::vector<resources::host_use>{{"host-1", 20, 200}}));
}

BOOST_AUTO_TEST_CASE(go_on_when_they_are_told_the_same_again) {
  says_hello();
  tell(work_for{});
  BOOST_TEST(started.size() == 1u);
  tell(work_for{elsewhere});
  tell(work_for{elsewhere});
  BOOST_TEST(started.size() == 2u);
}

BOOST_AUTO_TEST_CASE(
    start_anew_when_the_work_of_their_own_node_is_over_and_not_while_they_are_lent) {
  says_hello();
  tell(work_is_over{});
  BOOST_TEST(at_dispatch == "+n.1 -n.1(asked) ");
  BOOST_TEST(started.size() == 2u);
  tell(work_for{elsewhere});
  says_hello();
  tell(work_is_over{}); // it takes a while until it is, and another node leads by then
  BOOST_TEST(started.size() == 3u);
  BOOST_TEST(at_envoy == "+n.3 ");
}

BOOST_AUTO_TEST_SUITE_END()
