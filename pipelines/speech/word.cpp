#include "pipelines/speech/word.hpp"

#include <nlohmann/json.hpp>

#include <cmath>

namespace vdoc::speech {

namespace {

double seconds(timestamp time) {
  return static_cast<double>(std::chrono::round<std::chrono::milliseconds>(time).count()) / 1000;
}

timestamp from_seconds(double time) {
  return std::chrono::milliseconds{std::llround(time * 1000)};
}

} // namespace

void to_json(nlohmann::json& out, const word& one) {
  out = {{"text", one.text},
         {"start", seconds(one.begin)},
         {"end", seconds(one.end)},
         {"confidence", std::round(one.confidence * 1000) / 1000}};
}

void from_json(const nlohmann::json& in, word& one) {
  in.at("text").get_to(one.text);
  one.begin = from_seconds(in.at("start").get<double>());
  one.end = from_seconds(in.at("end").get<double>());
  in.at("confidence").get_to(one.confidence);
}

} // namespace vdoc::speech
