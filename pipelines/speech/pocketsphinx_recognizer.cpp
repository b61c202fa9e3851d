#include "pipelines/speech/pocketsphinx_recognizer.hpp"

#include "pipelines/fault.hpp"

#include <pocketsphinx.h>

#include <algorithm>
#include <fstream>
#include <mutex>
#include <sphinxbase/err.h>
#include <sphinxbase/fe.h>
#include <string_view>
#include <utility>

namespace vdoc::speech {

namespace {

/// Frames that are searched between two looks at the cancel flag: half a second of sound.
constexpr int frames_at_once = 50;

/// The settings that were measured to be best, but for "-cmn": the mean is taken out here.
const std::vector<std::pair<std::string, std::string>>& tuning() {
  static const std::vector<std::pair<std::string, std::string>> out{
      {"-remove_silence", "no"}, {"-lw", "5"},           {"-fwdflatlw", "6.5"},
      {"-bestpathlw", "7.5"},    {"-cmn", "none"},       {"-featparams", "/dev/null"},
      {"-maxhmmpf", "6000"},     {"-logfn", "/dev/null"}};
  return out;
}

/// What the acoustic model wants of the front end: "-key value" lines in feat.params.
std::vector<std::pair<std::string, std::string>>
feature_settings(const std::filesystem::path& model) {
  std::vector<std::pair<std::string, std::string>> out;
  std::ifstream in{model / "feat.params"};
  for (std::string key, value; in >> key >> value;)
    if (key != "-cmn" && key != "-cmninit")
      out.emplace_back(key, value);
  return out;
}

cmd_ln_t* configuration(const std::filesystem::path& folder) {
  auto all = tuning();
  for (auto& one : feature_settings(folder / "en-us"))
    all.push_back(std::move(one));
  all.emplace_back("-hmm", (folder / "en-us").string());
  all.emplace_back("-lm", (folder / "en-us.lm.bin").string());
  all.emplace_back("-dict", (folder / "cmudict-en-us.dict").string());
  std::vector<char*> words{const_cast<char*>("pocketsphinx")};
  for (auto& [key, value] : all) {
    words.push_back(key.data());
    words.push_back(value.data());
  }
  return cmd_ln_parse_r(nullptr, ps_args(), static_cast<int>(words.size()), words.data(), 0);
}

/// The features of one utterance. The front end is made anew each time: its estimate of the noise
/// would otherwise carry over, and what is heard depend on what was heard before.
class features {
public:
  features(cmd_ln_t* settings, samples sound) {
    auto* front = fe_init_auto_r(settings);
    if (front == nullptr)
      throw failure{fault{culprit::ours, "pocketsphinx fails", "", "front end"}};
    fe_start_utt(front);
    fe_process_utt(front, sound.data(), sound.size(), &rows_, &count_);
    std::vector<mfcc_t> rest(static_cast<std::size_t>(fe_get_output_size(front)));
    int32 none = 0;
    fe_end_utt(front, rest.data(), &none);
    take_mean_out(fe_get_output_size(front));
    fe_free(front);
  }
  ~features() {
    if (rows_ != nullptr)
      fe_free_2d(rows_);
  }
  features(const features&) = delete;
  features& operator=(const features&) = delete;

  [[nodiscard]] mfcc_t** at(int row) { return rows_ + row; }
  [[nodiscard]] int count() const noexcept { return count_; }

private:
  /// Cepstral mean normalisation over the whole utterance; frames without energy do not count.
  void take_mean_out(int size) {
    std::vector<double> mean(static_cast<std::size_t>(size));
    int counted = 0;
    for (int i = 0; i < count_; ++i) {
      if (rows_[i][0] < 0)
        continue;
      ++counted;
      for (int k = 0; k < size; ++k)
        mean[k] += rows_[i][k];
    }
    for (int i = 0; i < count_ && counted > 0; ++i)
      for (int k = 0; k < size; ++k)
        rows_[i][k] -= static_cast<mfcc_t>(mean[k] / counted);
  }

  mfcc_t** rows_ = nullptr;
  int32 count_ = 0;
};

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
  explicit decoder(const std::filesystem::path& folder) {
    static std::once_flag quiet;
    std::call_once(quiet, [] { err_set_logfp(nullptr); });
    settings = configuration(folder);
    if (settings != nullptr)
      search = ps_init(settings);
    if (search == nullptr) {
      close();
      throw failure{fault{culprit::ours, "the speech models do not load",
                          "install pocketsphinx-en-us", folder.string()}};
    }
  }
  ~decoder() { close(); }
  decoder(const decoder&) = delete;
  decoder& operator=(const decoder&) = delete;

  void close() {
    ps_free(search);
    cmd_ln_free_r(settings);
  }
  /// The words of the best path.
  std::vector<word> words(timestamp begin) const;
  /// The links of the lattice that the best path was found in.
  std::size_t rivals() const;

  cmd_ln_t* settings = nullptr;
  ps_decoder_t* search = nullptr;
};

std::vector<word> pocketsphinx_recognizer::decoder::words(timestamp begin) const {
  std::vector<word> out;
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
  auto* lattice = ps_get_lattice(search);
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

hearing pocketsphinx_recognizer::listen(samples sound, timestamp begin,
                                        const std::atomic<bool>& cancelled) {
  if (sound.size() < 10 * frame_samples)
    return {};
  features heard{decoder_->settings, sound};
  bool well = ps_start_utt(decoder_->search) == 0;
  for (int i = 0; i < heard.count() && well && !cancelled; i += frames_at_once) {
    const int count = std::min(frames_at_once, heard.count() - i);
    well = ps_process_cep(decoder_->search, heard.at(i), count, 0, 0) >= 0;
  }
  well = ps_end_utt(decoder_->search) == 0 && well;
  if (!well)
    throw failure{fault{culprit::ours, "pocketsphinx fails", "", "pocketsphinx_recognizer"}};
  if (cancelled)
    return {};
  auto words = decoder_->words(begin);
  return {std::move(words), decoder_->rivals()};
}

recognition pocketsphinx_recognizer::recognize(samples sound, timestamp begin,
                                               const std::atomic<bool>& cancelled) {
  recognition out;
  out.words =
      plausible_words(listen(sound, begin, cancelled), time_of_sample(sound.size()), limits_);
  out.cancelled = cancelled;
  if (out.cancelled)
    out.words.clear();
  return out;
}

bool has_pocketsphinx_models(const std::filesystem::path& model_folder) {
  std::error_code none;
  return std::filesystem::exists(model_folder / "en-us" / "mdef", none) &&
         std::filesystem::exists(model_folder / "en-us.lm.bin", none) &&
         std::filesystem::exists(model_folder / "cmudict-en-us.dict", none);
}

} // namespace vdoc::speech
