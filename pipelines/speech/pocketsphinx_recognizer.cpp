#include "pipelines/speech/pocketsphinx_recognizer.hpp"

#include "pipelines/speech/phone_loop.hpp"
#include "pipelines/speech/speech_likeness.hpp"
#include "pipelines/speech/sphinx_search.hpp"
#include "pipelines/speech/utterance_evidence.hpp"

#include <algorithm>
#include <string_view>

namespace vdoc::speech {

namespace {

/// The settings that were measured to be best.
sphinx::settings tuning(const std::filesystem::path& folder) {
  return {{"-lw", "5"},
          {"-fwdflatlw", "6.5"},
          {"-bestpathlw", "7.5"},
          {"-maxhmmpf", "6000"},
          {"-lm", (folder / "en-us.lm.bin").string()},
          {"-dict", (folder / "cmudict-en-us.dict").string()}};
}

/// "read(2)" is the second way to pronounce "read"; silence and noises are no words. The dictionary
/// writes "i" and "i'm", which reads badly.
std::string plain_word(std::string_view spoken) {
  if (spoken.empty() || std::string_view{"<[+"}.find(spoken.front()) != std::string_view::npos)
    return {};
  std::string out{spoken.substr(0, spoken.find('('))};
  if (out == "i" || out.starts_with("i'"))
    out.front() = 'I';
  return out;
}

} // namespace

struct pocketsphinx_recognizer::decoder {
  explicit decoder(const std::filesystem::path& folder)
      : for_words{folder, tuning(folder)}, for_phones{folder} {}

  /// Asked before the words are searched for: that takes eight times as long.
  bool speaks(samples sound, sphinx::cepstra& heard, const std::atomic<bool>& cancelled);
  /// The words of the best path.
  std::vector<word> words(timestamp begin) const;
  /// The links of the lattice that the best path was found in.
  std::size_t rivals() const;

  sphinx::search for_words;
  sphinx::phone_loop for_phones;
};

bool pocketsphinx_recognizer::decoder::speaks(samples sound, sphinx::cepstra& heard,
                                              const std::atomic<bool>& cancelled) {
  const auto fit = for_phones.fit(heard, cancelled);
  const auto shown = measure_likeness(sound, {});
  return fit && is_spoken({shown.swing_db, shown.change, *fit, shown.tone});
}

std::vector<word> pocketsphinx_recognizer::decoder::words(timestamp begin) const {
  std::vector<word> out;
  auto* search = for_words.decoder();
  auto* logs = ps_get_logmath(search);
  for (auto* at = ps_seg_iter(search); at != nullptr; at = ps_seg_next(at)) {
    auto text = plain_word(ps_seg_word(at));
    if (text.empty())
      continue;
    int first = 0;
    int last = 0;
    ps_seg_frames(at, &first, &last);
    int32 acoustic = 0;
    int32 language = 0;
    int32 back = 0;
    const auto posterior = ps_seg_prob(at, &acoustic, &language, &back);
    out.push_back({std::move(text), begin + first * frame_time, begin + (last + 1) * frame_time,
                   std::clamp(logmath_exp(logs, posterior), 0.0, 1.0)});
  }
  return out;
}

std::size_t pocketsphinx_recognizer::decoder::rivals() const {
  auto* lattice = ps_get_lattice(for_words.decoder());
  std::size_t out = 0;
  if (lattice == nullptr)
    return out;
  for (auto* at = ps_latnode_iter(lattice); at != nullptr; at = ps_latnode_iter_next(at))
    for (auto* exit = ps_latnode_exits(ps_latnode_iter_node(at)); exit != nullptr;
         exit = ps_latlink_iter_next(exit))
      ++out;
  return out;
}

pocketsphinx_recognizer::pocketsphinx_recognizer(const std::filesystem::path& model_folder,
                                                 plausibility_limits limits)
    : decoder_{std::make_unique<decoder>(model_folder)}, limits_{limits} {}

pocketsphinx_recognizer::~pocketsphinx_recognizer() = default;

std::string pocketsphinx_recognizer::engine() const {
  return "pocketsphinx 5prealpha (en-US)";
}

recognition pocketsphinx_recognizer::recognize(samples sound, timestamp begin,
                                               const std::atomic<bool>& cancelled) {
  recognition out;
  if (sound.size() < 10 * frame_samples)
    return out;
  sphinx::cepstra heard{decoder_->for_words.configuration(), sound};
  if (decoder_->speaks(sound, heard, cancelled) && decoder_->for_words.run(heard, cancelled))
    out.words = plausible_words({decoder_->words(begin), decoder_->rivals()},
                                time_of_sample(sound.size()), limits_);
  out.cancelled = cancelled;
  if (out.cancelled)
    out.words.clear();
  return out;
}

bool has_pocketsphinx_models(const std::filesystem::path& model_folder) {
  std::error_code none;
  return std::filesystem::exists(model_folder / "en-us" / "mdef", none) &&
         std::filesystem::exists(model_folder / "en-us.lm.bin", none) &&
         std::filesystem::exists(model_folder / "en-us-phone.lm.bin", none) &&
         std::filesystem::exists(model_folder / "cmudict-en-us.dict", none);
}

} // namespace vdoc::speech
