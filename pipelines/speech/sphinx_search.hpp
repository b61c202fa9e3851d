#pragma once

#include "pipelines/speech/sound.hpp"

#include <pocketsphinx.h>

#include <atomic>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

/// What a search for words and a search for phones with pocketsphinx have in common. For the
/// sources of this room alone: nobody else includes pocketsphinx.
namespace vdoc::speech::sphinx {

using settings = std::vector<std::pair<std::string, std::string>>; ///< "-key", value

/// The cepstra of one utterance, without their mean. The front end is run here rather than in the
/// decoder, so that the mean of the whole utterance can be taken out first (as with `full_utt`) and
/// a search still be fed piece by piece: that is what makes it cancellable.
class cepstra {
public:
  /// The front end is made anew each time: its estimate of the noise would otherwise carry over,
  /// and what is heard depend on what was heard before. Throws failure (ours).
  cepstra(cmd_ln_t* configuration, samples sound);
  ~cepstra();
  cepstra(const cepstra&) = delete;
  cepstra& operator=(const cepstra&) = delete;

  [[nodiscard]] mfcc_t** at(int row) { return rows_ + row; }
  [[nodiscard]] int count() const noexcept { return count_; }

private:
  void take_mean_out(int size);

  mfcc_t** rows_ = nullptr;
  int32 count_ = 0;
};

/// A decoder of pocketsphinx and its configuration. One thread.
class search {
public:
  /// `folder` as for make_recognizer; `tuning` comes on top of what the acoustic model wants.
  /// Throws failure when the models do not load.
  search(const std::filesystem::path& folder, const settings& tuning);
  ~search();
  search(const search&) = delete;
  search& operator=(const search&) = delete;

  /// Searches the whole utterance; looks at `cancelled` twice per second of sound. False when it
  /// was cancelled; then there is no best path. Throws failure (ours).
  bool run(cepstra& heard, const std::atomic<bool>& cancelled);

  [[nodiscard]] cmd_ln_t* configuration() const noexcept { return configuration_; }
  [[nodiscard]] ps_decoder_t* decoder() const noexcept { return decoder_; }

private:
  void close();

  cmd_ln_t* configuration_ = nullptr;
  ps_decoder_t* decoder_ = nullptr;
};

} // namespace vdoc::speech::sphinx
