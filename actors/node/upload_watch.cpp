#include "actors/node/upload_watch.hpp"

#include "cluster/ledger/job_id.hpp"

namespace vdoc::node {

namespace {

/// Less than a reader waits (gst::patience_with_uploads): who begins has some of it left.
constexpr std::int64_t flows_within_ms = 10'000;
/// Known beginnings are looked up again rather than kept for ever.
constexpr std::size_t most_beginnings = 10'000;

} // namespace

uploads::upload_standing upload_watch::standing_of(std::uint32_t number) {
  using uploads::upload_standing;
  if (!of_->book.is_taken_up())
    return upload_standing::waits;
  const auto now = ledger::unix_ms_now();
  const auto found = of_->book.find_number(number, now);
  if (!found || found->whole()) {
    beginnings_.erase(number);
    return found ? upload_standing::whole : upload_standing::gone;
  }
  if (found->moved_unix_ms + flows_within_ms < now || found->written == 0)
    return upload_standing::waits;
  if (beginnings_.size() >= most_beginnings)
    beginnings_.clear();
  auto& known = beginnings_.try_emplace(number, probe::beginning::unclear).first->second;
  if (known == probe::beginning::unclear)
    known = probe::beginning_of(of_->folder.file_of(found->what),
                                found->what.length.value_or(UINT64_MAX));
  return known == probe::beginning::useful ? upload_standing::flows : upload_standing::waits;
}

} // namespace vdoc::node
