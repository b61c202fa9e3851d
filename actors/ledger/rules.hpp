#pragma once

#include "actors/ledger/protocol.hpp"
#include "actors/ledger/terms.hpp"
#include "cluster/ledger/catch_up.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace vdoc::ledger {

/// Something that somebody wants written, and waits for under this number.
struct wish {
  std::uint64_t ticket = 0;
  std::vector<entry> entries;
  bool must_not_be_lost = false;
};

/// What LEDGER is to do. SCRIBE has one of `commit` and `look_after` at a time.
struct commit { ///< SCRIBE writes it in one transaction
  std::shared_ptr<const std::vector<entry>> entries;
};
struct look_after { ///< SCRIBE catches up with the first records of the spool
  std::string doubt;
};
struct reply {
  std::uint64_t ticket = 0;
  std::vector<written> each;
  std::string trouble;
  bool in_doubt = false; ///< it may be written in spite of the trouble
};
struct keep { ///< into the spool, in this order; then `reply` that it was spooled, or why not
  std::vector<wish> wishes;
  std::string doubt;
};
using effect = std::variant<commit, look_after, reply, keep>;
using effects = std::vector<effect>;

/// LEDGER's rules: which writes share a transaction, and what becomes of them while the database is
/// away.
///
///     up --a commit fails, or stalls--> away --caught up, spool empty--> up
///
/// Up, writes are gathered while the transaction before them is written. Away, what must not be
/// lost is spooled, in the order in which it came, and the rest is refused at once; SCRIBE is sent
/// to look after the database with every tick.
class rules {
public:
  using time = std::chrono::steady_clock::time_point;

  /// With something in the spool of an earlier process, the database counts as away until that is
  /// written.
  rules(terms with, std::size_t spooled_before, std::int64_t now_unix_ms);

  effects asked(wish what);
  effects flush(time now); ///< nothing else has been asked for the moment
  effects committed(batch_written done, std::chrono::microseconds took, time now,
                    std::int64_t now_unix_ms);
  /// What `done` says is written has been taken out of the spool before.
  effects looked_after(const caught_up& done, std::size_t spooled_now, time now,
                       std::int64_t now_unix_ms);
  effects tick(time now, std::int64_t now_unix_ms); ///< every `terms::tick`

  /// All has been answered.
  [[nodiscard]] bool is_idle() const noexcept {
    return gathered_.empty() && in_flight_.empty() && held_.empty();
  }
  /// `spooled` is not filled in.
  [[nodiscard]] const health& how() const noexcept { return how_; }

private:
  /// A wish of the batch in flight.
  struct passenger {
    std::uint64_t ticket = 0;
    bool must_not_be_lost = false;
    std::size_t first = 0, count = 0; ///< entries of the batch
  };
  void go_away(const std::string& trouble, std::int64_t now_unix_ms);
  void gather(wish what);
  std::vector<wish> take_gathered();
  void refuse(std::vector<wish> wishes, effects& todo);
  void hold(batch_written done, time now, effects& todo);
  void answer_held(fate what, effects& todo);
  void lose_patience(effects& todo);
  std::vector<wish> land();
  void send_next(time now, effects& todo);
  void look(time now, effects& todo);

  terms with_;
  health how_;
  std::vector<wish> gathered_;
  std::size_t waiting_ = 0; ///< entries gathered
  bool busy_ = false;       ///< SCRIBE
  time busy_since_;
  std::shared_ptr<const std::vector<entry>> batch_; ///< in flight
  std::vector<passenger> in_flight_;
  std::string doubt_;       ///< of a batch, while somebody waits for its fate
  std::vector<reply> held_; ///< what they hear if it was written
  time held_since_;
};

} // namespace vdoc::ledger
