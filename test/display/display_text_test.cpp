#include "actors/node/display_text.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

using namespace vdoc::node;
using namespace std::chrono_literals;

namespace {

job_progress half_way() {
  job_progress job;
  job.name = "talk";
  job.stage = "transcoding";
  job.frames_done = 1250;
  job.frames_total = 2400;
  job.media_done = 50s;
  job.media_total = 96s;
  job.wall = 27'800ms;
  job.restarts = 2;
  job.warnings = 1;
  return job;
}

const pace brisk{1.8, 42s};

} // namespace

BOOST_AUTO_TEST_SUITE(a_line_on_a_terminal)

BOOST_AUTO_TEST_CASE(says_everything_where_there_is_room) {
  BOOST_TEST(terminal_line(half_way(), brisk, 140, false) ==
             "talk                  [##########..........]   52 %  transcoding  1250/2400 frames"
             "  1.8x  ETA 0:42  2 restarts  1 warning");
}

BOOST_AUTO_TEST_CASE(drops_what_matters_least_where_there_is_none) {
  const auto job = half_way();
  BOOST_TEST(terminal_line(job, brisk, 100, false) ==
             "talk                   52 %  transcoding  1250/2400 frames  1.8x  ETA 0:42"
             "  2 restarts  1 warning");
  BOOST_TEST(terminal_line(job, brisk, 80, false) ==
             "talk                   52 %  transcoding  1.8x  ETA 0:42  2 restarts  1 warning");
  BOOST_TEST(terminal_line(job, brisk, 52, false) ==
             "talk                   52 %  ETA 0:42  2 restarts");
  BOOST_TEST(terminal_line(job, brisk, 40, false) == "talk                   52 %  2 restarts");
  BOOST_TEST(terminal_line(job, brisk, 10, false) == "talk     ~");
  for (int columns = 1; columns < 140; ++columns)
    BOOST_TEST(terminal_line(job, brisk, columns, false).size() <=
               static_cast<std::size_t>(columns));
}

BOOST_AUTO_TEST_CASE(says_only_what_is_known) {
  job_progress job;
  job.name = "talk";
  job.stage = "opening";
  BOOST_TEST(terminal_line(job, {}, 80, false) ==
             "talk                  [....................]         opening");
  job.stage = "transcoding";
  job.frames_done = 7;
  BOOST_TEST(terminal_line(job, {}, 80, false) ==
             "talk                  [....................]         transcoding  7 frames");
}

BOOST_AUTO_TEST_CASE(uses_colour_only_when_asked) {
  BOOST_TEST(terminal_line(half_way(), brisk, 60, true) ==
             "talk                   52 %  ETA 0:42  \x1b[33m2 restarts\x1b[0m  "
             "\x1b[33m1 warning\x1b[0m");
  BOOST_TEST(terminal_line(half_way(), brisk, 140, false).find('\x1b') == std::string::npos);
}

BOOST_AUTO_TEST_CASE(never_lets_a_name_steer_the_terminal) {
  auto job = half_way();
  job.name = "a\x1b[2Jb\nc\x7f\xc2\x9b";
  BOOST_TEST(terminal_line(job, {}, 40, false) == "a?[2Jb?c??             52 %  2 restarts");
}

BOOST_AUTO_TEST_CASE(counts_characters_and_not_bytes) {
  auto job = half_way();
  job.name = "\xc3\xbc\xc3\xa4\xc3\xb6 with a name that is far too long";
  BOOST_TEST(terminal_line(job, {}, 30, false) ==
             "\xc3\xbc\xc3\xa4\xc3\xb6 with a name tha~   52 %  ~");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_plain_line)

BOOST_AUTO_TEST_CASE(says_it_in_words) {
  BOOST_TEST(plain_line(half_way(), brisk) ==
             "talk: transcoding, 52 %, 1250 of 2400 frames, 1.8x real time, 0:42 left, 2 restarts, "
             "1 warning");
}

BOOST_AUTO_TEST_CASE(writes_hours_where_there_are_some) {
  BOOST_TEST(plain_line(half_way(), {14.26, 3723s}) ==
             "talk: transcoding, 52 %, 1250 of 2400 frames, 14x real time, 1:02:03 left, "
             "2 restarts, 1 warning");
}

BOOST_AUTO_TEST_CASE(is_short_at_the_start) {
  job_progress job;
  job.name = "talk";
  job.stage = "opening";
  BOOST_TEST(plain_line(job, {}) == "talk: opening");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(the_end_of_a_job)

BOOST_AUTO_TEST_CASE(says_where_the_results_are) {
  BOOST_TEST(ending_lines({"talk", "succeeded", "", "", "", {"3 frames lost at 0:12"}, "out/talk"},
                          false) ==
             "talk: succeeded, see out/talk\n  warning: 3 frames lost at 0:12");
}

BOOST_AUTO_TEST_CASE(says_what_is_wrong_and_what_to_do) {
  const job_ending job{"talk", "failed", "user", "talk.mp4 is empty (0 bytes)", "upload it again",
                       {},     ""};
  BOOST_TEST(ending_lines(job, false) ==
             "talk: failed: talk.mp4 is empty (0 bytes); upload it again");
  BOOST_TEST(ending_lines(job, true) ==
             "talk: \x1b[31mfailed\x1b[0m: talk.mp4 is empty (0 bytes); upload it again");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_line_for_programs)

BOOST_AUTO_TEST_CASE(has_every_figure) {
  BOOST_TEST(json_line(half_way(), brisk) ==
             R"({"event":"progress","name":"talk","stage":"transcoding","frames_done":1250,)"
             R"("frames_total":2400,"media_done_s":50.0,"media_total_s":96.0,"wall_s":27.8,)"
             R"("speed":1.8,"eta_s":42,"restarts":2,"warnings":1})");
}

BOOST_AUTO_TEST_CASE(has_null_for_what_is_not_known) {
  job_progress job;
  job.name = "talk";
  job.stage = "opening";
  BOOST_TEST(json_line(job, {}) ==
             R"({"event":"progress","name":"talk","stage":"opening","frames_done":0,)"
             R"("frames_total":null,"media_done_s":0.0,"media_total_s":null,"wall_s":0.0,)"
             R"("speed":null,"eta_s":null,"restarts":0,"warnings":0})");
}

BOOST_AUTO_TEST_CASE(tells_how_a_job_ended) {
  BOOST_TEST(json_line(job_ending{"talk", "succeeded", "", "", "", {"w"}, "out/talk"}) ==
             R"({"event":"ended","name":"talk","state":"succeeded","folder":"out/talk",)"
             R"("warnings":["w"]})");
  BOOST_TEST(json_line(job_ending{"talk", "failed", "user", "is empty", "again", {}, ""}) ==
             R"({"event":"ended","name":"talk","state":"failed","folder":"","warnings":[],)"
             R"("whose":"user","what":"is empty","advice":"again"})");
}

BOOST_AUTO_TEST_CASE(stays_json_whatever_the_name_is) {
  BOOST_TEST(json_note("a\n\"\xff") == "{\"event\":\"note\",\"text\":\"a\\n\\\"\xef\xbf\xbd\"}");
  BOOST_TEST(nlohmann::json::accept(json_line(job_ending{"\xff\n", "failed", "", "", "", {}, ""})));
}

BOOST_AUTO_TEST_SUITE_END()
