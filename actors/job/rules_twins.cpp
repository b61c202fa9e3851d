#include "actors/job/rules.hpp"

/// What a job does about work that runs twice since it takes too long (ADR 36). The first result
/// counts; one that ends without a result leaves the other as if it had always been alone.
namespace vdoc::job {

void rules::handle(const twin_granted& x) {
  if (!running_.contains(x.what)) {
    out_.emplace_back(give_up_slot{x.what});
    return;
  }
  doubled_.insert(x.what);
  ++twins_begun_;
  suspects_.doubled(x.what, x.host);
  out_.emplace_back(run{x.what, x.host, true});
}

/// Whether it was one of two. A source that is bad is so on both.
bool rules::goes_on_without(const failed& x) {
  if (x.why.whose == culprit::user || doubled_.erase(x.what) == 0)
    return false;
  out_.emplace_back(give_up_one{x.what, dispatch::task_end::failed, x.why.what});
  keep(manifest::mishap{to_string(x.what), suspects_.host_of(x.what, x.host), x.why.what, false});
  out_.emplace_back(note{"retried", to_string(x.what) + ": " + x.why.what, to_string(x.what)});
  if (!suspects_.failed(x.what, x.host))
    return true;
  done(x.what, dispatch::task_end::unsaid);
  x.why.whose == culprit::peer ? fail(x.why) : poison(x.what, x.why.what);
  return true;
}

} // namespace vdoc::job
