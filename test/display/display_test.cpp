#include "actors/node/display.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <sstream>

using namespace vdoc::node;
using namespace std::chrono_literals;

namespace {

/// A display on paper, with a clock that the test owns.
struct desk {
  std::chrono::steady_clock::time_point now{};
  std::ostringstream out, errors;

  display_settings settings(display_mode mode) {
    return {mode, false, [] { return 81; }, [this] { return now; }};
  }
  std::string said() {
    auto text = out.str();
    out.str("");
    return text;
  }
  static job_progress at(const std::string& name, std::chrono::seconds media,
                         std::chrono::seconds wall, const std::string& stage = "transcoding") {
    job_progress job;
    job.name = name;
    job.stage = stage;
    job.media_done = media;
    job.media_total = 100s;
    job.wall = wall;
    return job;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_display, desk)

BOOST_AUTO_TEST_CASE(draws_again_in_place_on_a_terminal) {
  display screen{settings(display_mode::terminal), out, errors};
  screen.show(at("talk", 0s, 0s));
  BOOST_TEST(said() == "talk                  [....................]    0 %  transcoding\n");
  now += 1s;
  screen.show(at("lecture", 50s, 0s));
  BOOST_TEST(said() == "\x1b[1A\r\x1b[J"
                       "talk                  [....................]    0 %  transcoding\n"
                       "lecture               [##########..........]   50 %  transcoding\n");
  now += 1s;
  screen.show(at("talk", 20s, 10s));
  BOOST_TEST(said() ==
             "\x1b[2A\r\x1b[J"
             "talk                  [####................]   20 %  transcoding  2.0x  ETA 0:40\n"
             "lecture               [##########..........]   50 %  transcoding\n");
}

BOOST_AUTO_TEST_CASE(leaves_endings_above_what_still_runs) {
  display screen{settings(display_mode::terminal), out, errors};
  screen.show(at("talk", 0s, 0s));
  now += 1s;
  screen.show(at("lecture", 50s, 0s));
  said();
  screen.finish({"talk", "succeeded", "", "", "", {}, "out/talk"});
  BOOST_TEST(said() == "\x1b[2A\r\x1b[Jtalk: succeeded, see out/talk\n"
                       "lecture               [##########..........]   50 %  transcoding\n");
  screen.finish({"lecture", "failed", "peer", "disk full", "make room", {}, ""});
  BOOST_TEST(said() == "\x1b[1A\r\x1b[Jlecture: failed: disk full; make room\n");
}

BOOST_AUTO_TEST_CASE(draws_ten_times_a_second_at_most_and_the_last_state_for_sure) {
  {
    display screen{settings(display_mode::terminal), out, errors};
    screen.show(at("talk", 0s, 0s));
    said();
    now += 99ms;
    screen.show(at("talk", 50s, 0s));
    BOOST_TEST(said() == "");
  }
  BOOST_TEST(said() ==
             "\x1b[1A\r\x1b[Jtalk                  [##########..........]   50 %  transcoding\n");
}

BOOST_AUTO_TEST_CASE(counts_speed_from_where_a_resumed_job_went_on) {
  display screen{settings(display_mode::plain), out, errors};
  screen.show(at("talk", 60s, 1s));
  now += 5s;
  screen.show(at("talk", 70s, 6s));
  BOOST_TEST(said() == "talk: transcoding, 60 %\n"
                       "talk: transcoding, 70 %, 2.0x real time, 0:15 left\n");
}

BOOST_AUTO_TEST_CASE(is_terse_when_piped) {
  display screen{settings(display_mode::plain), out, errors};
  screen.show(at("talk", 0s, 0s));
  now += 4999ms;
  screen.show(at("talk", 10s, 0s));
  BOOST_TEST(said() == "talk: transcoding, 0 %\n");
  now += 1ms;
  screen.show(at("talk", 11s, 0s));
  BOOST_TEST(said() == "talk: transcoding, 11 %\n");
  screen.show(at("talk", 12s, 0s, "packing"));
  BOOST_TEST(said() == "talk: packing, 12 %\n");
  screen.finish({"talk", "failed", "user", "no such file", "", {}, ""});
  BOOST_TEST(said() == "");
  BOOST_TEST(errors.str() == "talk: failed: no such file\n");
}

BOOST_AUTO_TEST_CASE(speaks_json_once_a_second) {
  display screen{settings(display_mode::json), out, errors};
  screen.show(at("talk", 0s, 0s));
  now += 999ms;
  screen.show(at("talk", 1s, 0s));
  now += 1ms;
  screen.show(at("talk", 2s, 0s));
  const auto text = said();
  BOOST_TEST(std::count(text.begin(), text.end(), '\n') == 2);
  BOOST_TEST(text.find("\"media_done_s\":2.0") != std::string::npos);
  screen.finish({"talk", "succeeded", "", "", "", {}, "out/talk"});
  BOOST_TEST(said() == R"({"event":"ended","name":"talk","state":"succeeded","folder":"out/talk",)"
                       R"("warnings":[]})"
                       "\n");
}

BOOST_AUTO_TEST_CASE(is_quiet_unless_something_fails) {
  display screen{settings(display_mode::quiet), out, errors};
  screen.show(at("talk", 0s, 0s));
  screen.note("by the way");
  screen.finish({"talk", "succeeded", "", "", "", {"w"}, "out/talk"});
  BOOST_TEST(said() == "");
  BOOST_TEST(errors.str() == "");
  screen.finish({"talk", "failed", "user", "no such file", "", {}, ""});
  BOOST_TEST(errors.str() == "talk: failed: no such file\n");
}

BOOST_AUTO_TEST_CASE(puts_notes_above_the_progress) {
  display screen{settings(display_mode::terminal), out, errors};
  screen.show(at("talk", 0s, 0s));
  said();
  screen.note("a media host\nwas restarted");
  BOOST_TEST(said() == "\x1b[1A\r\x1b[Ja media host?was restarted\n"
                       "talk                  [....................]    0 %  transcoding\n");
}

BOOST_AUTO_TEST_SUITE_END()
