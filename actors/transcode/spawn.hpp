#pragma once

#include "actors/transcode/protocol.hpp"

namespace vdoc::transcode {

/// Faults on purpose, for tests of the supervision; -1: none.
struct planned_faults {
  std::int64_t crash_at_fragment = -1; ///< SIGSEGV when this fragment comes
  std::int64_t hang_at_fragment = -1;  ///< stop answering, with the whole process, when it comes
  std::int64_t times = 1;              ///< so many attempts go wrong
  bool fail_all = false;               ///< answer that it has failed, whatever comes
};

/// Starts a TRANSCODE on a thread of its own.
actor spawn(caf::actor_system& system, const planned_faults& faults = {});

} // namespace vdoc::transcode
