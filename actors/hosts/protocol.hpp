#pragma once

#include "actors/node/stage_handles.hpp"
#include "cluster/dispatch/host_loss.hpp"
#include "cluster/dispatch/stage.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/meta/type_name.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace vdoc::hosts {

/// "Are you there?", once a second.
struct ping {
  std::uint64_t number = 0;
};
struct pong {
  std::uint64_t number = 0;
};

/// End now: the node has no more use for this process.
struct leave {};

/// The leader on another node leads no more, as ours has seen: end now, or `lingers`.
struct let_go {};

/// What the node and the leader say to a media host.
using agent = caf::typed_actor<caf::replies_to<ping>::with<pong>, caf::reacts_to<leave>>;
/// What only its own node says.
using own_agent = agent::extend<caf::reacts_to<let_go>>;

/// A media host is ready for work. The first thing it says, and the proof that it has started.
struct hello {
  std::string host_id;
  std::string incarnation; ///< new with every process: node ids of CAF may repeat in containers
  std::int32_t pid = 0;
  dispatch::slots capacity;
  node::stage_handles stages;
  agent who;
  std::vector<std::string> offers; ///< what it can do, as words
};

/// The answer to `hello`. Not accepted: unknown id or an older incarnation; the host ends.
struct welcome {
  bool accepted = false;
  std::vector<std::string> offers; ///< what else it can do, as its node has found out
};

/// Exit codes of a media host.
enum class host_exit : int {
  asked = 0,
  wrong_use = 2,
  stage_failed = 3,
  node_gone = 4,
  no_node = 5,     ///< it never found its node
  leader_gone = 6, ///< what it did for a leader on another node is not wanted any more
};

/// The last words of a media host that ends because one of its stage actors failed.
struct last_words {
  std::string host_id;
  std::string incarnation;
  std::string cause; ///< "TRANSCODE: std::bad_alloc"
};

/// A media host that worked for the leader on another node has lost it, and finishes what it has
/// for the next one (see transcode::keeping). Then it ends by itself; another one may start in its
/// place.
struct lingers {
  std::string host_id;
  std::string incarnation;
};

/// Asks how the hosts are.
struct look {};

enum class host_phase : std::uint8_t { starting, up, draining, waiting, quarantined, ended };
inline std::string to_string(host_phase phase) {
  constexpr std::array<const char*, 6> names{"starting", "up",          "draining",
                                             "waiting",  "quarantined", "ended"};
  const auto at = static_cast<std::size_t>(phase);
  return at < names.size() ? names[at] : "unknown phase";
}

/// One media host as seen by the node. Figures are of the whole life of the slot, over all
/// incarnations.
struct host_report {
  std::string host_id;
  host_phase phase = host_phase::starting;
  std::int32_t pid = 0; ///< 0 while there is no process
  std::uint32_t restarts = 0;
  std::string last_cause;           ///< of the last unwanted end; empty when there was none
  std::uint64_t peak_rss_bytes = 0; ///< largest of all incarnations
  std::uint64_t cpu_ms = 0;         ///< user and system time, sum of all incarnations
};

struct census {
  std::vector<host_report> hosts;
  std::string trouble; ///< "media hosts cannot start: ...", else empty
};

/// Lets a host finish what it has, then ends it for good. Unknown ids are ignored.
struct drain {
  std::string host_id;
};

/// Whom all of them work for from here on. They end at once and others start in their place: one
/// process never works for two.
struct work_for {
  std::vector<std::string> leaders; ///< "10.0.0.5:7400", where somebody leads; empty: its own node
  friend bool operator==(const work_for&, const work_for&) = default;
};

/// Nothing that they do for their own node is wanted any more: they end at once and others start.
struct work_is_over {};

/// What media hosts may say to the node: the only actor that is published.
using front = caf::typed_actor<caf::replies_to<hello>::with<welcome>, caf::reacts_to<last_words>,
                               caf::reacts_to<lingers>>;

/// HOSTS: starts media host processes, watches them and starts them anew.
using actor = front::extend<caf::replies_to<look>::with<census>, caf::reacts_to<drain>,
                            caf::reacts_to<work_for>, caf::reacts_to<work_is_over>>;

template <class Inspector> typename Inspector::result_type inspect(Inspector& f, ping& x) {
  return f(caf::meta::type_name("vdoc::hosts::ping"), x.number);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, pong& x) {
  return f(caf::meta::type_name("vdoc::hosts::pong"), x.number);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, leave& /*x*/) {
  return f(caf::meta::type_name("vdoc::hosts::leave"));
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, let_go& /*x*/) {
  return f(caf::meta::type_name("vdoc::hosts::let_go"));
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, hello& x) {
  return f(caf::meta::type_name("vdoc::hosts::hello"), x.host_id, x.incarnation, x.pid, x.capacity,
           x.stages, x.who, x.offers);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, welcome& x) {
  return f(caf::meta::type_name("vdoc::hosts::welcome"), x.accepted, x.offers);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, last_words& x) {
  return f(caf::meta::type_name("vdoc::hosts::last_words"), x.host_id, x.incarnation, x.cause);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, lingers& x) {
  return f(caf::meta::type_name("vdoc::hosts::lingers"), x.host_id, x.incarnation);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, look& /*x*/) {
  return f(caf::meta::type_name("vdoc::hosts::look"));
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, host_report& x) {
  return f(caf::meta::type_name("vdoc::hosts::host_report"), x.host_id, x.phase, x.pid, x.restarts,
           x.last_cause, x.peak_rss_bytes, x.cpu_ms);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, census& x) {
  return f(caf::meta::type_name("vdoc::hosts::census"), x.hosts, x.trouble);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, drain& x) {
  return f(caf::meta::type_name("vdoc::hosts::drain"), x.host_id);
}

} // namespace vdoc::hosts

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::hosts::work_for)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::hosts::work_is_over)
