#pragma once

#include "actors/node/node.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace vdoc::node {

/// A WORKER NODE: media hosts that work for whoever leads the cluster, and nothing else; no ledger,
/// no jobs. It supervises them as any node does.
///
///     NODE (all_for_one)
///     |- envoy   speaks for the node at the leader
///     `- hosts   one child process each; each of them dials the leader itself
///
/// Owned by one thread. Not more than one node of any kind per process.
class worker_node {
public:
  /// `what.cluster` is needed; of the rest what is about hosts counts. `seeds` is where those
  /// listen who may lead. Throws vdoc::failure.
  /// `drained` is called once, from any thread, when an operator has drained the node.
  worker_node(node_settings what, const std::vector<std::string>& seeds,
              const failure_listener& on_failure, std::function<void()> drained);
  worker_node(const worker_node&) = delete;
  worker_node& operator=(const worker_node&) = delete;
  ~worker_node();

  /// Asks that its media hosts get nothing new; whether they have nothing left. To be called again
  /// until then. Returns within six seconds.
  bool may_go();
  /// Ends everything, as a node does.
  void stop(std::chrono::milliseconds grace);

private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

} // namespace vdoc::node
