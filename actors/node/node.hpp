#pragma once

#include "actors/dispatch/protocol.hpp"
#include "actors/hosts/protocol.hpp"
#include "actors/ledger/protocol.hpp"
#include "actors/ledger/reader_protocol.hpp"
#include "actors/membership/spawn.hpp"
#include "actors/node/cluster_place.hpp"
#include "actors/node/cluster_plan.hpp"
#include "actors/node/standing_tree.hpp"
#include "actors/supervision/supervisor.hpp"
#include "cluster/resources/load_watch.hpp"
#include "cluster/resources/measures.hpp"
#include "pipelines/fault.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace vdoc::node {

/// The handles of what a node runs. They do not survive a restart of the engine: let `start_work`
/// be called again, or monitor and ask again.
struct services {
  ledger::actor ledger;
  /// The newest LEDGER, and READER if it runs: they are restarted on their own. Any thread, also
  /// when the node is gone.
  std::function<ledger::actor()> find_ledger;
  std::function<ledger::reader()> find_reader;
  /// Of the read replica if there is one, else the same as `find_reader`: may be late.
  std::function<ledger::reader()> find_lister;
  dispatch::actor dispatch;
  hosts::actor hosts;
  /// Says whom its media hosts work for; any thread. Empty: they always work for the same.
  std::function<void(const hosts::work_for&)> lend_hosts;
  /// What MEMBERSHIP, a part of the leader's work, needs of this node: how other nodes may join, if
  /// they may, and what is lent to them.
  std::function<membership::means(const lending&)> membership;
  std::function<supervision::actor()> find_root; ///< of the node's tree; null at its very start
  std::function<void()> close_cluster_port; ///< when that was killed; empty where there is none
};

/// What a node is to run.
struct node_settings {
  std::string database;        ///< "out/video-doc.db", in a folder that exists, or postgresql://...
  std::filesystem::path spool; ///< what waits for a database that is away; empty: nothing does
  bool with_reader = false;    ///< READER runs, too
  std::string replica;         ///< postgresql://..., for lists and histories; empty: none
  std::size_t readers = 4;     ///< questions at a time, of each of the two
  std::filesystem::path executable{"/proc/self/exe"};
  std::vector<std::string> host_words{"media-host"}; ///< come first on a host's command line
  /// Of what finds out which encoders start; empty: nobody needs to know.
  std::vector<std::string> search_words;
  std::uint16_t hosts = 2;                            ///< media host processes
  dispatch::slots capacity;                           ///< of each host
  std::vector<std::string> host_environment;          ///< "KEY=value", over our own
  std::uint32_t host_memory_mib = 0;                  ///< 0: no limit
  bool twins = true;                                  ///< of stragglers, on other nodes
  std::map<std::string, std::uint32_t> tenant_shares; ///< of slots; 1 where nothing is said
  std::vector<std::string> offers;                    ///< what work may need: "gpu", "zone:eu-1"
  std::optional<cluster_place> cluster;               ///< nothing: it works alone
  /// Its media hosts always work for whoever leads, who listens at one of these places; empty: for
  /// this node. Needs `cluster`.
  std::vector<std::string> lent_to;
  bool may_lend = false;   ///< they do so when `services::lend_hosts` says it. Needs `cluster`
  std::string incarnation; ///< of this process, as it is known there
  std::function<void()> drained; ///< called once, on any thread, when an operator has drained it
  /// Hears what hosts print; any thread; may be empty.
  std::function<void(const std::string& host_id, const std::string& line)> on_host_line;
  /// What is counted by LEDGER and HOSTS.
  std::shared_ptr<resources::measures> measures = std::make_shared<resources::measures>();
  std::shared_ptr<resources::load_watch> load; ///< of this node; null: nobody is told of it
  /// Starts what works on the node (JOBS), as the last of the engine's crash group: when DISPATCH
  /// or HOSTS crash it is ended too, and called again with the new handles. A normal end is final.
  /// May be empty. Runs on a scheduler's thread; must not block.
  std::function<caf::actor(caf::actor_system&, const services&)> start_work;
  bool work_supervises = false; ///< it is a SUPERVISOR
};

/// A NODE: the supervision tree of one process, with its media hosts. Opens no media.
///
///     NODE (one_for_one)
///     |- ledger, reader if it is asked for, and lister: a reader of the replica
///     `- engine (all_for_one)
///        |- dispatch
///        |- envoy      where its media hosts are or may be lent: speaks for the node at the leader
///        |- hosts      one child process each, restarted by rules of their own
///        `- work       what `start_work` started, if anything
///
/// Owned by one thread, except where it says so. Not more than one per process.
class node {
public:
  /// Makes certificates, opens the ledger, starts the tree. Throws vdoc::failure when that is not
  /// possible (disk, database, no port).
  explicit node(node_settings settings, const failure_listener& on_failure = {});
  node(const node&) = delete;
  node& operator=(const node&) = delete;
  /// Like `stop` with the default grace.
  ~node();

  [[nodiscard]] caf::actor_system& system() noexcept;
  /// Waits up to `patience` for the actors to be there (their hosts come up on their own). Throws
  /// vdoc::failure when they are not.
  services find_services(std::chrono::milliseconds patience = std::chrono::seconds{5});
  /// For actors: ask it `whereis` "ledger", "engine/dispatch", "engine/hosts",
  /// "engine/work".
  [[nodiscard]] supervision::actor root() const;
  [[nodiscard]] supervision::tree tree();
  /// Of a node whose media hosts are or may be lent: see hosts_may_go.
  bool may_go();
  /// With `trouble` when nothing can work any more.
  [[nodiscard]] hosts::census census();

  /// Ends everything right to left: hosts are asked and, after `grace`, killed; the ledger commits
  /// and closes last. Then destroys the actor system, which waits for every actor: end your own
  /// first. Afterwards no process of ours is left. A watchdog ends the process by `_exit(70)` if
  /// that takes more than `grace` + 5 s.
  void stop(std::chrono::milliseconds grace = std::chrono::seconds{3});

private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

} // namespace vdoc::node
