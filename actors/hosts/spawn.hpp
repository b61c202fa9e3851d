#pragma once

#include "actors/dispatch/protocol.hpp"
#include "actors/hosts/host_rules.hpp"
#include "actors/hosts/memory_kills.hpp"
#include "actors/hosts/protocol.hpp"
#include "actors/supervision/child_process.hpp"
#include "cluster/resources/measures.hpp"
#include "cluster/resources/node_load.hpp"

#include <caf/fwd.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace vdoc::hosts {

using supervision::launch;
using supervision::launch_order;
using supervision::process;
using supervision::usage;

/// Where a media host is to be found, and who it is.
struct host_name {
  std::string host_id;
  std::string incarnation;
  std::uint16_t port = 0;                ///< of the node, on 127.0.0.1
  std::size_t which = 0;                 ///< of the hosts of its node, from 0
  std::vector<std::string> leaders = {}; ///< it works for whoever leads there; empty: for its node
};

/// What HOSTS needs of the world. Everything is called on HOSTS' thread.
struct means {
  std::uint16_t count = 2;
  std::uint32_t seed = 1;
  dispatch::host_place place; ///< of all of them
  std::string nonce;          ///< makes incarnations of this node unlike those of any other
  host_limits limits;
  std::vector<std::string> leaders; ///< that they work for at first, see work_for
  /// Hears of them while they work for another node; null: the same as while they do not.
  dispatch::host_book abroad;
  /// Publishes the door that media hosts knock at; returns its port. May throw.
  std::function<std::uint16_t(const front&)> open_door;
  std::function<void(const front&, std::uint16_t port)> close_door;
  /// The program, its words and its environment; HOSTS fills in the callbacks.
  std::function<launch_order(const host_name&)> order;
  /// A program that prints which encoders start, "encoder:x264enc", one on each line, and ends
  /// with 0. It is run once; hosts get no work before it has ended. Empty: none is offered.
  std::function<launch_order()> search;
  std::function<std::unique_ptr<process>(launch_order)> start; ///< may throw
  std::function<std::uint64_t()> memory_kills; ///< see memory_kills.hpp; empty: not known
  std::function<void(const std::string& host_id, const std::string& line)> on_line; ///< any thread
  std::shared_ptr<resources::measures> measures = std::make_shared<resources::measures>();
  /// Hears every few seconds what each of them uses; may be empty.
  std::function<void(std::vector<resources::host_use>)> told_use;
  bool detached = true; ///< starting processes blocks for milliseconds; false in stepped tests
};

/// Starts HOSTS, which starts its media hosts. Asked to end, it ends them first; killed or crashed,
/// it takes them along. When none of them can be started it ends with an error that says why.
actor spawn(caf::actor_system& system, dispatch::host_book dispatch, means with);

} // namespace vdoc::hosts
