#pragma once

#include "net/blobs/message.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <variant>
#include <vector>

namespace vdoc::blobs {

struct transfer_terms {
  std::size_t most_open = 16;        ///< requests without an answer; a chunk each
  std::int64_t long_ms = 400;        ///< an answer that takes longer: less at a time
  std::int64_t quiet_ms = 1'500;     ///< without any answer: what is open is asked again
  std::int64_t patience_ms = 20'000; ///< without any answer: given up
  unsigned most_damaged = 5;         ///< chunks of one transfer that may come damaged
};

/// Gets a file, from `have` on.
struct fetch_order {
  std::string pass;
  std::string file;
  std::uint64_t have = 0;
  digest sum{}; ///< of those
};
/// Hands a result in.
struct hand_in_order {
  std::string pass;
  std::string file;
  std::uint64_t bytes = 0;
};
/// Asks whether the leader answers us at all.
struct greet_order {};
using transfer_order = std::variant<fetch_order, hand_in_order, greet_order>;

/// How a transfer has ended.
struct transfer_end {
  enum class kind : std::uint8_t {
    done,
    refused,     ///< by the leader: see `verdict`
    unreachable, ///< it does not answer, or all that comes is damaged
    local,       ///< our own disk
  };
  kind how = kind::done;
  verdict said = verdict::done;
  std::string why;
};

using transfer_id = std::uint64_t;

/// Send it. Of a `write`, who has the file fills in `bytes` (`length` from `offset` on) and `sum`.
struct ask {
  transfer_id of = 0;
  request what;
  std::size_t length = 0;
};
/// Bytes that came, and are what was sent.
struct keep {
  transfer_id of = 0;
  std::uint64_t offset = 0;
  std::string bytes;
};
struct over {
  transfer_id of = 0;
  transfer_end end;
};
using transfer_effect = std::variant<ask, keep, over>;
using transfer_effects = std::vector<transfer_effect>;

/// A host's side of the data plane, without socket and disk: several transfers at a time take turns
/// with a number of open requests, their credit. It falls while answers take long, so that a slow
/// link stays open for heartbeats, and grows otherwise. What was asked and not answered, because a
/// connection broke, is asked again, and nothing else is. Times are of a clock that never steps.
class transfer_rules {
public:
  explicit transfer_rules(const transfer_terms& terms = {}) : terms_{terms} {}

  /// `id` is new.
  transfer_effects begin(transfer_id id, const transfer_order& what, std::int64_t now_ms);
  transfer_effects on(answer from, std::int64_t now_ms);
  /// To be called several times a second.
  transfer_effects tick(std::int64_t now_ms);
  /// Our own disk refuses what this transfer needs.
  transfer_effects fail_locally(transfer_id id, const std::string& why, std::int64_t now_ms);

  [[nodiscard]] std::size_t credit() const noexcept { return credit_; }
  [[nodiscard]] std::size_t open() const noexcept { return open_.size(); }
  [[nodiscard]] std::size_t transfers() const noexcept { return all_.size(); }
  [[nodiscard]] std::uint64_t asked_again() const noexcept { return asked_again_; }

private:
  enum class phase : std::uint8_t { first_question, chunks, last_question };
  struct transfer {
    transfer_order what;
    phase at = phase::first_question;
    std::uint64_t next = 0; ///< offset
    std::uint64_t size = 0;
    std::size_t open = 0; ///< requests
    unsigned damaged = 0;
  };
  struct open_request {
    ask it;
    std::int64_t since_ms = 0;
  };
  void go_on(std::int64_t now_ms, transfer_effects& out);
  bool next_of(transfer_id id, transfer& it, std::int64_t now_ms, transfer_effects& out);
  void send(transfer_id id, transfer& it, request what, std::size_t length, std::int64_t now_ms,
            transfer_effects& out);
  void end(transfer_id id, transfer_end how, transfer_effects& out);
  void take(const ask& asked, answer from, std::int64_t now_ms, transfer_effects& out);
  void ask_again(ask what, std::int64_t now_ms, transfer_effects& out);
  void adapt(std::int64_t took_ms);

  transfer_terms terms_;
  std::map<transfer_id, transfer> all_;
  std::deque<transfer_id> turns_;
  std::map<std::uint64_t, open_request> open_; ///< by number
  std::uint64_t numbers_ = 0;
  std::uint64_t asked_again_ = 0;
  std::size_t credit_ = 2;
  std::int64_t heard_ms_ = 0; ///< the last answer, or the first question after a pause
  std::int64_t asked_ms_ = 0; ///< when what is open was last asked again
};

} // namespace vdoc::blobs
