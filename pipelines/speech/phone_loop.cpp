#include "pipelines/speech/phone_loop.hpp"

#include <cmath>

namespace vdoc::speech::sphinx {

namespace {

/// Phones without context, and few of them at a time: enough to tell speech, at an eighth of the
/// time that the search for words takes.
settings tuning(const std::filesystem::path& folder) {
  return {{"-allphone", (folder / "en-us-phone.lm.bin").string()},
          {"-allphone_ci", "yes"},
          {"-lw", "2.0"},
          {"-beam", "1e-20"},
          {"-pbeam", "1e-20"}};
}

/// One step of an acoustic score in this search: 1024 steps of the logarithm to the base 1.0001.
const double nats_per_step = 1024 * std::log(1.0001);

} // namespace

phone_loop::phone_loop(const std::filesystem::path& folder) : search_{folder, tuning(folder)} {}

std::optional<double> phone_loop::fit(cepstra& heard, const std::atomic<bool>& cancelled) {
  if (!search_.run(heard, cancelled))
    return std::nullopt;
  double steps = 0;
  int frames = 0;
  for (auto* at = ps_seg_iter(search_.decoder()); at != nullptr; at = ps_seg_next(at)) {
    int first = 0;
    int last = 0;
    ps_seg_frames(at, &first, &last);
    frames += last - first + 1;
    int32 acoustic = 0;
    int32 language = 0;
    int32 back = 0;
    ps_seg_prob(at, &acoustic, &language, &back);
    steps += acoustic;
  }
  return frames == 0 ? 0 : steps / frames * nats_per_step;
}

} // namespace vdoc::speech::sphinx
