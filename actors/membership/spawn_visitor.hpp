#pragma once

#include "actors/hosts/protocol.hpp"
#include "net/blobs/client.hpp"
#include "net/dial/reach.hpp"

#include <caf/actor.hpp>
#include <caf/fwd.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace vdoc::membership {

/// What VISITOR needs to know, and what it does when the leader has given this host up.
struct visitor_means {
  std::vector<net::dial_place> seeds; ///< who may lead
  std::string node;                   ///< name of our node ...
  std::string node_incarnation;
  hosts::hello said; ///< ... and ourselves, as our node knows us
  /// What it offers at the moment beside that; may be empty.
  std::function<std::vector<std::string>()> more_offers;
  std::uint32_t seed = 1; ///< of the jitter
  /// Files of tasks are not ours: from now on they are fetched by this one. Throws
  /// std::runtime_error when there is no place for them.
  std::function<void(std::shared_ptr<blobs::client>)> move_files;
  /// The last connection of this process is there: the leader's, and the data plane's if there is
  /// one. It need never dial again.
  std::function<void(const std::shared_ptr<blobs::client>& files)> on_connected;
  /// The leader is gone, or has given what we do to others. It is not looked for again.
  std::function<void()> on_lost;
};

/// Starts VISITOR, which has a media host work for the leader of a cluster: looks for it for ever,
/// says hello, and shows that it sees the leader's files, or that it can fetch them. Has a thread
/// of its own.
caf::actor spawn_visitor(caf::actor_system& system, visitor_means with);

} // namespace vdoc::membership
