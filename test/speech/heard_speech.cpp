#include "test/speech/heard_speech.hpp"

#include "pipelines/speech/voice_detector.hpp"

#include <algorithm>

namespace vdoc::speech::test {

std::vector<bool> verdicts(const sound& all, std::size_t block,
                           const std::filesystem::path& model) {
  const auto detector = make_voice_detector(model);
  std::vector<bool> out;
  const auto take = [&](const std::vector<bool>& more) {
    out.insert(out.end(), more.begin(), more.end());
  };
  for (std::size_t at = 0; at < all.size(); at += block)
    take(detector->hear(samples{all}.subspan(at, std::min(block, all.size() - at))));
  take(detector->finish());
  return out;
}

double share_of_speech(const sound& all, const std::filesystem::path& model) {
  const auto said = verdicts(all, 4000, model);
  return static_cast<double>(std::count(said.begin(), said.end(), true)) /
         static_cast<double>(said.size());
}

} // namespace vdoc::speech::test
