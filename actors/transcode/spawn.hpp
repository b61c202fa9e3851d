#pragma once

#include "actors/transcode/keeping.hpp"
#include "actors/transcode/protocol.hpp"
#include "actors/wire/cancellations.hpp"
#include "net/blobs/files.hpp"

#include <filesystem>
#include <memory>

namespace vdoc::transcode {

/// Faults on purpose, for tests of the supervision; -1: none.
struct planned_faults {
  std::int64_t crash_at_fragment = -1; ///< SIGSEGV when this fragment comes
  std::int64_t hang_at_fragment = -1;  ///< stop answering, with the whole process, when it comes
  std::int64_t times = 1;              ///< so many attempts go wrong
  bool fail_all = false;               ///< answer that it has failed, whatever comes
};

/// Starts a TRANSCODE on a thread of its own, which works on these files until it is cancelled.
/// With TRANSCODEs of other hosts that have the same file `turn` it takes turns (see gst::turn);
/// empty: with nobody. With `kept` it finishes what it has when the leader is gone, and hands in
/// what was kept so; null: neither. Throws std::system_error.
actor spawn(caf::actor_system& system, std::shared_ptr<blobs::files> files,
            std::shared_ptr<cancellations> cancelled, const planned_faults& faults = {},
            const std::filesystem::path& turn = {}, std::shared_ptr<keeping> kept = nullptr);

} // namespace vdoc::transcode
