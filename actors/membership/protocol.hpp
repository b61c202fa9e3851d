#pragma once

#include "actors/hosts/protocol.hpp"
#include "cluster/membership/member.hpp"
#include "cluster/resources/node_load.hpp"

#include <caf/meta/type_name.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace vdoc::membership {

/// What the leader says to a node: "are you there?".
using envoy = caf::typed_actor<caf::replies_to<hosts::ping>::with<hosts::pong>>;

/// A worker node is there: the first thing it says, and again every few seconds.
struct announce {
  announcement what;
  /// Settings that results depend on, "key=value"; they have to be those of the leader.
  std::vector<std::string> marks;
  envoy who;
};
struct admission {
  std::uint64_t number = 0; ///< 0: it stays out and may try again
  std::uint32_t protocol = 0;
  std::string why;
  bool is_to_go = false; ///< it is drained: it finishes what it has, and ends
};

/// A media host of a worker node is there. Its node has to be let in already.
struct visit {
  std::string node;
  std::string node_incarnation;
  hosts::hello said;
  std::string blob_key; ///< its public key on the data plane, of this process
};
/// It is to copy what is in the first file into the second one, and then to say `files_seen`.
struct visit_answer {
  bool accepted = false;
  bool soon = false; ///< not accepted yet: its node is about to come
  std::string why;   ///< not accepted: it may try again
  std::string read_from;
  std::string write_to;
  std::uint16_t blob_port = 0; ///< of the data plane, at the address that it has dialled; 0: none
  std::string blob_key;        ///< the leader's public key there
};
/// What came of that. Said again every few seconds, so that a host learns when the leader has given
/// it up.
struct files_seen {
  std::string node;
  std::string host_id;
  std::string incarnation;
  std::string trouble;        ///< empty: the copy is made
  bool reaches_blobs = false; ///< it is not, but the data plane answers
};
struct files_answer {
  bool works = false;
  bool unknown = false; ///< what it did is done elsewhere: it has to come anew
  std::string why;      ///< it gets no work, and may look again later
};

/// How busy the node is: every few seconds, once it was let in with `protocol_with_load` or newer.
struct how_loaded {
  std::string node;
  std::string incarnation;
  resources::node_load load;
};

/// How a media host of this node has ended, as its own node saw it.
struct host_ended {
  std::string node;
  std::string host_id;
  std::string incarnation;
  dispatch::host_loss loss;
};
/// The node wants to end: its hosts are to get nothing new. Said again until they have nothing
/// left.
struct going {
  std::string node;
  std::string incarnation;
};
struct going_answer {
  bool idle = false;
};
/// The node ends in good order.
struct farewell {
  std::string node;
  std::string incarnation;
};

/// What other nodes may say to the leader: the only actor that is published on the cluster's port.
using front = caf::typed_actor<
    caf::replies_to<announce>::with<admission>, caf::replies_to<visit>::with<visit_answer>,
    caf::replies_to<files_seen>::with<files_answer>, caf::replies_to<going>::with<going_answer>,
    caf::reacts_to<host_ended>, caf::reacts_to<farewell>, caf::reacts_to<how_loaded>>;

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, protocol_range& x) {
  return f(x.oldest, x.newest);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, announcement& x) {
  return f(x.node, x.incarnation, x.version, x.speaks, x.offers);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, announce& x) {
  return f(caf::meta::type_name("vdoc::membership::announce"), x.what, x.marks, x.who);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, admission& x) {
  return f(caf::meta::type_name("vdoc::membership::admission"), x.number, x.protocol, x.why,
           x.is_to_go);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, visit& x) {
  return f(caf::meta::type_name("vdoc::membership::visit"), x.node, x.node_incarnation, x.said,
           x.blob_key);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, visit_answer& x) {
  return f(caf::meta::type_name("vdoc::membership::visit_answer"), x.accepted, x.soon, x.why,
           x.read_from, x.write_to, x.blob_port, x.blob_key);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, files_seen& x) {
  return f(caf::meta::type_name("vdoc::membership::files_seen"), x.node, x.host_id, x.incarnation,
           x.trouble, x.reaches_blobs);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, files_answer& x) {
  return f(caf::meta::type_name("vdoc::membership::files_answer"), x.works, x.unknown, x.why);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, host_ended& x) {
  return f(caf::meta::type_name("vdoc::membership::host_ended"), x.node, x.host_id, x.incarnation,
           x.loss);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, how_loaded& x) {
  return f(caf::meta::type_name("vdoc::membership::how_loaded"), x.node, x.incarnation, x.load);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, going& x) {
  return f(caf::meta::type_name("vdoc::membership::going"), x.node, x.incarnation);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, going_answer& x) {
  return f(caf::meta::type_name("vdoc::membership::going_answer"), x.idle);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, farewell& x) {
  return f(caf::meta::type_name("vdoc::membership::farewell"), x.node, x.incarnation);
}

} // namespace vdoc::membership
