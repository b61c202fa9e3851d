#pragma once

#include "cluster/ledger/records.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace vdoc::membership {

/// The kind of documents in which orders on nodes are kept, each under the name of its node. The
/// leader alone writes them, so they hold whoever leads.
constexpr const char* order_kind = "node_order";

/// One order on a node.
struct node_order {
  std::string why; ///< for people; may be empty
  std::string by;  ///< who gave it
  std::int64_t since_unix_ms = 0;
  std::string incarnation; ///< of a drain: the process that is to end
  friend bool operator==(const node_order&, const node_order&) = default;
};

/// What is ordered of a node. It outlasts the node's processes, except that a drain is for one
/// process only.
struct node_orders {
  std::optional<node_order> cordon;
  std::optional<node_order> drain;
  std::optional<node_order> quarantine;

  [[nodiscard]] bool none() const noexcept { return !cordon && !drain && !quarantine; }
  /// The one that is shown: quarantine before drain before cordon; null: there is none.
  [[nodiscard]] const node_order* first() const noexcept;
  friend bool operator==(const node_orders&, const node_orders&) = default;
};

/// "also cordoned: new disk", of a node that is not there; "" without orders.
std::string also_ordered(const node_orders& orders);

/// Without orders its body is empty: the document is removed. Takes any version.
ledger::document to_document(const std::string& node, const node_orders& orders);
/// What cannot be read is no order.
node_orders orders_in(const ledger::document& stored);

} // namespace vdoc::membership
