#include "pipelines/captions/transcript.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

using namespace vdoc::captions;
using namespace std::chrono_literals;

namespace {
const transcript spoken{
    "en",
    "pocketsphinx 5prealpha",
    true,
    false,
    {{1s, 2s, {{"hello", 1s, 1400ms, 0.5}, {"there", 1500ms, 2s, 0.25}}}, {65s, 65s, {}}}};
}

BOOST_AUTO_TEST_SUITE(a_transcript)

BOOST_AUTO_TEST_CASE(says_in_json_who_made_it_and_when_each_word_is_said) {
  const nlohmann::json json = spoken;
  BOOST_TEST(json["automatic"] == true);
  BOOST_TEST(json["engine"] == "pocketsphinx 5prealpha");
  BOOST_TEST(json["language"] == "en");
  const nlohmann::json expected = {
      {"text", "there"}, {"start", 1.5}, {"end", 2.0}, {"confidence", 0.25}};
  BOOST_TEST(json["utterances"][0]["words"][1] == expected);
  BOOST_TEST((json.get<transcript>() == spoken));
}

BOOST_AUTO_TEST_CASE(says_in_text_that_a_machine_made_it) {
  BOOST_TEST(plain_text(spoken) ==
             "Transcript (en). Made automatically by pocketsphinx 5prealpha; expect mistakes.\n"
             "\n[0:01] hello there\n");
}

BOOST_AUTO_TEST_CASE(claims_no_engine_when_there_are_no_words) {
  BOOST_TEST(plain_text({}) == "Transcript. There are no words in it.\n");
}

BOOST_AUTO_TEST_CASE(spreads_a_cue_over_its_words_by_their_length) {
  const std::vector<cue> cues{{10s, 12s, "I do\nknow"}};
  const auto got = from_cues(cues, "en", "talk.srt");
  BOOST_TEST(!got.automatic);
  BOOST_TEST(got.estimated_times);
  const std::vector<word> expected{
      {"I", 10s, 10400ms, 1}, {"do", 10400ms, 11s, 1}, {"know", 11s, 12s, 1}};
  BOOST_REQUIRE_EQUAL(got.utterances.size(), 1U);
  BOOST_TEST((got.utterances[0].words == expected));
}

BOOST_AUTO_TEST_CASE(writes_times_as_people_do) {
  BOOST_TEST(clock_time(5s) == "0:05");
  BOOST_TEST(clock_time(754s) == "12:34");
  BOOST_TEST(clock_time(9'999'999'997ns) == "0:10"); // what players call 10 s
  BOOST_TEST(clock_time(9'999'000'000ns) == "0:09");
  BOOST_TEST(clock_time(3h + 2min + 1s) == "3:02:01");
}

BOOST_AUTO_TEST_SUITE_END()
