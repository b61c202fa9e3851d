#include "actors/transcode/spawn.hpp"
#include "actors/wire/fault_error.hpp"

#include <caf/actor_system.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <atomic>
#include <csignal>
#include <system_error>

namespace vdoc::transcode {

namespace {

struct transcode_state {
  static inline const char* name = "transcode";
  gst::transcoder coder; ///< keeps the decoder of the last run open
  std::atomic<bool> never{
      false}; ///< work on a fragment ends by itself; a host in a hurry is killed
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

caf::result<gst::transcode_result> encode(self_pointer self, const encode_fragment& msg) {
  try {
    return self->state.coder.run({.piece = msg.piece,
                                  .work = msg.work,
                                  .source = msg.source,
                                  .ladder = msg.ladder,
                                  .wanted = msg.wanted,
                                  .options = msg.options,
                                  .picture_every = std::chrono::milliseconds{msg.picture_every_ms},
                                  .patience = std::chrono::seconds{msg.stall_s},
                                  .bridge = msg.bridge},
                                 self->state.never);
  } catch (const failure& error) {
    return to_error(error.why());
  } catch (const std::system_error& error) {
    return to_error({culprit::peer, error.what(), "make room on the disk and --resume", ""});
  } catch (const std::runtime_error& error) {
    return to_error({culprit::ours, error.what(), "run it again; keep job.json if it repeats", ""});
  }
}

actor::behavior_type transcode(self_pointer self, const planned_faults& faults) {
  return {[=](const encode_fragment& msg) -> caf::result<gst::transcode_result> {
    if (faults.fail_all && !msg.bridge)
      return to_error({culprit::ours, "it was to fail", "", ""});
    fail_as_planned(faults, msg);
    return encode(self, msg);
  }};
}

} // namespace

actor spawn(caf::actor_system& system, const planned_faults& faults) {
  return system.spawn<caf::detached>(transcode, faults);
}

} // namespace vdoc::transcode
