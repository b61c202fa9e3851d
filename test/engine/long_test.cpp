#include "test/engine/engine_run.hpp"
#include "test/support/exactness.hpp"
#include "test/support/media_catalogue.hpp"
#include "test/support/until.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

namespace {

using namespace vdoc::test;
using namespace std::chrono_literals;

/// Resident bytes of the whole tree, taken every 100 ms or so while the engine runs.
struct watched_run {
  outcome how;
  std::vector<std::uint64_t> memory;
};
watched_run watch(const job_request& request, const std::filesystem::path& out,
                  std::chrono::milliseconds deadline) {
  running_command engine{to_command(request, out)};
  watched_run seen;
  auto next = std::chrono::steady_clock::now();
  until(deadline, [&] {
    if (std::chrono::steady_clock::now() >= next) {
      seen.memory.push_back(resident_bytes_of_tree(engine.pid()));
      next += 100ms;
    }
    return engine.ended();
  });
  seen.how = engine.wait(0ms);
  return seen;
}

std::uint64_t highest(std::vector<std::uint64_t>::const_iterator from,
                      std::vector<std::uint64_t>::const_iterator to) {
  return from == to ? 0 : *std::max_element(from, to);
}

/// Bytes by which the last third of a run holds more than the second one: what grows with the
/// length of a source shows there.
std::int64_t growth(const std::vector<std::uint64_t>& memory) {
  const auto third = static_cast<std::ptrdiff_t>(memory.size() / 3);
  const auto middle = highest(memory.begin() + third, memory.begin() + 2 * third);
  const auto late = highest(memory.begin() + 2 * third, memory.end());
  BOOST_TEST_MESSAGE("from " << middle << " to " << late << " bytes");
  return static_cast<std::int64_t>(late) - static_cast<std::int64_t>(middle);
}

constexpr std::int64_t tolerated_growth = 60'000'000;

} // namespace

BOOST_AUTO_TEST_SUITE(a_long_source)

BOOST_AUTO_TEST_CASE(with_one_key_frame_is_still_cut_on_time) {
  const auto file = make(source_named("mkv_one_key_frame"));
  const temp_folder out;
  const auto run = watch({{file.string()},
                          {"--no-document", "--captions", "off", "--preset", "ultrafast"},
                          {{"VIDEO_DOC_LADDER_RUNGS", "96:300:600"}}},
                         out.path(), 10min);
  BOOST_REQUIRE_MESSAGE(run.how.succeeded(), run.how.story());
  const auto folder = out / "mkv_one_key_frame";
  const auto wrong = check_everything(folder, truth_of(file.string(), true, true));
  BOOST_TEST(wrong.empty(), "" << wrong);
  const auto package = read_package(folder);
  BOOST_TEST(package.video.front().track.segments.size() == 150U);
  for (const auto& segment : package.video.front().track.segments)
    BOOST_TEST(segment.listed_seconds == 4.0, boost::test_tools::tolerance(1e-6));
  BOOST_TEST(growth(run.memory) < tolerated_growth);
}

BOOST_AUTO_TEST_CASE(of_three_hours_takes_no_more_memory_at_the_end_than_before) {
  const auto file = make(source_named("mp4_three_hours"));
  const temp_folder out;
  const auto run = watch({{file.string()},
                          {"--no-document", "--captions", "off", "--preset", "ultrafast"},
                          {{"VIDEO_DOC_LADDER_RUNGS", "96:300:600"}}},
                         out.path(), 25min);
  BOOST_REQUIRE_MESSAGE(run.how.succeeded(), run.how.story());
  const auto package = read_package(out / "mp4_three_hours");
  std::size_t frames = 0;
  for (const auto& segment : package.video.front().track.segments)
    frames += segment.samples.size();
  BOOST_TEST(frames == 10'800U);
  for (const auto& some : {check_joins(package), check_segment_starts(package),
                           check_order(package), check_playlists(package)})
    BOOST_TEST(some.empty(), "" << some);
  BOOST_TEST(growth(run.memory) < tolerated_growth);
}

BOOST_AUTO_TEST_SUITE_END()
