#include "actors/desk/view.hpp"

#include "cluster/uploads/upload.hpp"

namespace vdoc::front_desk {

desk::job_view view_of(const means& with, const ledger::job_record& job) {
  desk::job_view view;
  view.record = job;
  view.folder = (with.jobs / job.what.id).string();
  if (job.state != ledger::job_state::running) {
    const auto id = uploads::upload_in(job.what.source);
    const bool waits = !id.empty() && !ledger::is_end(job.state) && with.find_upload;
    if (const auto upload = waits ? with.find_upload(id) : std::nullopt; upload && !upload->whole())
      view.stage = "waits for its upload: " + std::to_string(upload->safe) +
                   (upload->what.length ? " of " + std::to_string(*upload->what.length) + " bytes"
                                        : " bytes so far");
    return view;
  }
  if (const auto live = with.live->find(job.what.id)) {
    view.progress = live->progress;
    view.eta_unix_ms = live->eta_unix_ms;
    view.stage = live->stage;
  }
  return view;
}

} // namespace vdoc::front_desk
