#include "pipelines/gst/demuxer.hpp"
#include "test/gst/demux_media.hpp"
#include "test/support/until.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <iterator>
#include <thread>

namespace {

using namespace std::chrono_literals;
using namespace vdoc;
using namespace vdoc::test;
namespace fs = std::filesystem;

/// A copy of a file that comes piece by piece, as an upload does.
class slow_copy {
public:
  explicit slow_copy(const fs::path& of) {
    static int number = 0;
    const auto id = std::string(30, 'a') + std::to_string(10 + number++);
    std::ifstream in{of, std::ios::binary};
    bytes_.assign(std::istreambuf_iterator<char>{in}, {});
    place_ = demux_folder() / id / of.filename();
    sidecar_ = demux_folder() / (id + ".json");
    fs::create_directories(place_.parent_path());
    std::ofstream{sidecar_} << R"({"length":)" + std::to_string(bytes_.size()) + "}";
    add(bytes_.size() / 10);
  }
  ~slow_copy() {
    if (writes_.joinable())
      writes_.join();
    fs::remove_all(place_.parent_path());
    fs::remove(sidecar_);
  }
  slow_copy(const slow_copy&) = delete;
  slow_copy& operator=(const slow_copy&) = delete;

  void go_on() {
    writes_ = std::thread{[this] {
      for (int i = 0; i < 12; ++i) {
        until(60ms, [] { return false; }); // the line is slow
        add(bytes_.size() / 12);
      }
      add(bytes_.size());
    }};
  }
  void give_up() const { fs::remove(sidecar_); }
  [[nodiscard]] const fs::path& place() const noexcept { return place_; }

private:
  void add(std::size_t more) {
    std::ofstream out{place_, std::ios::app | std::ios::binary};
    more = std::min(more, bytes_.size() - written_);
    out.write(bytes_.data() + written_, static_cast<std::streamsize>(more));
    written_ += more;
  }

  std::string bytes_;
  std::size_t written_ = 0;
  fs::path place_, sidecar_;
  std::thread writes_;
};

void check_same(const demuxed& growing, const demuxed& whole, const std::string& name) {
  BOOST_TEST_REQUIRE(growing.summary.has_value(),
                     name + ": " + (growing.failure ? growing.failure->what : "no end"));
  BOOST_TEST(growing.launch_line.starts_with("vdocgrowing"), growing.launch_line);
  BOOST_TEST_REQUIRE(growing.fragments.size() == whole.fragments.size(), name);
  for (std::size_t i = 0; i < whole.fragments.size(); ++i) {
    BOOST_TEST(growing.fragments[i].hash == whole.fragments[i].hash,
               name + " " + std::to_string(i));
    BOOST_TEST((growing.fragments[i].begin == whole.fragments[i].begin), name);
    BOOST_TEST((growing.fragments[i].end == whole.fragments[i].end), name);
  }
  BOOST_TEST(growing.pictures_ms == whole.pictures_ms, boost::test_tools::per_element());
  BOOST_TEST_REQUIRE(growing.sound.size() == whole.sound.size(), name);
  for (const auto& [track, units] : whole.sound) {
    const auto& other = growing.sound.at(track);
    BOOST_TEST_REQUIRE(other.size() == units.size(), name);
    for (std::size_t i = 0; i < units.size(); ++i)
      BOOST_TEST((other[i].pts == units[i].pts && other[i].bytes == units[i].bytes), name);
  }
}

} // namespace

BOOST_AUTO_TEST_SUITE(a_source_that_is_still_being_uploaded)

BOOST_AUTO_TEST_CASE(gives_the_same_as_when_it_is_whole) {
  const std::string coded =
      "{pictures} {sound} -c:v libx264 -preset ultrafast -g 25 -bf 2 -c:a aac ";
  const std::vector<std::pair<std::string, std::string>> all{
      {"growing.ts", coded + "-f mpegts"},
      {"growing_late.ts", coded + "-output_ts_offset 95440 -f mpegts"},
      {"growing.m2ts", coded + "-f mpegts -mpegts_m2ts_mode 1"},
      {"growing.mkv", coded},
      {"growing_cues.mkv", coded + "-reserve_index_space 50k"},
      {"growing.webm", "{pictures} {sound} -c:v libvpx -deadline realtime -cpu-used 8 -g 25 -b:v "
                       "800k -c:a libopus"},
      {"growing.flv", coded},
      {"growing.mp4", coded + "-movflags +faststart"},
      {"growing_fragments.mp4", coded + "-movflags +frag_keyframe+delay_moov+default_base_moof"},
      {"growing_dash.mp4", coded + "-movflags +dash+delay_moov"}};
  for (const auto& [name, recipe] : all) {
    const auto source = made(name, recipe);
    const auto seen = gst::inspect(source, {});
    slow_copy looked_at{source};
    looked_at.go_on();
    auto early = gst::inspect(looked_at.place(), {});
    early.probe.duration = seen.probe.duration; // of a transport stream it is not known
    BOOST_TEST((early.probe == seen.probe), name);
    BOOST_TEST((early.copy == seen.copy), name);
    slow_copy copy{source};
    copy.go_on();
    check_same(demux(copy.place(), early.probe), demux(source, seen.probe), name);
  }
}

BOOST_AUTO_TEST_CASE(fails_when_it_is_given_up_and_says_so) {
  const auto source = made("growing.ts", "{pictures} {sound} -c:v libx264 -preset ultrafast -g 25 "
                                         "-bf 2 -c:a aac -f mpegts");
  const slow_copy copy{source};
  std::thread later{[&] {
    until(200ms, [] { return false; });
    copy.give_up();
  }};
  try {
    gst::inspect(copy.place(), {});
    BOOST_ERROR("it was read");
  } catch (const failure& error) {
    BOOST_TEST((error.why().whose == culprit::user));
    BOOST_TEST(error.why().what.starts_with("the upload ended before its file was whole"));
  }
  later.join();
}

BOOST_AUTO_TEST_SUITE_END()
