#pragma once

#include "cluster/dispatch/host_loss.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <variant>
#include <vector>

namespace vdoc::membership {

/// When a media host of another node is thought to be gone.
struct visitor_terms {
  std::int64_t silence_ms = 3'500; ///< without an answer while its node answers: it hangs
  std::int64_t cause_ms = 700;     ///< from a broken connection until we stop waiting for the cause
  std::int64_t tick_ms = 500;      ///< how often `tick` is called, about
};

/// The name of a media host in the whole cluster: "node-a/host-1".
std::string visitor_name(const std::string& node, const std::string& host);

/// The host may be given work.
struct visitor_works {
  std::string name;
};
/// What it had is lost. Comes once for each that worked.
struct visitor_lost {
  std::string name;
  std::string incarnation;
  dispatch::host_loss loss;
};
using visitor_effect = std::variant<visitor_works, visitor_lost>;
using visitor_effects = std::vector<visitor_effect>;

/// The media hosts of other nodes that work for us: the rules, without clock or connection. Their
/// own node starts and ends the processes and knows best why one has ended, if it can still say so;
/// we see that a connection breaks and that nothing is answered.
///
///     (new) --hello--> visiting --it sees our files--> working
///     working --its node says how it ended--> gone, with that cause
///     working --connection broke, no cause within 0.7 s--> gone: lost
///     working --silent for 3.5 s while its node answers--> gone: hung
///     any --its node is lost--> gone: lost;  working --hello of another incarnation--> gone: lost
///
/// Times are of our steady clock. A host that is gone has to come as another process.
class visitor_rules {
public:
  explicit visitor_rules(const visitor_terms& terms = {}) : terms_{terms} {}

  visitor_effects hello(const std::string& node, const std::string& host,
                        const std::string& incarnation, std::int64_t now_ms);
  /// It has read and written a file of ours.
  visitor_effects sees_our_files(const std::string& name, const std::string& incarnation,
                                 std::int64_t now_ms);
  void answered(const std::string& name, const std::string& incarnation, std::int64_t now_ms);
  void connection_broke(const std::string& name, const std::string& incarnation,
                        std::int64_t now_ms);
  visitor_effects ended(const std::string& name, const std::string& incarnation,
                        const dispatch::host_loss& how);
  visitor_effects node_lost(const std::string& node, const std::string& why);
  /// `node_answers` says whether a node was heard of lately.
  visitor_effects tick(std::int64_t now_ms,
                       const std::function<bool(const std::string& node)>& node_answers);

  [[nodiscard]] bool works(const std::string& name) const;
  [[nodiscard]] bool is_here(const std::string& name, const std::string& incarnation) const;
  /// Those of a node, by name.
  [[nodiscard]] std::vector<std::string> of_node(const std::string& node) const;

private:
  struct row {
    std::string node;
    std::string incarnation;
    bool works = false;
    std::int64_t heard_ms = 0;
    std::int64_t broke_ms = -1; ///< -1: it has not
  };
  row* known(const std::string& name, const std::string& incarnation);
  static void lose(const std::string& name, const row& it, const dispatch::host_loss& how,
                   visitor_effects& out);

  visitor_terms terms_;
  std::map<std::string, row> rows_;
  std::int64_t ticked_ms_ = -1;
};

} // namespace vdoc::membership
