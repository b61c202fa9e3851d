#pragma once

#include "cluster/ledger/states.hpp"

#include <cstdint>
#include <string>

namespace vdoc::desk {

// What events tell (event_feed.hpp), and their JSON (docs/protocol.md). The time is the calendar's.

/// "job.<id>.state": another state is committed.
struct state_news {
  std::string id;
  ledger::job_state before = ledger::job_state::unknown; ///< unknown: the job is new
  ledger::job_state now = ledger::job_state::unknown;
  std::string cause;
  std::uint32_t attempt = 0;
  std::string tenant;
  std::string queue;
  std::int64_t at_unix_ms = 0;
  std::uint64_t sequence = 0; ///< the ledger's; 0: spooled, it has none yet
};
std::string to_json(const state_news& what);

/// "job.<id>.progress": how far the running attempt is.
struct progress_news {
  std::string id;
  double progress = 0;          ///< 0 to 1
  std::int64_t eta_unix_ms = 0; ///< 0: not known
  std::string stage;            ///< in words
  double speed = 0;             ///< seconds of media in a second of this attempt; 0: not known
  std::int64_t at_unix_ms = 0;
};
std::string to_json(const progress_news& what);

/// "job.<id>.segment": a playlist on the disk names it, and all before it.
struct segment_news {
  std::string id;
  std::string rendition;        ///< "720p", "audio0"
  std::uint32_t number = 0;     ///< from 0
  std::int64_t duration_ns = 0; ///< of media
  std::string uri;              ///< relative to the job's folder
  std::int64_t at_unix_ms = 0;
};
std::string to_json(const segment_news& what);

} // namespace vdoc::desk
