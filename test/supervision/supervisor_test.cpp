#include "actors/supervision/supervisor.hpp"
#include "test/supervision/stepped_actors.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/actor_cast.hpp>
#include <caf/actor_ostream.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>

#include <map>

namespace {

using namespace std::chrono_literals;
using namespace vdoc::supervision;

/// A family of workers that write down when they start and end: "+a -a".
struct a_family : vdoc::test::stepped_actors {
  std::string diary;
  std::map<std::string, caf::actor> last; ///< newest incarnation of each
  std::string refuses_to_start;
  actor top;
  std::string end_of_top; ///< empty: it lives

  ~a_family() {
    last.clear();
    caf::anon_send_exit(caf::actor_cast<caf::actor>(top), caf::exit_reason::kill);
    top = nullptr;
    run();
  }

  void note(const std::string& word) { diary += (diary.empty() ? "" : " ") + word; }
  /// What was written since the last call.
  std::string read() { return std::exchange(diary, {}); }

  child_plan worker(const std::string& name, bool stubborn = false) {
    child_plan one;
    one.terms.name = name;
    one.start = [this, name, stubborn](caf::actor_system& where, const find_sibling&) {
      if (refuses_to_start == name)
        throw std::runtime_error{name + " will not"};
      note("+" + name);
      auto made = where.spawn([this, name, stubborn](caf::event_based_actor* self) {
        self->attach_functor([this, name] { note("-" + name); });
        if (stubborn)
          self->set_exit_handler([](const caf::exit_msg&) {});
        self->set_exception_handler([](std::exception_ptr& e) { return explain(e); });
        return caf::behavior{[](const std::string& what) { throw std::runtime_error{what}; }};
      });
      last[name] = made;
      return made;
    };
    return one;
  }

  void start(plan what) {
    what.budget = {2, 30s, 100ms, 1s, 30s, 0};
    top = spawn_supervisor(system, std::move(what));
    top->attach_functor([this](const caf::error& why) { end_of_top = to_cause(why); });
    run();
  }
  void crashes(const std::string& name) {
    caf::anon_send(last.at(name), std::string{"boom"});
    run();
  }
  void asked_to_stop() {
    caf::anon_send_exit(caf::actor_cast<caf::actor>(top), caf::exit_reason::user_shutdown);
    run();
  }
  caf::strong_actor_ptr find(const std::string& name) {
    auto answer = self->request(top, caf::infinite, whereis{name});
    run();
    caf::strong_actor_ptr child;
    answer.receive([&](const whereabouts& at) { child = at.child; },
                   [](const caf::error&) { BOOST_ERROR("no answer"); });
    return child;
  }
  std::string tree_below() {
    auto answer = self->request(top, caf::infinite, look{});
    run();
    std::string text;
    answer.receive([&](const tree& what) { text = to_string(what); },
                   [](const caf::error&) { BOOST_ERROR("no answer"); });
    return text;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_supervisor, a_family)

BOOST_AUTO_TEST_CASE(brings_a_crashed_child_back_after_its_delay) {
  start({"top", strategy::one_for_one, {}, {worker("a"), worker("b")}});
  BOOST_TEST(read() == "+a +b");
  crashes("a");
  pass(99ms);
  BOOST_TEST(read() == "-a");
  pass(1ms);
  BOOST_TEST(read() == "+a");
}

BOOST_AUTO_TEST_CASE(starts_a_crash_group_anew_once_all_are_down) {
  start({"top", strategy::all_for_one, {}, {worker("a"), worker("b"), worker("c")}});
  read();
  crashes("b");
  pass(99ms);
  BOOST_TEST(read() == "-b -c -a");
  pass(1ms);
  BOOST_TEST(read() == "+a +b +c");
}

BOOST_AUTO_TEST_CASE(ends_its_children_right_to_left_and_then_itself) {
  start({"top", strategy::one_for_one, {}, {worker("a"), worker("b"), worker("c")}});
  read();
  asked_to_stop();
  BOOST_TEST(read() == "-c -b -a");
  BOOST_TEST(end_of_top.find("user_shutdown") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(kills_a_child_that_does_not_end_in_time) {
  start({"top", strategy::one_for_one, {}, {worker("a"), worker("b", true)}});
  read();
  asked_to_stop();
  pass(2999ms);
  BOOST_TEST(read() == "");
  pass(1ms);
  BOOST_TEST(read() == "-b -a");
}

BOOST_AUTO_TEST_CASE(gives_up_with_the_cause_when_its_budget_is_spent) {
  start({"top", strategy::one_for_one, {}, {worker("a"), worker("b")}});
  for (int i = 0; i < 3; ++i) {
    crashes("a");
    pass(200ms);
  }
  BOOST_TEST(read() == "+a +b -a +a -a +a -a -b");
  BOOST_TEST(end_of_top == "a crashed too often: boom");
}

BOOST_AUTO_TEST_CASE(takes_a_child_that_cannot_be_started_as_crashed) {
  refuses_to_start = "b";
  start({"top", strategy::one_for_one, {}, {worker("a"), worker("b")}});
  BOOST_TEST(read() == "+a");
  refuses_to_start = "";
  pass(100ms);
  BOOST_TEST(read() == "+b");
  refuses_to_start = "b";
  crashes("b");
  pass(2s);
  BOOST_TEST(end_of_top == "b crashed too often: b will not");
}

BOOST_AUTO_TEST_CASE(takes_its_children_along_when_it_is_killed) {
  start({"top", strategy::one_for_one, {}, {worker("a"), worker("b", true)}});
  read();
  caf::anon_send_exit(caf::actor_cast<caf::actor>(top), caf::exit_reason::kill);
  run();
  BOOST_TEST(read() == "-b -a");
}

BOOST_AUTO_TEST_CASE(finds_children_by_name_and_nobody_while_they_are_down) {
  start({"top", strategy::one_for_one, {}, {worker("a"), worker("b")}});
  BOOST_TEST((find("b") == caf::actor_cast<caf::strong_actor_ptr>(last.at("b"))));
  BOOST_TEST((find("nobody") == nullptr));
  crashes("b");
  BOOST_TEST((find("b") == nullptr));
  pass(100ms);
  BOOST_TEST((find("b") == caf::actor_cast<caf::strong_actor_ptr>(last.at("b"))));
}

BOOST_AUTO_TEST_CASE(shows_the_whole_tree_and_hands_a_spent_budget_upwards) {
  plan below{"group", strategy::all_for_one, {1, 30s, 10ms, 1s, 30s, 0}, {worker("x")}};
  child_plan group;
  group.terms.name = "group";
  group.supervises = true;
  group.start = [below](caf::actor_system& where, const find_sibling&) {
    return caf::actor_cast<caf::actor>(spawn_supervisor(where, below));
  };
  start({"top", strategy::one_for_one, {}, {worker("a"), group}});
  crashes("x");
  pass(10ms);
  BOOST_TEST(tree_below() == "top (one_for_one), up, restarts 0\n"
                             "  a, up, restarts 0\n"
                             "  group (all_for_one), up, restarts 0\n"
                             "    x, up, restarts 1, last: boom\n");
  BOOST_TEST((find("group/x") == caf::actor_cast<caf::strong_actor_ptr>(last.at("x"))));
  crashes("x");
  pass(100ms);
  BOOST_TEST(tree_below() == "top (one_for_one), up, restarts 0\n"
                             "  a, up, restarts 0\n"
                             "  group (all_for_one), up, restarts 1, last: x crashed too often: "
                             "boom\n"
                             "    x, up, restarts 0\n");
}

BOOST_AUTO_TEST_SUITE_END()
