#include "actors/job/rules.hpp"
#include "actors/job/time_words.hpp"

/// What a job does about work that cannot be done.
namespace vdoc::job {

/// Speech and sound that cannot be worked on are no reason to do without the rest.
void rules::leave_out(const task& what, const std::string& reason) {
  if (what.kind == work::hear) {
    heavy_ended(what);
    keep(manifest::warned{"speech at " + seconds(known_.utterances[what.index].begin) +
                          " was left out: " + reason});
    keep(manifest::utterance_heard{what.index, "", {}, {}});
  } else {
    keep(manifest::warned{"audio track " + std::to_string(what.index + 1) + ": " + reason});
    keep(manifest::audio_ended{what.index, 0, {}});
  }
  continue_to_end();
}

void rules::poison(const task& what, const std::string& reason) {
  if (what.kind == work::hear || what.kind == work::audio)
    return leave_out(what, reason);
  const bool bridges =
      what.kind == work::encode && spec_.skip_poison && !known_.bridged.contains(what.index);
  const auto where = place_of(what);
  if (bridges) {
    keep(manifest::fragment_bridged{what.index, reason});
    keep(manifest::warned{where + " was bridged with black: " + reason});
    suspects_.acquit(what);
    want(what);
  } else if (suspects_.starved(what)) {
    fail({culprit::peer, "memory ran out at " + where + ": " + reason,
          "run with fewer --workers or where there is more memory", to_string(what)});
  } else if (what.kind == work::encode) {
    fail({culprit::user, where + " cannot be decoded: " + reason,
          "repair the source there, or run with --skip-poison to bridge it with black", where});
  } else if (what.kind == work::open || what.kind == work::read) {
    fail({culprit::user, "the source cannot be read: " + reason,
          "convert it with another program, and report it: no source should do that",
          to_string(what)});
  } else {
    fail({culprit::ours, where + " failed: " + reason, "keep the source and job.json and report it",
          to_string(what)});
  }
}

/// A piece of work in a person's words.
std::string rules::place_of(const task& what) const {
  if (what.kind != work::encode)
    return "the work \"" + to_string(what) + '"';
  const auto& piece = known_.fragments.at(what.index);
  return "fragment " + std::to_string(what.index) + " at " + seconds(piece.begin) +
         " (fingerprint " + piece.hash + ")";
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
