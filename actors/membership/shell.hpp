#pragma once

#include "actors/membership/shared_files.hpp"
#include "actors/membership/spawn.hpp"
#include "actors/wire/read_pages.hpp"
#include "cluster/membership/member_rules.hpp"
#include "cluster/membership/visitor_rules.hpp"
#include "cluster/resources/steady_ms.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

/// Inside of MEMBERSHIP: what its parts share.
namespace vdoc::membership {

/// This process is drained. Inside the process: no peer can say it.
struct end_process {};

} // namespace vdoc::membership

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::membership::end_process)

namespace vdoc::membership {

/// It is time to look around; a node's cause may be known by now; orders are read on; and the
/// above.
using inner_actor =
    actor::extend<caf::reacts_to<caf::tick_atom>, caf::reacts_to<caf::ok_atom>,
                  caf::reacts_to<ledger::load_atom, std::string>, caf::reacts_to<end_process>>;

constexpr visitor_terms terms_of_visitors{};

/// A node that was let in.
struct known_node {
  envoy who;
  std::string incarnation;
  std::int64_t heard_ms = 0;
  std::optional<resources::node_load> load; ///< as it has said last
};
/// A media host of one.
struct known_host {
  std::string node;
  hosts::hello said;
  caf::actor_addr speaker; ///< who has said it
  std::filesystem::path copy;
  bool idle = false;      ///< it gets nothing new, and has nothing left
  bool was_blind = false; ///< it did not see our files, and we have said so
  std::string blob_key;
  bool is_far = false; ///< bytes of files are moved to and from it
};

/// What MEMBERSHIP knows.
struct membership_state {
  static inline const char* name = "MEMBERSHIP";
  means with;
  dispatch::actor dispatch;
  std::optional<member_rules> members;
  visitor_rules visitors{terms_of_visitors};
  std::optional<shared_files> files; ///< where other nodes may join
  std::unique_ptr<blobs::server> blobs;
  std::map<std::string, known_node> nodes; ///< by name
  std::map<std::string, known_host> hosts; ///< by name in the cluster
  bool orders_known = false;
  std::set<std::string> under_way;             ///< nodes of which orders are being written
  std::optional<dispatch::close_nodes> closed; ///< as DISPATCH was told
  std::uint64_t pings = 0;
  std::uint64_t looks = 0;
  bool loads_are_new = false; ///< and nobody was told
};
using self_pointer = inner_actor::stateful_pointer<membership_state>;

inline std::int64_t now_ms(self_pointer self) {
  return resources::steady_ms(self->clock().now());
}

/// Carries out what the rules say, and tells others how the nodes are.
void carry_out(self_pointer self, const member_effects& todo);

// --- loads.cpp: how busy nodes are --------------------------------------------------------------

/// Keeps it, if a node could mean it.
void take_load(self_pointer self, const how_loaded& said);
/// Tells others, if anything was said since. Not with each word: many nodes say it often.
void tell_new_loads(self_pointer self);

// --- orders.cpp: towards operators and the ledger -----------------------------------------------

/// Reads what is ordered of nodes, and calls `end` when all of it is known.
void read_orders(self_pointer self, const std::string& after_key, const std::function<void()>& end);
/// Writes down what is ordered of a node now, if that can be done.
void write_orders(self_pointer self, const std::string& node);
caf::result<node_ordered> take_order(self_pointer self, const order_node& asked);
/// Quarantines a node that DISPATCH has found bad, and lets free those whose time is over.
void look_after_quarantines(self_pointer self);
/// Nodes that do not work for this leader may be other processes than those that were drained.
void look_for_new_processes(self_pointer self);
/// Tells DISPATCH who gets nothing new, and the node's book how all are.
void tell_how_all_are(self_pointer self);

} // namespace vdoc::membership
