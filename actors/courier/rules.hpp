#pragma once

#include "cluster/resources/breaker.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace vdoc::courier {

/// Something that a target is to be told.
struct delivery {
  std::string key; ///< in the ledger; also its id to the target, the same with every attempt
  std::string url;
  std::uint32_t attempts = 0;   ///< that failed so far
  std::int64_t due_unix_ms = 0; ///< not before; 0: at once
};

struct rule_terms {
  /// After the first, second, ... failure; then it is given up. Those that the Standard Webhooks
  /// specification suggests: 28 hours in all.
  std::vector<std::int64_t> waits_ms{5'000,      300'000,    1'800'000, 7'200'000,
                                     18'000'000, 36'000'000, 36'000'000};
  double jitter = 0.2; ///< of a wait, more or less
  std::int64_t put_off_ms = 1'000;
  std::size_t most_at_once = 16;
  std::size_t most_for_one_target = 2; ///< one that hangs does not keep the others waiting
  resources::breaker_terms breaker{5, 10'000, 300'000};
};

/// What became of an attempt.
enum class reply : std::uint8_t {
  taken,
  refused, ///< it does not want this one, nor will it: 410, or a URL that may not be called
  failed,  ///< anything else
  put_off, ///< it was not asked: the ledger does not say what to tell
};

/// What the shell is to do.
struct send {
  std::string key;
};
struct forget { ///< remove it from the ledger
  std::string key;
  bool delivered = false; ///< else it was given up
};
struct remember { ///< in the ledger, so that a restart does not begin from the start
  std::string key;
  std::uint32_t attempts = 0;
  std::int64_t due_unix_ms = 0;
};
struct effects {
  std::vector<send> sends;
  std::vector<forget> forgets;
  std::vector<remember> remembers;
  [[nodiscard]] bool empty() const noexcept {
    return sends.empty() && forgets.empty() && remembers.empty();
  }
};

/// What is seen of the breaker of a target. Times are Unix times.
struct breaker_view {
  std::string target; ///< "hooks.example.com:443"
  resources::breaker::position where = resources::breaker::position::closed;
  std::uint32_t failures = 0; ///< in a row
  std::int64_t since_ms = 0;  ///< it is not closed; 0: it is
  std::int64_t next_ms = 0;   ///< of the next trial, while it is open; 0: it is not
  std::uint64_t waiting = 0;  ///< deliveries that are not made yet
};

/// Who is told what, and when again: COURIER's rules.
///
///     due --send--> under way --taken--> forgotten
///                     |--failed--> waiting (longer each time) --> due
///                     |--put off--> waiting (a second, no attempt) --> due
///                     `--refused, or failed too often--> given up
///
/// Behind each target (host and port of the URL) is a breaker: one that does not answer is left
/// alone for a while, and that costs no attempts.
class rules {
public:
  explicit rules(rule_terms terms = {}, std::uint32_t seed = 1);

  /// New, or out of the ledger. One that is known is ignored.
  void add(delivery what);
  void ended(const std::string& key, reply how, std::int64_t now_unix_ms);
  /// An operator says that a target is well: what waits for it is due now.
  void reset(const std::string& target, std::int64_t now_unix_ms);
  /// What is to be done now.
  effects decide(std::int64_t now_unix_ms);
  /// When `decide` is worth asking again; nothing: when something happens.
  [[nodiscard]] std::optional<std::int64_t> next_unix_ms() const;

  [[nodiscard]] std::size_t open() const noexcept { return all_.size(); }
  /// Those of targets that have failed of late, the open ones first. Targets are anybody's to name:
  /// so many at most.
  [[nodiscard]] std::vector<breaker_view> breakers(std::size_t most = 100) const;

private:
  struct entry {
    delivery what;
    std::string target;
    bool under_way = false;
  };
  struct target {
    resources::breaker breaker;
    std::size_t under_way = 0;
    std::size_t open = 0;
  };
  [[nodiscard]] std::int64_t wait_after(std::uint32_t attempts);
  void drop(std::map<std::string, entry>::iterator which);

  rule_terms terms_;
  std::minstd_rand chance_;
  std::map<std::string, entry> all_;
  std::set<std::pair<std::int64_t, std::string>> waiting_; ///< by when they are due
  std::map<std::string, target> targets_;
  std::size_t under_way_ = 0;
  effects out_;
};

/// Host and port of a URL, in lower case: "https://Hooks.example.com/x" is "hooks.example.com:443".
std::string target_of(const std::string& url);

} // namespace vdoc::courier
