#include "actors/leader/spawn.hpp"
#include "cluster/ledger/open_store.hpp"
#include "test/support/temp_folder.hpp"
#include "test/support/until.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/blocking_actor.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <atomic>
#include <future>
#include <mutex>

namespace {

using namespace vdoc;
using namespace std::chrono_literals;

/// LEADER on its own clock, with a ledger in SQLite, and work that does nothing.
struct a_leader {
  test::temp_folder folder;
  std::promise<void> released; ///< what hangs goes on
  std::shared_future<void> release{released.get_future()};
  std::atomic<bool> hangs{false};
  std::mutex mutex;
  std::vector<std::uint64_t> begun;
  std::function<void()> refused;
  caf::actor_system_config config;
  caf::actor_system system{config};
  leader::actor leader;

  void start() {
    ledger::migrate((folder / "ledger.db").string());
    leader::means with;
    with.open = [place = (folder / "ledger.db").string()] {
      return ledger::open_lease_store(place);
    };
    with.me = "this process";
    with.mark = folder / "epoch";
    with.is_dead = [](const auto& /*of*/) { return true; };
    with.ended = [] {};
    with.told = [](const auto& /*who*/, bool /*is_me*/) {};
    with.work_goes_within = 300ms;
    with.begin = [this](std::uint64_t epoch, std::function<void()> of_writes) {
      const std::scoped_lock lock{mutex};
      begun.push_back(epoch);
      refused = std::move(of_writes);
      return hangs ? work_that_hangs() : work();
    };
    leader = leader::spawn(system, std::move(with));
  }
  caf::actor work() {
    return system.spawn(
        [](caf::event_based_actor* /*self*/) -> caf::behavior { return {[](int /*unused*/) {}}; });
  }
  /// Does not look into its mailbox, where it is told to end.
  caf::actor work_that_hangs() {
    return system.spawn<caf::detached>(
        [wait = release](caf::blocking_actor* /*self*/) { wait.wait(); });
  }
  bool has_begun(const std::vector<std::uint64_t>& epochs) {
    return test::until(20s, [&] {
      const std::scoped_lock lock{mutex};
      return begun == epochs;
    });
  }
  void refuse_a_write() {
    const std::scoped_lock lock{mutex};
    refused();
  }
  ~a_leader() {
    released.set_value();
    caf::anon_send_exit(leader, caf::exit_reason::user_shutdown);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_leader_whose_write_was_refused, a_leader)

BOOST_AUTO_TEST_CASE(begins_anew_in_the_next_epoch) {
  start();
  BOOST_REQUIRE(has_begun({1}));
  refuse_a_write();
  BOOST_TEST(has_begun({1, 2}));
}

BOOST_AUTO_TEST_CASE(ends_when_its_work_does_not) {
  hangs = true;
  start();
  BOOST_REQUIRE(has_begun({1}));
  caf::scoped_actor watcher{system};
  watcher->monitor(leader);
  refuse_a_write();
  std::string why;
  watcher->receive([&](const caf::down_msg& down) { why = watcher->system().render(down.reason); },
                   caf::after(20s) >> [&] { why = "it is there still"; });
  BOOST_TEST(why.find("does not end, some part of it hangs") != std::string::npos, why);
  BOOST_TEST(has_begun({1}));
}

BOOST_AUTO_TEST_SUITE_END()
