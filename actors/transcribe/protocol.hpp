#pragma once

#include "actors/wire/pipelines.hpp"

#include <caf/typed_actor.hpp>

namespace vdoc::transcribe {

/// Asks what is said in one utterance.
struct recognize {
  std::string work; ///< folder of the job
  std::string pass; ///< for files of the work folder, where it is not shared
  std::string call; ///< by which it can be cancelled (see CANCELLER)
  std::string file; ///< in it: 16 kHz mono S16 samples, no header
  std::string language;
  std::int64_t offset_ns = 0; ///< of the first sample on the timeline
};
/// A word on the timeline; confidence in thousandths (floats do not travel well).
struct word {
  std::string text;
  std::int64_t begin_ns = 0, end_ns = 0;
  std::uint32_t confidence_permille = 0;
  friend bool operator==(const word&, const word&) = default;
};
struct recognized {
  std::string engine;
  bool language_known = true; ///< false: no recogniser for it, no words
  std::vector<word> words;
  std::int64_t cpu_ns = 0;
};

template <class Inspector> typename Inspector::result_type inspect(Inspector& f, recognize& x) {
  return f(x.work, x.pass, x.call, x.file, x.language, x.offset_ns);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, word& x) {
  return f(x.text, x.begin_ns, x.end_ns, x.confidence_permille);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, recognized& x) {
  return f(x.engine, x.language_known, x.words, x.cpu_ns);
}

/// TRANSCRIBE: one utterance at a time, blocking on its own thread.
using actor = caf::typed_actor<
    // Replies with the words, on the timeline; an error carries a fault.
    caf::replies_to<recognize>::with<recognized>>;

} // namespace vdoc::transcribe
