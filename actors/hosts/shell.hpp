#pragma once

#include "actors/hosts/spawn.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

/// Inside of HOSTS: what its parts share.
namespace vdoc::hosts {

/// A process has ended; only ever sent by its watching thread, inside the node.
struct process_ended {
  std::size_t host = 0;
  std::uint64_t life = 0;
  child_exit how;
};
/// The same of what finds out what hosts can do.
struct search_ended {
  child_exit how;
};

} // namespace vdoc::hosts

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::hosts::process_ended)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::hosts::search_ended)

namespace vdoc::hosts {

using tick_atom = caf::atom_constant<caf::atom("tick")>;
using woke_atom = caf::atom_constant<caf::atom("woke")>;
using overdue_atom = caf::atom_constant<caf::atom("overdue")>;
using inner_actor = actor::extend<caf::reacts_to<process_ended>, caf::reacts_to<search_ended>,
                                  caf::reacts_to<tick_atom>, caf::reacts_to<overdue_atom>,
                                  caf::reacts_to<woke_atom, std::uint64_t, std::uint64_t>>;

struct host {
  std::string id;
  host_rules rules;
  std::string incarnation;
  std::unique_ptr<process> child;
  hello said;   ///< of this incarnation
  usage before; ///< of earlier incarnations
  bool hopeless = false;
  bool lent = false; ///< this incarnation works for another node
  usage seen = {};   ///< of this incarnation, when it was looked at last
};

/// A process whose place another one has taken, until it ends or has lingered long enough.
struct lingering {
  std::size_t host = 0;
  std::uint64_t life = 0;
  time_point until{};
  std::unique_ptr<process> child;
};

/// Has said hello, and waits until its node knows what it can do.
struct waiting_host {
  hello said;
  caf::typed_response_promise<welcome> answer;
};

struct hosts_state {
  static inline const char* name = "HOSTS";
  means with;
  dispatch::host_book dispatch;
  work_for whom; ///< as was said last
  std::vector<host> all;
  std::vector<lingering> old;      ///< processes that finish what they have
  std::unique_ptr<process> search; ///< while it runs
  std::vector<waiting_host> waiting;
  std::vector<std::string> found; ///< by the search
  std::uint16_t port = 0;
  std::uint64_t pings = 0;
  time_point used_at{};           ///< when it was looked at what hosts use
  std::uint64_t memory_kills = 0; ///< as far as we have seen
  time_point out_of_memory{};     ///< when we saw that the kernel killed for lack of memory
  std::string trouble;
  bool stopping = false;
  caf::error stop_reason;
};

using self_pointer = inner_actor::stateful_pointer<hosts_state>;

/// Takes a media host up that has said hello, if it is one of ours.
welcome greet(self_pointer self, const hello& said);

// --- search.cpp: what hosts can do --------------------------------------------------------------

/// Starts what finds out which encoders start.
void search(self_pointer self);
void searched(self_pointer self, const child_exit& how);
/// Its end is told like any other.
void search_is_overdue(self_pointer self);
/// Hosts get no work before it is known what they can do.
caf::result<welcome> greet_when_known(self_pointer self, const hello& said);

} // namespace vdoc::hosts
