#include "pipelines/captions/transcript.hpp"

#include "pipelines/captions/text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace vdoc::captions {

namespace {

using namespace std::chrono_literals;

/// Milliseconds are what captions can show, and they stay exact in JSON.
double to_seconds(timestamp when) {
  return static_cast<double>(std::chrono::round<std::chrono::milliseconds>(when).count()) / 1000.0;
}

timestamp from_seconds(double seconds) {
  return std::chrono::milliseconds{std::llround(seconds * 1000.0)};
}

} // namespace

bool transcript::empty() const noexcept {
  return word_count() == 0;
}

std::size_t transcript::word_count() const noexcept {
  std::size_t count = 0;
  for (const auto& one : utterances)
    count += one.words.size();
  return count;
}

void to_json(nlohmann::json& out, const transcript& spoken) {
  auto utterances = nlohmann::json::array();
  for (const auto& one : spoken.utterances) {
    auto words = nlohmann::json::array();
    for (const auto& each : one.words)
      words.push_back({{"text", to_utf8(each.text)},
                       {"start", to_seconds(each.begin)},
                       {"end", to_seconds(each.end)},
                       {"confidence", std::round(each.confidence * 1000.0) / 1000.0}});
    utterances.push_back({{"start", to_seconds(one.begin)},
                          {"end", to_seconds(one.end)},
                          {"words", std::move(words)}});
  }
  out = {{"language", spoken.language},
         {"engine", to_utf8(spoken.engine)},
         {"automatic", spoken.automatic},
         {"word_times", spoken.estimated_times ? "estimated" : "measured"},
         {"utterances", std::move(utterances)}};
}

void from_json(const nlohmann::json& in, transcript& spoken) {
  spoken = {};
  in.at("language").get_to(spoken.language);
  in.at("engine").get_to(spoken.engine);
  in.at("automatic").get_to(spoken.automatic);
  spoken.estimated_times = in.at("word_times") == "estimated";
  for (const auto& one : in.at("utterances")) {
    utterance& last = spoken.utterances.emplace_back();
    last.begin = from_seconds(one.at("start"));
    last.end = from_seconds(one.at("end"));
    for (const auto& each : one.at("words"))
      last.words.push_back({each.at("text"), from_seconds(each.at("start")),
                            from_seconds(each.at("end")), each.at("confidence")});
  }
}

std::string provenance(const transcript& spoken) {
  const std::string engine = spoken.engine.empty() ? "an unnamed engine" : spoken.engine;
  if (spoken.automatic)
    return "Made automatically by " + engine + "; expect mistakes.";
  return "Taken from " + engine + ".";
}

std::string plain_text(const transcript& spoken) {
  std::string out = "Transcript";
  if (!spoken.language.empty())
    out += " (" + spoken.language + ")";
  if (spoken.empty())
    return out + ". There are no words in it.\n";
  out += ". " + provenance(spoken) + "\n";
  for (const auto& one : spoken.utterances) {
    if (one.words.empty())
      continue;
    out += "\n[" + clock_time(one.begin) + "]";
    for (const auto& each : one.words)
      out += " " + each.text;
    out += "\n";
  }
  return out;
}

transcript from_cues(std::span<const cue> cues, std::string language, std::string engine,
                     bool automatic) {
  transcript spoken{std::move(language), std::move(engine), automatic, true, {}};
  for (const auto& one : cues) {
    const auto texts = split_words(one.text);
    std::size_t total = 0;
    for (const auto& text : texts)
      total += length_of(text) + 1;
    if (total == 0)
      continue;
    utterance& last = spoken.utterances.emplace_back(utterance{one.begin, one.end, {}});
    const auto at = [&](std::size_t characters) {
      const double share = static_cast<double>(characters) / static_cast<double>(total);
      return one.begin + std::chrono::duration_cast<timestamp>((one.end - one.begin) * share);
    };
    std::size_t before = 0;
    for (const auto& text : texts) {
      const std::size_t after = before + length_of(text) + 1;
      last.words.push_back({text, at(before), at(after), 1.0});
      before = after;
    }
  }
  return spoken;
}

std::string clock_time(timestamp when) {
  const auto exact = std::chrono::round<std::chrono::milliseconds>(std::max(when, timestamp{0}));
  const auto total = std::chrono::floor<std::chrono::seconds>(exact).count();
  const long long hours = total / 3600, minutes = total / 60 % 60, seconds = total % 60;
  char text[40];
  if (hours > 0)
    std::snprintf(text, sizeof text, "%lld:%02lld:%02lld", hours, minutes, seconds);
  else
    std::snprintf(text, sizeof text, "%lld:%02lld", minutes, seconds);
  return text;
}

} // namespace vdoc::captions
