#include "actors/job/rules.hpp"

#include <algorithm>

/// What a job does with sound, speech and texts of its source.
namespace vdoc::job {

std::vector<std::uint32_t> rules::audio_tracks() const {
  std::vector<std::uint32_t> tracks;
  if (known_.source)
    for (std::uint32_t i = 0; i < known_.source->probe.audio.size(); ++i)
      tracks.push_back(i);
  return tracks;
}

std::optional<std::uint32_t> rules::listening_track() const {
  if (!known_.source || !spec_.captions || known_.source->probe.audio.empty() ||
      !known_.source->sidecars.empty())
    return std::nullopt;
  const auto& subtitles = known_.source->probe.subtitles;
  if (std::any_of(subtitles.begin(), subtitles.end(), [](const auto& s) { return s.is_text; }))
    return std::nullopt;
  const auto& audio = known_.source->probe.audio;
  const auto spoken = std::find_if(audio.begin(), audio.end(),
                                   [&](const auto& one) { return one.language == spec_.language; });
  if (spoken != audio.end())
    return static_cast<std::uint32_t>(spoken - audio.begin());
  const auto usual =
      std::find_if(audio.begin(), audio.end(), [](const auto& one) { return one.is_default; });
  return usual == audio.end() ? 0U : static_cast<std::uint32_t>(usual - audio.begin());
}

void rules::handle(const audio_cut& x) {
  auto& list = chunks_[x.chunk.track];
  if (x.chunk.index != list.size())
    return; // read again after a loss: we have it
  list.push_back(x.chunk);
  feed_what_fits();
}

void rules::feed_what_fits() {
  for (auto& [track, list] : chunks_) {
    if (!running_.contains({work::audio, track, 0}))
      continue;
    const bool listens = listening_track() == track;
    while (fed_[track] < list.size() &&
           (!listens || known_.utterances.size() - known_.heard.size() < spec_.utterances_ahead))
      out_.emplace_back(feed_audio{list[fed_[track]++]});
  }
}

void rules::handle(const audio_encoded& x) {
  if (known_.audio.contains({x.segment.track, x.segment.index}))
    return;
  keep(manifest::audio_encoded{x.segment});
  want_pack({work::pack_audio, x.segment.track, x.segment.index});
}

void rules::handle(const audio_ended& x) {
  if (known_.audio_done.contains(x.what.track))
    return;
  done({work::audio, x.what.track, 0});
  keep(x.what);
  std::vector<std::string> files;
  for (const auto& chunk : chunks_[x.what.track])
    files.push_back(chunk.file);
  if (!files.empty())
    out_.emplace_back(discard{files});
  continue_to_end();
}

void rules::handle(const utterance_cut& x) {
  if (known_.utterances.contains(x.what.index))
    return;
  keep(x.what);
  if (language_unknown_)
    keep(manifest::utterance_heard{x.what.index, "", {}, {}});
  else
    want({work::hear, x.what.index, 0});
}

void rules::handle(const heard& x) {
  if (known_.heard.contains(x.what.index))
    return;
  done({work::hear, x.what.index, 0});
  heavy_ended({work::hear, x.what.index, 0});
  keep(x.what);
  if (!x.language_known && !language_unknown_) {
    language_unknown_ = true;
    keep(manifest::warned{"no recogniser knows the language '" + spec_.language +
                          "': there are no captions; bring them as a sidecar .srt or .vtt"});
  }
  out_.emplace_back(discard{{known_.utterances[x.what.index].file}});
  feed_what_fits();
  continue_to_end();
}

void rules::handle(const text_read& x) {
  const auto same = [&](const auto& one) {
    return one.track == x.text.track && one.begin == x.text.begin && one.text == x.text.text;
  };
  if (std::none_of(known_.texts.begin(), known_.texts.end(), same))
    keep(manifest::text_read{x.text});
}

} // namespace vdoc::job
