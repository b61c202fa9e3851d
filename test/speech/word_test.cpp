#include "pipelines/speech/scripted_recognizer.hpp"
#include "pipelines/speech/word.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

using namespace vdoc::speech;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(a_heard_word)

BOOST_AUTO_TEST_CASE(is_written_in_seconds_and_read_back) {
  const std::vector<word> words{{"hello", 1250ms, 1600ms, 0.93}, {"world", 3600s, 3600s + 70ms, 0}};
  const nlohmann::json out = words;
  BOOST_TEST(out.dump() == R"([{"confidence":0.93,"end":1.6,"start":1.25,"text":"hello"},)"
                           R"({"confidence":0.0,"end":3600.07,"start":3600.0,"text":"world"}])");
  BOOST_TEST((out.get<std::vector<word>>() == words));
}

BOOST_AUTO_TEST_CASE(is_not_read_from_half_an_object) {
  BOOST_CHECK_THROW((nlohmann::json{{"text", "a"}, {"start", 1}}.get<word>()),
                    nlohmann::json::exception);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_scripted_recognizer)

BOOST_AUTO_TEST_CASE(says_the_words_that_begin_in_the_utterance) {
  scripted_recognizer fake{{{"one", 1s, 2s, 1}, {"two", 2s, 3s, 1}, {"three", 3s, 4s, 1}}};
  const std::vector<std::int16_t> sound(rate_hz);
  const std::atomic<bool> go_on{false};
  const auto out = fake.recognize(sound, 2s, go_on);
  BOOST_TEST((out == recognition{{{"two", 2s, 3s, 1}}, false}));
}

BOOST_AUTO_TEST_CASE(says_nothing_once_cancelled) {
  scripted_recognizer fake{{{"one", 0s, 1s, 1}}};
  const std::vector<std::int16_t> sound(rate_hz);
  const std::atomic<bool> stop{true};
  BOOST_TEST((fake.recognize(sound, 0s, stop) == recognition{{}, true}));
}

BOOST_AUTO_TEST_SUITE_END()
