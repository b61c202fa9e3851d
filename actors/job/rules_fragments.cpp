#include "actors/job/came_out.hpp"
#include "actors/job/rules.hpp"
#include "actors/job/time_words.hpp"

#include <algorithm>

/// What a job does with the fragments of its source: cut, encoded, packed.
namespace vdoc::job {

std::vector<std::uint32_t> rules::parts_of(std::uint32_t index) const {
  if (index == 0 && known_.source && known_.source->ladder.size() > 1)
    return {1, 0};
  return {0};
}

std::vector<std::string> rules::renditions_of(const task& what) const {
  std::vector<std::string> names;
  if (!known_.source)
    return names;
  const auto& ladder = known_.source->ladder;
  for (std::size_t i = 0; i < ladder.size(); ++i) {
    const bool smallest = i + 1 == ladder.size();
    const bool split = parts_of(what.index).size() > 1;
    if (!split || smallest == (what.part == 1))
      names.push_back(ladder[i].name);
  }
  return names;
}

bool rules::part_is_packed(const task& what) const {
  const auto names = renditions_of(what);
  return std::all_of(names.begin(), names.end(), [&](const auto& name) {
    const auto track = known_.tracks.find(name);
    return track != known_.tracks.end() && track->second.segments.contains(what.index);
  });
}

bool rules::fragment_is_packed(std::uint32_t index) const {
  const auto parts = parts_of(index);
  return std::all_of(parts.begin(), parts.end(), [&](auto part) {
    return part_is_packed({work::pack, index, part});
  });
}

void rules::handle(const cut& x) {
  if (known_.fragments.contains(x.piece.index))
    return;
  keep(manifest::fragment_cut{x.piece});
  want_encode(x.piece.index);
}

void rules::tell_damage(const gst::damage& found, std::uint32_t frames, const char* what) {
  if (found.pictures == 0)
    return;
  auto where = seconds(found.first);
  where = seconds(found.last) == where ? "at " + where
                                       : "between " + where + " and " + seconds(found.last);
  keep(manifest::warned{"damaged " + where + ": " + std::to_string(found.pictures) + " of " +
                        std::to_string(frames) + " pictures " + what});
}

void rules::handle(const encoded& x) {
  if (known_.encoded.contains({x.what.index, x.what.part}))
    return;
  done(x.what);
  heavy_ended(x.what);
  twins_won_ += x.by_twin ? 1 : 0;
  keep(manifest::fragment_encoded{x.what.index, x.what.part, x.result});
  if (x.what.part == telling_part(known_, x.what.index) && !known_.bridged.contains(x.what.index)) {
    const auto frames = known_.fragments[x.what.index].frames;
    tell_damage(x.result.lost, frames, "cannot be decoded");
    tell_damage(x.result.concealed, frames, "are shown as far as they can be decoded");
  }
  want_pack(x.what);
}

void rules::want_pack(const task& what) {
  const bool audio = what.kind == work::pack_audio;
  const task pack{audio ? work::pack_audio : work::pack, what.index, what.part};
  const auto position = audio ? what.part : what.index;
  // Continuity counters of a transport stream go on from the segment before.
  if (spec_.transport_stream && position > 0) {
    const auto names =
        audio ? std::vector{manifest::audio_track_name(what.index)} : renditions_of(what);
    for (const auto& name : names)
      if (!known_.tracks[name].segments.contains(position - 1))
        return;
  }
  want(pack);
}

void rules::handle(const packed& x) {
  done(x.what);
  for (const auto& segment : x.segments)
    keep(segment);
  out_.emplace_back(publish{false});
  if (x.what.kind == work::pack_audio) {
    const task next{work::pack_audio, x.what.index, x.what.part + 1};
    if (spec_.transport_stream && known_.audio.contains({next.index, next.part}))
      want_pack(next);
    continue_to_end();
    return;
  }
  if (spec_.transport_stream)
    for (const auto part : parts_of(x.what.index + 1))
      if (known_.encoded.contains({x.what.index + 1, part}) &&
          !part_is_packed({work::pack, x.what.index + 1, part}))
        want_pack({work::encode, x.what.index + 1, part});
  if (fragment_is_packed(x.what.index))
    fragment_packed(x.what.index);
  continue_to_end();
}

void rules::grant_what_fits() {
  if (!running_.contains({work::read, 0, 0}))
    return;
  if (const auto more = ahead_.more(); more > 0)
    out_.emplace_back(grant_fragments{more});
}

void rules::fragment_packed(std::uint32_t index) {
  const auto& piece = known_.fragments[index];
  media_done_ += piece.end - piece.begin;
  frames_done_ += frames_decoded(known_, index);
  ahead_.packed();
  grant_what_fits();
  std::vector<std::string> files;
  for (const auto part : parts_of(index))
    for (const auto& one : known_.encoded[{index, part}].renditions)
      if (one.name != progressive_rendition())
        files.push_back(one.file);
  // A run goes when its last fragment is known and none of its fragments is still to do.
  bool run_over = false;
  bool run_done = true;
  for (const auto& [other, candidate] : known_.fragments)
    if (candidate.run == piece.run) {
      run_over = run_over || candidate.run_ends;
      run_done = run_done && fragment_is_packed(other);
    }
  if (run_over && run_done)
    files.push_back(piece.run);
  if (!files.empty())
    out_.emplace_back(discard{files});
}

/// What it still needs, unless it is known not to be worth trying.
void rules::want_encode(std::uint32_t index) {
  const auto known = poison_.find(known_.fragments.at(index).hash);
  const bool is_new = !known_.bridged.contains(index) && !fragment_is_packed(index);
  if (known != poison_.end() && is_new)
    poison({work::encode, index, 0}, "it is known to bring down media hosts: " + known->second);
  if (!over_)
    want_parts(index);
}

void rules::want_parts(std::uint32_t index) {
  for (const auto part : parts_of(index)) {
    const task encode{work::encode, index, part};
    if (!part_is_packed(encode))
      known_.encoded.contains({index, part}) ? want_pack(encode) : want(encode);
  }
}

} // namespace vdoc::job
