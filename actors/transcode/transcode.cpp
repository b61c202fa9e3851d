#include "actors/transcode/spawn.hpp"
#include "actors/wire/fault_error.hpp"

#include <caf/actor_system.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <csignal>
#include <iostream>
#include <memory>
#include <system_error>
#include <utility>
#include <vector>

namespace vdoc::transcode {

namespace {

struct transcode_state {
  static inline const char* name = "transcode";
  std::shared_ptr<blobs::files> files;
  std::shared_ptr<cancellations> cancelled;
  std::unique_ptr<gst::transcoder> coder; ///< keeps the decoder of the last run open
};

using self_pointer = actor::stateful_pointer<transcode_state>;

/// What a bad input might do, done on purpose. A bridge does not touch the input.
void fail_as_planned(const planned_faults& faults, const encode_fragment& msg) {
  if (msg.bridge || msg.attempt > faults.times)
    return;
  if (faults.crash_at_fragment == msg.piece.index)
    ::raise(SIGSEGV);
  if (faults.hang_at_fragment == msg.piece.index)
    ::raise(SIGSTOP);
}

/// Nothing of the source is read for a bridge.
blobs::errand errand_of(const encode_fragment& msg) {
  blobs::errand what{msg.pass, msg.work, {}, false};
  if (!msg.bridge)
    what.needs.push_back({msg.piece.run, msg.piece.run_bytes});
  return what;
}

std::vector<std::string> files_of(const gst::transcode_result& made) {
  std::vector<std::string> names;
  for (const auto& one : made.renditions)
    names.push_back(one.file);
  for (const auto& one : made.pictures)
    names.push_back(one.jpeg);
  return names;
}

/// Says in the node's log that work was left off.
struct told_if_cancelled {
  const cancellations::work& what;
  const std::string& call;
  ~told_if_cancelled() {
    if (what.cancelled())
      std::cout << "media host: cancelled: " << call << std::endl;
  }
};

caf::result<gst::transcode_result> encode(self_pointer self, const encode_fragment& msg) {
  const cancellations::work work{*self->state.cancelled, msg.call};
  const told_if_cancelled at_the_end{work, msg.call};
  try {
    if (work.cancelled())
      throw failure{{culprit::peer, "cancelled before it began", "", "transcode"}};
    const auto bench = self->state.files->prepare(errand_of(msg));
    auto made =
        self->state.coder->run({.piece = msg.piece,
                                .work = bench->folder(),
                                .source = msg.source,
                                .ladder = msg.ladder,
                                .wanted = msg.wanted,
                                .options = msg.options,
                                .picture_every = std::chrono::milliseconds{msg.picture_every_ms},
                                .patience = std::chrono::seconds{msg.stall_s},
                                .bridge = msg.bridge},
                               work.cancelled());
    bench->hand_in(files_of(made));
    return made;
  } catch (const failure& error) {
    return to_error(error.why());
  } catch (const std::system_error& error) {
    return to_error({culprit::peer, error.what(), "make room on the disk and --resume", ""});
  } catch (const std::runtime_error& error) {
    return to_error({culprit::ours, error.what(), "run it again; keep job.json if it repeats", ""});
  }
}

actor::behavior_type transcode(self_pointer self, std::shared_ptr<blobs::files> files,
                               std::shared_ptr<cancellations> cancelled,
                               const planned_faults& faults,
                               const std::shared_ptr<gst::turn>& turn) {
  self->state.files = std::move(files);
  self->state.cancelled = std::move(cancelled);
  self->state.coder = std::make_unique<gst::transcoder>(std::move(*turn));
  return {[=](const encode_fragment& msg) -> caf::result<gst::transcode_result> {
    if (faults.fail_all && !msg.bridge)
      return to_error({culprit::ours, "it was to fail", "", ""});
    fail_as_planned(faults, msg);
    return encode(self, msg);
  }};
}

} // namespace

actor spawn(caf::actor_system& system, std::shared_ptr<blobs::files> files,
            std::shared_ptr<cancellations> cancelled, const planned_faults& faults,
            const std::filesystem::path& turn) {
  auto shared = std::make_shared<gst::turn>();
  if (!turn.empty())
    *shared = gst::turn{turn};
  return system.spawn<caf::detached>(transcode, std::move(files), std::move(cancelled), faults,
                                     std::move(shared));
}

} // namespace vdoc::transcode
