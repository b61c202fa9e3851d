#include "actors/transcode/ear.hpp"

#include "pipelines/manifest/durable.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <span>

namespace vdoc::transcode {

ear::ear(std::filesystem::path work, std::uint32_t first_wanted, const listening& how,
         std::function<void(const heard_utterance&)> told)
    : work_{std::move(work)}, first_wanted_{first_wanted}, told_{std::move(told)},
      detector_{speech::make_voice_detector(how.voice_model)}, cutter_{
                                                                   {.longest =
                                                                        how.longest_utterance}} {
  std::filesystem::create_directories(work_ / "speech");
}

void ear::hear(const std::vector<std::int16_t>& samples) {
  sound_.insert(sound_.end(), samples.begin(), samples.end());
  judge(detector_->hear(samples));
  const auto needless =
      std::min<std::uint64_t>(cutter_.oldest_needed() - sound_begin_, sound_.size());
  sound_.erase(sound_.begin(), sound_.begin() + static_cast<std::ptrdiff_t>(needless));
  sound_begin_ += needless;
}

void ear::finish() {
  judge(detector_->finish());
  if (const auto span = cutter_.finish(sound_begin_ + sound_.size()))
    tell(*span);
}

void ear::judge(const std::vector<bool>& verdicts) {
  for (const bool speech : verdicts)
    if (const auto span = cutter_.hear(speech))
      tell(*span);
}

void ear::tell(const speech::utterance_span& span) {
  const auto index = next_++;
  if (index < first_wanted_)
    return;
  std::array<char, 32> name{};
  std::snprintf(name.data(), name.size(), "speech/%05u.pcm", index);
  const auto* first = sound_.data() + (span.begin - sound_begin_);
  const std::span<const std::uint8_t> content{reinterpret_cast<const std::uint8_t*>(first),
                                              (span.end - span.begin) * sizeof(std::int16_t)};
  manifest::write_durably(work_ / name.data(), content);
  told_({index, name.data(), speech::time_of_sample(span.begin), speech::time_of_sample(span.end)});
}

} // namespace vdoc::transcode
