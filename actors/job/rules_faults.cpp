#include "actors/job/rules.hpp"
#include "actors/job/time_words.hpp"

/// What a job does about work that did not come to an end, or cannot be done.
namespace vdoc::job {

namespace {

/// Needs no source host, so that it can be compared between nodes.
bool may_run_anywhere(work kind) {
  return kind != work::open && kind != work::read && kind != work::audio;
}

} // namespace

void rules::handle(const lost& x) {
  const bool goes_on = doubled_.erase(x.what) > 0; // its twin, or what it was the twin of
  if (!goes_on && running_.erase(x.what) == 0 && wanted_.erase(x.what) == 0)
    return;
  const auto& gone = x.gone;
  keep(manifest::mishap{to_string(x.what), gone.host, gone.cause, down_.insert(gone.host).second});
  out_.emplace_back(note{"lost", to_string(x.what) + " with " + gone.host + ": " + gone.cause,
                         to_string(x.what)});
  if (suspects_.lost(x.what, gone)) {
    const auto charge = suspects_.charge_against(x.what);
    if (x.what.kind == work::encode && suspects_.hit_several_nodes(x.what))
      out_.emplace_back(found_poison{known_.fragments.at(x.what.index).hash, charge});
    done(x.what, dispatch::task_end::unsaid);
    poison(x.what, charge);
  } else if (!goes_on) {
    want_again(x.what);
  }
}

/// Now, or when the heavy work that may have been the cause has ended.
void rules::want_again(const task& what) {
  if (!suspects_.is_held_back(what))
    want(what);
}

void rules::heavy_ended(const task& what) {
  for (const auto& held : suspects_.ended(what))
    want(held);
}

/// Of work that runs twice, one that ends without a result leaves the other as if it had always
/// been alone. A source that is bad is so on both.
void rules::handle(const failed& x) {
  const bool users = x.why.whose == culprit::user;
  const bool other_goes_on = !users && doubled_.erase(x.what) > 0;
  // A source host may be away for everybody; a disk that refuses is the node's.
  const bool by_source = users || (x.why.whose == culprit::peer && !may_run_anywhere(x.what.kind));
  if (other_goes_on)
    out_.emplace_back(give_up_one{x.what, dispatch::task_end::failed, x.why.what});
  else
    done(x.what, by_source ? dispatch::task_end::unsaid : dispatch::task_end::failed, x.why.what);
  if (users) {
    const bool others_go_on = x.what.kind == work::hear || x.what.kind == work::audio;
    others_go_on ? leave_out(x.what, x.why.what) : fail(x.why);
    return;
  }
  keep(manifest::mishap{to_string(x.what), suspects_.host_of(x.what, x.host), x.why.what, false});
  // A source that does not answer has had its time.
  const bool waited = x.what.kind == work::open || x.why.where == "upload";
  if (!waited && !suspects_.failed(x.what, x.host)) {
    const auto what = to_string(x.what);
    if (other_goes_on) {
      out_.emplace_back(note{"goes on", what + " failed on one of two nodes: " + x.why.what, what});
    } else {
      out_.emplace_back(note{"retried", what + ": " + x.why.what, what});
      want(x.what);
    }
    return;
  }
  done(x.what, dispatch::task_end::unsaid); // the other one, too
  x.why.whose == culprit::peer ? fail(x.why) : poison(x.what, x.why.what);
}

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

void rules::fail(fault why) {
  over_ = true;
  if (why.advice.empty())
    why.advice = why.whose == culprit::user
                     ? "check that the file plays elsewhere, or export it again"
                     : "run it again with --resume; if it repeats, report it with job.json";
  keep(manifest::finished{"failed"});
  for (const auto& what : wanted_)
    out_.emplace_back(give_up_slot{what});
  for (const auto& what : running_)
    out_.emplace_back(give_up_slot{what});
  wanted_.clear();
  running_.clear();
  doubled_.clear();
  out_.emplace_back(finish{"failed", std::move(why)});
}

void rules::handle(const store_failed& x) {
  fail(x.why);
}

} // namespace vdoc::job
