#pragma once

#include "cluster/desk/node_view.hpp"
#include "cluster/ledger/records.hpp"
#include "cluster/membership/node_orders.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace vdoc::membership {

/// The kind of documents by which nodes announce themselves, each under its name.
constexpr const char* node_kind = "node";

/// Who is in the cluster, as one node knows it from the ledger: each node writes its document anew
/// every second, and is thought to be there for as long as that is seen to happen. No clock of
/// another machine is asked. Any thread.
class node_book {
public:
  using time_point = std::chrono::steady_clock::time_point;

  explicit node_book(desk::node_view me) : me_{std::move(me)} {}

  /// Where this node can be asked, once its doors are open; both empty: it has none.
  void opened(const std::string& zmq, const std::string& http);
  /// How busy this node is, from here on.
  void is_loaded(resources::node_load now);
  /// This node's own document, with the time of now.
  [[nodiscard]] ledger::document announcement(std::int64_t now_unix_ms) const;
  /// All documents of nodes, as they are at the moment.
  void read(const std::vector<ledger::document>& all, time_point now);
  /// What is ordered of nodes, as it is written. Not heeded while this node leads: MEMBERSHIP knows
  /// it better.
  void read_orders(const std::vector<ledger::document>& all);
  /// What MEMBERSHIP of a node that leads knows: what is ordered, and who has joined.
  void leader_knows(std::map<std::string, node_orders> orders, std::vector<desk::node_view> joined);
  /// Somebody holds the lease, by the incarnation of its process; empty: nobody.
  void leads(const std::string& incarnation);
  /// This node does the work of the leader.
  void works(bool it_does);

  /// By name.
  [[nodiscard]] std::vector<desk::node_view> all() const;
  /// Of the node that leads, as far as it is known.
  [[nodiscard]] desk::node_doors leader() const;
  [[nodiscard]] bool is_working() const;
  /// Its doors are open, or it has none.
  [[nodiscard]] bool is_open() const;
  /// Whether this process is drained, and follows.
  [[nodiscard]] bool is_to_go() const;
  /// This node, as it announces itself.
  [[nodiscard]] desk::node_view me() const;
  /// Documents of nodes that have been silent for an hour: to be removed if they still are so.
  [[nodiscard]] std::vector<ledger::document> forgotten(time_point now) const;

private:
  struct row {
    desk::node_view shown;
    std::int64_t version = 0;
    time_point changed;
  };

  mutable std::mutex mutex_;
  desk::node_view me_;
  std::string leader_;
  bool is_open_ = false;
  bool works_ = false;
  std::map<std::string, row> rows_;
  std::map<std::string, node_orders> orders_;
  std::vector<desk::node_view> joined_; ///< while this node leads
};

} // namespace vdoc::membership
