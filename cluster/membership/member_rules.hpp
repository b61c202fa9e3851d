#pragma once

#include "cluster/membership/member.hpp"
#include "cluster/membership/node_orders.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace vdoc::membership {

/// When a silent node is thought to be gone. The same on all nodes.
struct member_terms {
  std::int64_t suspect_after_ms = 2'000;
  std::int64_t down_after_ms = 4'500;           ///< a hang or a cut is seen in less than 5 s
  std::int64_t forgotten_after_ms = 86'400'000; ///< that is down, without an operator's order on it
};

/// How a node was lost.
enum class member_loss : std::uint8_t {
  crashed, ///< its connection broke: the process has ended, most likely
  silent,  ///< the connection stands, and nothing comes: it hangs, or the way to it is cut
  left,    ///< it said so
  replaced ///< another process of the same name took its place
};

/// The node may work; what it does carries its admission.
struct admitted {
  std::string node;
  std::uint64_t admission = 0;
  std::uint32_t protocol = 0;
};
/// Told to the node, which stays out and may try again.
struct refused {
  std::string node;
  std::string incarnation;
  std::string why;
};
/// Its work is to be done elsewhere; what it still says of that admission is stale.
struct lost {
  std::string node;
  std::uint64_t admission = 0;
  member_loss how = member_loss::silent;
};
/// For the event feed, the ledger and the console. State, reason and since when are the member's.
struct changed {
  std::string node;
  member_state from = member_state::joining;
  member_state to = member_state::up;
};
/// What is ordered of the node has changed by itself: to be written.
struct orders_over {
  std::string node;
};
using member_effect = std::variant<admitted, refused, lost, changed, orders_over>;
using member_effects = std::vector<member_effect>;

/// The version that two speak, or why they cannot, for people.
struct agreement {
  std::uint32_t protocol = 0; ///< the newest that both know; 0: there is none
  std::string why;
};
agreement agree(const protocol_range& ours, const announcement& theirs);

/// Who is in the cluster and how they are: MEMBERSHIP's rules, without clock or connection. Times
/// are of the leader's steady clock.
///
///     (new) --announced--> joining --protocols agree, name is free--> up
///     up --silent for 2 s--> suspect --heard--> up
///     suspect --silent for 4.5 s--> down;  any --connection broke--> down
///     down --announced--> up, with another admission
///
/// An operator's order (cordon, drain) and a quarantine lie on the name of a node and outlast its
/// processes, and this leader; a drain is for one process, and the next one works again. A name
/// belongs to one process at a time: another one is let in when the first is not heard of any more.
class member_rules {
public:
  member_rules(protocol_range speaks, const member_terms& terms,
               std::uint64_t admissions_before = 0)
      : speaks_{speaks}, terms_{terms}, admissions_{admissions_before} {}

  member_effects announced(const announcement& what, std::int64_t now_ms);
  /// Nothing happens when the process is not the one that is known; it has to announce itself.
  member_effects heard(const std::string& node, const std::string& incarnation,
                       std::int64_t now_ms);
  member_effects connection_broke(const std::string& node, const std::string& incarnation,
                                  std::int64_t now_ms);
  member_effects leaves(const std::string& node, const std::string& incarnation,
                        std::int64_t now_ms);
  /// What follows from nobody saying anything.
  member_effects tick(std::int64_t now_ms);
  /// When `tick` is worth calling; nothing: never.
  [[nodiscard]] std::optional<std::int64_t> wake_at_ms() const;

  /// The process says that it is going to end; it gets nothing new.
  member_effects goes(const std::string& node, const std::string& incarnation,
                      const std::string& why, std::int64_t now_ms);
  /// What operators, and whoever judges nodes, want of a node from here on: in place of what there
  /// was. It may come later.
  member_effects order(const std::string& node, const node_orders& all, std::int64_t now_ms);
  [[nodiscard]] node_orders orders_of(const std::string& node) const;
  [[nodiscard]] std::map<std::string, node_orders> orders() const; ///< of nodes that have any
  /// A process of that name works, though not for this leader: a drain of another one is over.
  member_effects is_elsewhere(const std::string& node, const std::string& incarnation);

  /// Whether it may get new work.
  [[nodiscard]] bool takes_work(const std::string& node) const;
  /// Those that are there or may be, and may not.
  [[nodiscard]] std::vector<std::string> closed() const;
  /// Whether a result of that admission counts.
  [[nodiscard]] bool is_current(const std::string& node, std::uint64_t admission) const;
  [[nodiscard]] const member* find(const std::string& node) const;
  [[nodiscard]] std::vector<member> all() const; ///< by name

private:
  enum class health : std::uint8_t { joining, up, suspect, down };
  struct row {
    member shown;
    health is = health::joining;
    std::string health_reason;
    node_orders orders;
    std::string going; ///< not empty: it says that it goes, and why
    std::int64_t heard_ms = 0;
  };

  row& row_of(const std::string& node, std::int64_t now_ms);
  row* known(const std::string& node, const std::string& incarnation);
  void show(row& it, std::int64_t now_ms, member_effects& out);
  void lose(row& it, member_loss how, const std::string& why, std::int64_t now_ms,
            member_effects& out);
  static void end_drain_of_others(row& it, const std::string& incarnation, member_effects& out);

  protocol_range speaks_;
  member_terms terms_;
  std::uint64_t admissions_;
  std::map<std::string, row> rows_;
};

} // namespace vdoc::membership
