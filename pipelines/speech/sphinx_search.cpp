#include "pipelines/speech/sphinx_search.hpp"

#include "pipelines/fault.hpp"

#include <algorithm>
#include <fstream>
#include <mutex>
#include <sphinxbase/err.h>
#include <sphinxbase/fe.h>

namespace vdoc::speech::sphinx {

namespace {

/// Frames that are searched between two looks at the cancel flag: half a second of sound.
constexpr int frames_at_once = 50;

/// What the acoustic model wants of the front end: "-key value" lines in feat.params. Not "-cmn":
/// the mean is taken out here.
settings feature_settings(const std::filesystem::path& model) {
  settings out;
  std::ifstream in{model / "feat.params"};
  for (std::string key, value; in >> key >> value;)
    if (key != "-cmn" && key != "-cmninit")
      out.emplace_back(key, value);
  return out;
}

cmd_ln_t* parse(const std::filesystem::path& folder, const settings& tuning) {
  auto all = tuning;
  for (auto& one : feature_settings(folder / "en-us"))
    all.push_back(std::move(one));
  all.emplace_back("-hmm", (folder / "en-us").string());
  all.emplace_back("-remove_silence", "no");
  all.emplace_back("-cmn", "none");
  all.emplace_back("-featparams", "/dev/null");
  all.emplace_back("-logfn", "/dev/null");
  std::vector<char*> words{const_cast<char*>("pocketsphinx")};
  for (auto& [key, value] : all) {
    words.push_back(key.data());
    words.push_back(value.data());
  }
  return cmd_ln_parse_r(nullptr, ps_args(), static_cast<int>(words.size()), words.data(), 0);
}

} // namespace

cepstra::cepstra(cmd_ln_t* configuration, samples sound) {
  auto* front = fe_init_auto_r(configuration);
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

cepstra::~cepstra() {
  if (rows_ != nullptr)
    fe_free_2d(rows_);
}

/// Cepstral mean normalisation over the whole utterance; frames without energy do not count.
void cepstra::take_mean_out(int size) {
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

search::search(const std::filesystem::path& folder, const settings& tuning) {
  static std::once_flag quiet;
  std::call_once(quiet, [] { err_set_logfp(nullptr); });
  configuration_ = parse(folder, tuning);
  if (configuration_ != nullptr)
    decoder_ = ps_init(configuration_);
  if (decoder_ == nullptr) {
    close();
    throw failure{fault{culprit::ours, "the speech models do not load",
                        "install pocketsphinx-en-us", folder.string()}};
  }
}

search::~search() {
  close();
}

void search::close() {
  ps_free(decoder_);
  cmd_ln_free_r(configuration_);
}

bool search::run(cepstra& heard, const std::atomic<bool>& cancelled) {
  bool well = ps_start_utt(decoder_) == 0;
  for (int i = 0; i < heard.count() && well && !cancelled; i += frames_at_once) {
    const int count = std::min(frames_at_once, heard.count() - i);
    well = ps_process_cep(decoder_, heard.at(i), count, 0, 0) >= 0;
  }
  well = ps_end_utt(decoder_) == 0 && well;
  if (!well)
    throw failure{fault{culprit::ours, "pocketsphinx fails", "", "pocketsphinx_recognizer"}};
  return !cancelled;
}

} // namespace vdoc::speech::sphinx
