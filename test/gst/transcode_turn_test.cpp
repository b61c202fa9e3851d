#include "pipelines/gst/turn.hpp"
#include "test/gst/source_media.hpp"
#include "test/support/until.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <future>
#include <map>
#include <sstream>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace vdoc;
using namespace vdoc::gst;
using namespace vdoc::gst::test;
using namespace std::chrono_literals;

namespace {

/// Adds the nice values of this process's threads, by name (of which Linux keeps 15 bytes).
void note_nice_values(std::map<std::string, int>& out) {
  std::error_code gone;
  for (const auto& task : std::filesystem::directory_iterator{"/proc/self/task", gone}) {
    std::string name;
    std::ifstream named{task.path() / "comm"};
    std::getline(named, name);
    std::string stat;
    std::ifstream told{task.path() / "stat"};
    std::getline(told, stat);
    if (stat.empty())
      continue;
    std::istringstream behind_name{stat.substr(stat.rfind(')') + 1)};
    std::string word;
    for (int i = 3; i <= 19 && behind_name >> word; ++i) { // the 19th is the nice value
    }
    out[name] = std::max(out.contains(name) ? out[name] : -20, std::stoi(word));
  }
}

} // namespace

BOOST_AUTO_TEST_SUITE(a_turn)

BOOST_AUTO_TEST_CASE(is_of_one_at_a_time) {
  const vdoc::test::temp_folder folder;
  turn one{folder / "turn"}, other{folder / "turn"}, elsewhere{folder / "turn-2"};
  BOOST_TEST(one.take());
  BOOST_TEST(one.take());
  BOOST_TEST(!other.take());
  BOOST_TEST(elsewhere.take());
  turn heir{std::move(one)};
  BOOST_TEST(!other.take());
  heir.leave();
  BOOST_TEST(other.take());
  BOOST_TEST(!heir.take());
}

BOOST_AUTO_TEST_CASE(of_nobody_else_is_free) {
  turn one, other;
  BOOST_TEST(one.take());
  BOOST_TEST(other.take());
}

BOOST_AUTO_TEST_CASE(ends_with_the_process_that_has_it) {
  const vdoc::test::temp_folder folder;
  const auto file = folder / "turn";
  const auto child = ::fork();
  if (child == 0) {
    turn mine{file};
    mine.take();
    ::pause();
    ::_exit(0);
  }
  turn other{file};
  BOOST_TEST(vdoc::test::until(60s, [&] { // the child has it
    const bool ours = other.take();
    other.leave();
    return !ours;
  }));
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  BOOST_TEST(other.take());
}

BOOST_AUTO_TEST_CASE(cannot_be_had_where_no_file_can_be) {
  BOOST_CHECK_THROW(turn{"/nowhere/turn"}, std::system_error);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(transcoders_that_take_turns, with_source)

BOOST_AUTO_TEST_CASE(wait_while_another_feeds_its_encoders) {
  make_plain(1);
  const std::vector ladders{rung("large", 320, 180), rung("small", 160, 90)};
  ladder(ladders);
  const auto alone = run_all();
  turn held{work / "turn"};
  BOOST_TEST_REQUIRE(held.take());

  request.patience = 1s; // waiting is no hang
  request.piece = pieces.front();
  const auto begun = std::chrono::steady_clock::now();
  auto late = std::async(std::launch::async,
                         [&] { return transcoder{turn{work / "turn"}}.run(request, no); });
  BOOST_TEST((late.wait_for(3s) == std::future_status::timeout));
  held.leave();
  const auto result = late.get();
  BOOST_TEST(result.frames_decoded == pieces.front().frames);
  // What it has waited is not of its time, however long the rest takes.
  const auto without_waiting = std::chrono::steady_clock::now() - begun - 1'500ms;
  BOOST_TEST((result.wall < without_waiting));
  BOOST_TEST((result.overhead < without_waiting));
  BOOST_TEST(result.renditions.front().bytes == alone.renditions.front().bytes);
  BOOST_TEST(held.take()); // it was given back
}

/// Otherwise the largest rung lags, and ends a fragment alone on one core.
BOOST_AUTO_TEST_CASE(let_the_largest_rung_go_first) {
  make_plain(2);
  ladder({rung("large", 640, 360), rung("small", 160, 90)});
  request.piece = pieces.front();
  auto work_on_it =
      std::async(std::launch::async, [&] { return transcoder{turn{}}.run(request, no); });
  std::map<std::string, int> nice;
  while (work_on_it.wait_for(1ms) == std::future_status::timeout)
    note_nice_values(nice);
  BOOST_TEST(work_on_it.get().frames_decoded == pieces.front().frames);
  const int usual = ::getpriority(PRIO_PROCESS, 0);
  BOOST_TEST(nice["units:src"] == std::max(usual, 5));
  BOOST_TEST(nice["pictures:src"] == std::max(usual, 5));
  BOOST_TEST_REQUIRE(nice.contains("own_thread_larg"));
  BOOST_TEST(nice["own_thread_larg"] == usual);
}

BOOST_AUTO_TEST_CASE(do_not_wait_for_one_rung_and_hear_when_they_are_cancelled) {
  make_plain(1);
  turn held{work / "turn"};
  BOOST_TEST_REQUIRE(held.take());
  transcoder one{turn{work / "turn"}};
  BOOST_TEST(run(one, pieces.front()).frames_decoded == pieces.front().frames);

  ladder({rung("large", 320, 180), rung("small", 160, 90)});
  request.piece = pieces.front();
  const std::atomic<bool> cancelled{true};
  BOOST_CHECK_EXCEPTION(one.run(request, cancelled), failure,
                        [](const failure& why) { return why.why().what == "cancelled"; });
}

BOOST_AUTO_TEST_SUITE_END()
