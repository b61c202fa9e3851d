#include "actors/job/rules.hpp"
#include "pipelines/probe/growing_file.hpp"

#include <nlohmann/json.hpp>

/// The part of a JOB's rules that saves work which an earlier job has done:
///
///     opened -> looking --twin--> digesting --the same--> adopting -> its results are ours
///                  |                  |                       |
///                  `------------------+-----------------------+-----> the work is done anew
///
/// Only the digest of the whole source proves that results would be the same. It is taken first
/// where a twin makes it likely that no work is needed, and else while the work goes on, for later
/// jobs.
namespace vdoc::job {

std::string title_of(const rules& job) {
  const auto& own = job.known().source->probe.title;
  return own.empty() ? job.wanted().title : own;
}

std::string terms_of(const rules& job) {
  const auto& wanted = job.wanted();
  return nlohmann::json{
      {"options", canonical(wanted)},      {"mp4", wanted.progressive_best},
      {"document", wanted.document},       {"title", wanted.document ? title_of(job) : ""},
      {"skip_poison", wanted.skip_poison}, {"marks", wanted.marks}}
      .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void rules::look_for_results(const std::string& identity) {
  if (!spec_.may_be_reused)
    return begin_work();
  if (known_.identity.empty() && known_.fragments.empty() && !identity.empty())
    keep(manifest::source_seen{identity});
  // Another file than the one that earlier attempts read: nobody can say what results are of.
  // Nor of an upload that still grew then: it is written to while it is read.
  if (identity.empty() || known_.identity != identity ||
      known_.source->fingerprint.starts_with(probe::unfinished_upload))
    digest_ = digesting::over;
  const bool untouched = known_.fragments.empty() && known_.audio.empty() && known_.texts.empty();
  if (spec_.may_reuse && untouched && digest_ != digesting::over)
    out_.emplace_back(look_for_twin{});
  else
    begin_work();
}

/// While the last fragments are worked on: the source is read, and no first segment waits for it.
void rules::want_digest() {
  if (!spec_.may_be_reused || !known_.ended || !known_.digest.digest.empty() ||
      digest_ != digesting::not_asked)
    return;
  digest_ = digesting::asked;
  out_.emplace_back(take_digest{});
}

void rules::handle(const twin_found& x) {
  twin_ = x;
  if (!known_.digest.digest.empty()) // by an attempt before this one
    return handle(digested{known_.digest.digest});
  digest_ = digesting::asked;
  out_.emplace_back(take_digest{});
}

void rules::handle(const no_twin& /*x*/) {
  begin_work();
}

void rules::handle(const digested& x) {
  digest_ = digesting::over;
  if (known_.digest.digest.empty())
    keep(manifest::source_digested{x.digest, terms_of(*this)});
  if (!twin_)
    continue_to_end();
  else if (twin_->digest == x.digest)
    out_.emplace_back(adopt{*twin_});
  else
    begin_work();
}

void rules::handle(const undigested& x) {
  digest_ = digesting::over;
  out_.emplace_back(note{"reuse", "later jobs cannot reuse the results: " + x.why});
  twin_ ? begin_work() : continue_to_end();
}

void rules::handle(const adopted& x) {
  known_ = x.known;
  begin_work();
}

void rules::handle(const not_adopted& x) {
  out_.emplace_back(
      note{"reuse", "the results of job " + twin_->job + " could not be reused: " + x.why});
  begin_work();
}

} // namespace vdoc::job
