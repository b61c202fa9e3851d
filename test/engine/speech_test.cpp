#include "test/engine/engine_run.hpp"
#include "test/support/box_edits.hpp"
#include "test/support/decoded_media.hpp"
#include "test/support/media_catalogue.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <sstream>

namespace {

using namespace vdoc::test;
using namespace std::chrono_literals;

struct heard {
  std::string text;
  double start = 0, end = 0;
};

std::vector<heard> words_of(const nlohmann::json& transcript) {
  std::vector<heard> words;
  for (const auto& utterance : transcript.at("utterances"))
    for (const auto& word : utterance.at("words"))
      words.push_back({word.at("text"), word.at("start"), word.at("end")});
  return words;
}

std::string plain(std::string word) {
  std::erase_if(word, [](unsigned char one) { return std::ispunct(one) != 0 && one != '\''; });
  std::ranges::transform(word, word.begin(),
                         [](unsigned char one) { return static_cast<char>(std::tolower(one)); });
  return word;
}

/// Words that both have, in the same order (longest common subsequence).
std::size_t right_words(const std::vector<std::string>& said, const std::vector<heard>& words) {
  std::vector<std::vector<std::size_t>> best(said.size() + 1,
                                             std::vector<std::size_t>(words.size() + 1));
  for (std::size_t n = 1; n <= said.size(); ++n)
    for (std::size_t m = 1; m <= words.size(); ++m)
      best[n][m] = said[n - 1] == plain(words[m - 1].text)
                       ? best[n - 1][m - 1] + 1
                       : std::max(best[n - 1][m], best[n][m - 1]);
  return best[said.size()][words.size()];
}

/// When the sound of a sentence ends: the last loud sample before the next one begins.
double end_of(const decoded_audio& sound, double begin, double next) {
  const auto from = static_cast<std::size_t>(begin * 48'000);
  auto at = std::min(sound.samples.size(), static_cast<std::size_t>(next * 48'000)) - 1;
  while (at > from && std::abs(sound.samples[at]) < 0.01F)
    --at;
  return static_cast<double>(at) / 48'000;
}

nlohmann::json transcript_of(const std::string& name, const temp_folder& out,
                             std::vector<std::string> flags = {"--no-document"}) {
  const auto file = make(source_named(name));
  auto environment = small_ladder();
  const auto result = run_engine({{file.string()}, std::move(flags), environment}, out.path());
  BOOST_REQUIRE_MESSAGE(result.succeeded(), result.story());
  return nlohmann::json::parse(read_file(out.path() / name / "transcript.json"));
}

} // namespace

BOOST_AUTO_TEST_SUITE(speech)

BOOST_AUTO_TEST_CASE(at_known_times_is_found_there_and_mostly_understood) {
  const temp_folder out;
  const auto transcript = transcript_of("speech_at_known_times", out);
  BOOST_TEST(transcript.at("automatic") == true);
  BOOST_TEST(!transcript.at("engine").get<std::string>().empty());
  const auto words = words_of(transcript);
  const auto sound = decode_audio(make(source_named("speech_at_known_times")).string());
  const auto sentences = spoken_sentences();
  std::size_t said = 0, right = 0;
  for (std::size_t n = 0; n < sentences.size(); ++n) {
    const double begin = static_cast<double>(sentences[n].begin.count()) / 1000;
    const double next = n + 1 < sentences.size()
                            ? static_cast<double>(sentences[n + 1].begin.count()) / 1000
                            : 20.0;
    std::vector<heard> here;
    std::ranges::copy_if(words, std::back_inserter(here), [=](const heard& one) {
      return one.start > begin - 0.5 && one.start < next - 0.5;
    });
    BOOST_REQUIRE_MESSAGE(!here.empty(), "nothing was heard of: " << sentences[n].text);
    BOOST_TEST(std::abs(here.front().start - begin) <= 0.1,
               sentences[n].text << " begins at " << here.front().start << ", not at " << begin);
    const double end = end_of(sound, begin, next);
    BOOST_TEST(std::abs(here.back().end - end) <= 0.1,
               sentences[n].text << " ends at " << here.back().end << ", not at " << end);
    std::vector<std::string> expected;
    std::istringstream in{sentences[n].text};
    for (std::string word; in >> word;)
      expected.push_back(word);
    said += expected.size();
    right += right_words(expected, here);
  }
  BOOST_TEST_MESSAGE(right << " of " << said << " words are right");
  BOOST_TEST(10 * right >= 6 * said, right << " of " << said << " words are right");
}

BOOST_AUTO_TEST_CASE(becomes_captions_that_read_well) {
  const temp_folder out;
  transcript_of("speech_at_known_times", out);
  std::istringstream in{read_file(out.path() / "speech_at_known_times/captions/en.srt")};
  int cues = 0, lines = 0;
  double last_end = 0;
  for (std::string line; std::getline(in, line);) {
    int begin_h = 0, begin_m = 0, end_h = 0, end_m = 0;
    double begin_s = 0, end_s = 0;
    std::ranges::replace(line, ',', '.');
    if (std::sscanf(line.c_str(), "%d:%d:%lf --> %d:%d:%lf", &begin_h, &begin_m, &begin_s, &end_h,
                    &end_m, &end_s) == 6) {
      const double begin = begin_h * 3600 + begin_m * 60 + begin_s;
      const double end = end_h * 3600 + end_m * 60 + end_s;
      BOOST_TEST(begin >= last_end - 1e-9);
      BOOST_TEST(end - begin >= 0.999);
      BOOST_TEST(end - begin <= 7.001);
      last_end = end;
      ++cues;
      lines = 0;
    } else if (line.empty()) {
      BOOST_TEST(lines <= 2);
    } else {
      BOOST_TEST(line.size() <= 42U, line);
      ++lines;
    }
  }
  BOOST_TEST(cues >= 4);
}

BOOST_AUTO_TEST_CASE(is_not_heard_in_a_minute_of_music_and_noise) {
  const temp_folder out;
  const auto words = words_of(transcript_of("minute_of_music_and_noise", out));
  std::string invented;
  for (const auto& one : words)
    invented += one.text + " ";
  BOOST_TEST(words.size() <= 3U, invented);
}

BOOST_AUTO_TEST_CASE(in_an_unknown_language_is_said_so_and_the_rest_goes_on) {
  const temp_folder out;
  const auto file = make(source_named("speech_at_known_times"));
  const auto result =
      run_engine({{file.string()}, {"--language", "tlh"}, small_ladder()}, out.path());
  BOOST_REQUIRE_MESSAGE(result.succeeded(), result.story());
  const auto job = job_of(out / "speech_at_known_times");
  BOOST_TEST(job.at("warnings").dump().find("tlh") != std::string::npos, job.at("warnings").dump());
  BOOST_TEST(std::filesystem::exists(out / "speech_at_known_times/document/index.html"));
}

BOOST_AUTO_TEST_CASE(with_a_voice_model_that_is_none_is_said_so_and_the_rest_goes_on) {
  const temp_folder out;
  const auto file = make(source_named("speech_at_known_times"));
  auto environment = small_ladder();
  environment["VIDEO_DOC_SPEECH_VOICE_MODEL"] = file.string();
  const auto result =
      run_engine({{file.string()}, {"--no-document"}, std::move(environment)}, out.path());
  BOOST_REQUIRE_MESSAGE(result.succeeded(), result.story());
  const auto job = job_of(out / "speech_at_known_times");
  BOOST_TEST(job.at("warnings").dump().find("voice model") != std::string::npos,
             job.at("warnings").dump());
  BOOST_TEST(std::filesystem::exists(out / "speech_at_known_times/audio"));
}

BOOST_AUTO_TEST_CASE(costs_nothing_when_captions_are_off) {
  const temp_folder out;
  const auto file = make(source_named("speech_at_known_times"));
  BOOST_REQUIRE(
      run_engine({{file.string()}, renditions_only(), small_ladder()}, out.path()).succeeded());
  BOOST_TEST(!std::filesystem::exists(out / "speech_at_known_times/captions/en.vtt"));
}

BOOST_AUTO_TEST_SUITE_END()
