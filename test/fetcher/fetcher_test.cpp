#include "actors/fetcher/process_protocol.hpp"
#include "actors/fetcher/spawn.hpp"
#include "actors/wire/fault_error.hpp"
#include "test/supervision/stepped_actors.hpp"
#include "test/support/temp_folder.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/actor_cast.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <csignal>
#include <fstream>
#include <optional>

namespace {

using namespace std::chrono_literals;
using namespace vdoc;
using namespace vdoc::fetcher;
namespace fs = std::filesystem;

/// A FETCHER with processes that are none.
struct a_fetcher_without_processes : test::stepped_actors {
  struct pretended : supervision::process {
    pretended(supervision::launch_order from, std::size_t& living)
        : order{std::move(from)}, alive{living} {
      ++alive;
    }
    ~pretended() override { --alive; }
    supervision::launch_order order;
    std::size_t& alive;
    [[nodiscard]] std::int32_t pid() const noexcept override { return 1; }
    void kill() noexcept override {}
    [[nodiscard]] supervision::usage used() const override { return {}; }
  };

  test::temp_folder work;
  std::size_t alive = 0;
  std::vector<supervision::launch_order> started;
  std::string answer; ///< the file, or what is wrong with it
  bool refuses = false;
  actor fetcher = spawn(system, with_pretended());

  ~a_fetcher_without_processes() {
    caf::anon_send_exit(caf::actor_cast<caf::actor>(fetcher), caf::exit_reason::kill);
    fetcher = nullptr;
    run();
  }
  means with_pretended() {
    means with;
    with.detached = false;
    with.limits.largest_bytes = 77;
    with.order = [] { return supervision::launch_order{}; };
    with.start = [this](supervision::launch_order order) {
      if (refuses)
        throw std::runtime_error{"no more processes"};
      started.push_back(order);
      return std::make_unique<pretended>(std::move(order), alive);
    };
    return with;
  }
  void ask(const std::string& source) {
    using question = caf::typed_actor<caf::reacts_to<caf::ok_atom>>;
    const auto who = system.spawn([=, this](question::pointer me) -> question::behavior_type {
      me->request(fetcher, caf::infinite, fetch_source{source, work.path().string()})
          .then([this](const fetched& it) { answer = it.file; },
                [this](const caf::error& why) { answer = "fault: " + to_fault(why).what; });
      return {[](caf::ok_atom) {}};
    });
    run();
  }
  /// Where the process that runs is to put it.
  [[nodiscard]] fs::path target() const { return errand_from(started.back().input).into; }
  void ends(const supervision::child_exit& how) {
    started.back().on_exit(how);
    run();
  }
  void ends_well() {
    supervision::child_exit how;
    how.last_lines = {done_line()};
    ends(how);
  }
  void is_killed() {
    supervision::child_exit how;
    how.by_signal = true;
    how.code = SIGKILL;
    ends(how);
  }
  /// What lies in the work folder.
  [[nodiscard]] std::string left() const {
    std::vector<std::string> names;
    for (const auto& each : fs::directory_iterator{work.path()})
      names.push_back(each.path().filename().string().substr(0, 6));
    std::ranges::sort(names);
    std::string text;
    for (const auto& each : names)
      text += each + " ";
    return text;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_fetcher, a_fetcher_without_processes)

BOOST_AUTO_TEST_CASE(takes_over_what_its_process_has_fetched) {
  ask("https://example.org/talk.mp4");
  BOOST_REQUIRE(started.size() == 1u);
  const auto told = errand_from(started[0].input);
  BOOST_TEST(told.url == "https://example.org/talk.mp4");
  BOOST_TEST(told.limits.largest_bytes == 77u);
  BOOST_TEST(told.into.parent_path().parent_path() == work.path());
  std::ofstream{target()} << "talk";
  BOOST_TEST(answer == "");
  ends_well();
  BOOST_TEST(answer == work / "source");
  BOOST_TEST(fs::file_size(work / "source") == 4u);
  BOOST_TEST(left() == "source ");
  BOOST_TEST(alive == 0u);
}

BOOST_AUTO_TEST_CASE(is_not_led_to_the_file_of_another_job) {
  const test::temp_folder other;
  std::ofstream{other / "secret"} << "secret";
  ask("https://example.org/talk.mp4");
  fs::create_symlink(other / "secret", target());
  ends_well();
  BOOST_TEST(answer.starts_with("fault: "));
  BOOST_TEST(left() == "");
}

BOOST_AUTO_TEST_CASE(begins_again_when_its_process_is_killed) {
  ask("https://example.org/talk.mp4");
  is_killed();
  BOOST_TEST(started.size() == 1u);
  BOOST_TEST(alive == 0u);
  pass(99ms);
  BOOST_TEST(started.size() == 1u);
  pass(1ms);
  BOOST_REQUIRE(started.size() == 2u);
  BOOST_TEST(started[0].input == started[1].input);
  started[0].on_exit({}); // what is told of the first one late says nothing of the second
  run();
  BOOST_TEST(alive == 1u);
  std::ofstream{target()} << "talk";
  ends_well();
  BOOST_TEST(answer == work / "source");
}

BOOST_AUTO_TEST_CASE(says_what_its_process_says) {
  ask("https://example.org/talk.mp4");
  supervision::child_exit how;
  how.last_lines = fault_lines({culprit::user, "https://example.org/talk.mp4 answers 404", "", ""});
  ends(how);
  BOOST_TEST(answer == "fault: https://example.org/talk.mp4 answers 404");
  BOOST_TEST(left() == "");
}

BOOST_AUTO_TEST_CASE(says_when_no_process_can_be_started) {
  refuses = true;
  ask("https://example.org/talk.mp4");
  pass(300ms);
  BOOST_TEST(answer ==
             "fault: the process that fetches the source ended 3 times: no more processes");
}

BOOST_AUTO_TEST_CASE(starts_nothing_for_a_scheme_that_is_not_allowed) {
  auto with = with_pretended();
  with.schemes = {"file"};
  fetcher = spawn(system, with);
  ask("https://example.org/talk.mp4");
  BOOST_TEST(answer == "fault: sources of the kind https: are not allowed");
  BOOST_TEST(started.empty());
}

BOOST_AUTO_TEST_CASE(takes_its_process_along_when_nobody_wants_the_source_any_more) {
  ask("https://example.org/talk.mp4");
  std::ofstream{target()} << "ta";
  BOOST_TEST(alive == 1u);
  caf::anon_send(fetcher, canceller::cancel{"any"});
  run();
  BOOST_TEST(alive == 0u);
  BOOST_TEST(left() == "");
}

BOOST_AUTO_TEST_CASE(removes_what_a_fetch_has_left_that_nobody_ended) {
  fs::create_directory(work / "fetch.before");
  std::ofstream{work / "fetch.before/source.part"} << "ta";
  std::ofstream{work / "manifest.jsonl"} << "{}";
  ask("https://example.org/talk.mp4");
  BOOST_TEST(!fs::exists(work / "fetch.before"));
  BOOST_TEST(left() == "fetch. manife ");
}

BOOST_AUTO_TEST_CASE(is_needed_for_what_is_remote_and_not_here) {
  const auto here = work.path().string();
  BOOST_TEST(is_needed("http://example.org/a", here));
  BOOST_TEST(is_needed("HTTPS://example.org/a", here));
  for (const auto* other : {"/talk.mp4", "file:///talk.mp4", "talk.mp4", "ftp://example.org/a"})
    BOOST_TEST(!is_needed(other, here));
  std::ofstream{work / "source"} << "talk";
  BOOST_TEST(!is_needed("http://example.org/a", here));
}

BOOST_AUTO_TEST_SUITE_END()
