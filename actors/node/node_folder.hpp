#pragma once

#include "cluster/ledger/leases.hpp"

#include <filesystem>
#include <string>

namespace vdoc::node {

/// What belongs to one node in the folder of a service, which all nodes of a cluster share:
///
///     DIR/nodes/<name>/lock             held while the node runs; an id, made with it, is in it
///     DIR/nodes/<name>/spool.jsonl      what waits for a ledger that is away
///     DIR/nodes/<name>/work-spool.jsonl the same of the work that the node does as the leader
///     DIR/nodes/<name>/passing/         files on their way from one artefact store to the other
class node_folder {
public:
  /// Makes it if need be, and takes it for this process until the end; what was on its way in an
  /// earlier process is gone then. Throws vdoc::failure:
  /// another node of that name works there, or it cannot be written.
  node_folder(const std::filesystem::path& service, std::string name);
  node_folder(const node_folder&) = delete;
  node_folder& operator=(const node_folder&) = delete;
  ~node_folder();

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] std::filesystem::path spool() const { return path_ / "spool.jsonl"; }
  [[nodiscard]] std::filesystem::path work_spool() const { return path_ / "work-spool.jsonl"; }

  [[nodiscard]] std::filesystem::path passing() const { return path_ / "passing"; }

  /// What this node says with the lease: {"node": its name, "lock": the id in its lock, "cluster":
  /// where the cluster's port is while it leads; left out if nobody can come there}. Nobody else
  /// can say that while this process lives: it is for who holds the lock.
  [[nodiscard]] std::string said(const std::string& cluster_place) const;

private:
  std::string name_;
  std::filesystem::path path_;
  std::string id_;
  int lock_ = -1;
};

/// Whether the process that has said this with a lease is dead for sure: the lock that it held for
/// as long as it lived is free. False when that cannot be seen from here.
bool is_dead(const std::filesystem::path& service, const ledger::lease& of);

/// The name of the holder, for people; empty when it is nobody or says none.
std::string node_in(const ledger::lease& of);
/// Where the cluster's port of the holder is, "10.0.0.5:7400"; empty when it does not say so.
std::string cluster_place_in(const ledger::lease& of);

} // namespace vdoc::node
