#pragma once

#include "cluster/ledger/leases.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace vdoc::membership {

/// How a lease is kept. The time from a leader's crash to the next leader is at most `length` +
/// `look_every` + `spread`, and what the database takes: 1.75 s as it is here.
struct lease_terms {
  std::chrono::milliseconds length{1'400}; ///< others wait so long for a sign of the holder
  /// Before that the holder stops by itself: clocks of two machines run at different speeds, and
  /// what it has begun has to end.
  std::chrono::milliseconds margin{200};
  std::chrono::milliseconds renew_every{400};
  std::chrono::milliseconds look_every{200};
  std::chrono::milliseconds spread{150}; ///< by chance, so that not all candidates ask at once
  std::chrono::milliseconds give_up_after{1'500}; ///< on a question to the database
};

/// What to ask the database. Each has a number, by which its answer is known.
struct look_at_lease {
  std::uint64_t number = 0;
};
struct take_lease {
  std::uint64_t number = 0;
  ledger::lease seen;
};
struct renew_lease {
  std::uint64_t number = 0;
  std::uint64_t epoch = 0;
};
struct release_lease {
  std::uint64_t number = 0;
  std::uint64_t epoch = 0;
};
/// This process leads from now on; all that it writes as the leader carries the epoch. The same
/// epoch as before: it could not renew in time, and nobody has taken the lease meanwhile.
struct lead {
  std::uint64_t epoch = 0;
};
/// This process leads no more.
struct stop_leading {
  std::uint64_t epoch = 0;
  std::string why;
  bool lapsed = false; ///< it could not renew; whether somebody else leads is not known
};
/// Somebody else leads, or nobody (empty holder).
struct follow {
  ledger::lease whom;
};
using lease_effect =
    std::variant<look_at_lease, take_lease, renew_lease, release_lease, lead, stop_leading, follow>;
using lease_effects = std::vector<lease_effect>;

/// Who leads a cluster: the rules of one candidate, without clock, chance or database.
///
///     following --nothing was heard of the holder for `length`--> taking --done--> leading
///     leading --renewed--> leading
///     leading --stale | not renewed for `length` - `margin` | resign--> following
///     following --not renewed in time, and nobody has taken it--> leading, with the same epoch,
///                                                   or a later one if its work was ended
///
/// No clock of the database or of the day is asked, so none of them can step: a candidate sees that
/// the lease's beat does not change, by its own steady clock, and takes it as it has seen it; the
/// holder counts from before it asked. So no two candidates think that they lead at once, as long
/// as their clocks run equally fast (within `margin` by `length`, 14 %) and whoever leads calls
/// `tick` before it acts, above all when it was stopped for a while; what it writes is fenced by
/// its epoch in any case, also on a machine that slept. Two candidates are enough, and one.
class lease_rules {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// `said` is what this candidate says with the lease. When it is given, it has to be such that
  /// nobody alive can say the same: a holder that does is dead, and its lease is free.
  lease_rules(std::string me, const lease_terms& terms, std::string said = {})
      : me_{std::move(me)}, said_{std::move(said)}, terms_{terms} {}

  lease_effects tick(time_point now);
  /// Of a question; one that is not open any more changes nothing. `chance` is in [0, 1), another
  /// one each time.
  lease_effects answered(std::uint64_t number, const ledger::lease_answer& answer, time_point now,
                         double chance);
  /// Leads no more, and lets others; does not stand again until `stand`.
  lease_effects resign(time_point now);
  void stand() noexcept { stands_ = true; }
  /// The work of the epoch was ended. It is over then, though nobody else has taken the lease: what
  /// may still write for that work is fenced off from the next.
  void work_ended() noexcept { over_ = epoch_ != 0 ? epoch_ : std::exchange(lapsed_, 0); }
  [[nodiscard]] bool stands() const noexcept { return stands_; }

  /// Whether what only a leader may do may be begun now.
  [[nodiscard]] bool leads(time_point now) const noexcept {
    return epoch_ != 0 && now < leads_until_;
  }
  [[nodiscard]] std::uint64_t epoch() const noexcept { return epoch_; } ///< 0: does not lead
  [[nodiscard]] const ledger::lease& seen() const noexcept { return seen_; }
  /// When `tick` is to be called at the latest.
  [[nodiscard]] time_point wake_at() const noexcept;

private:
  struct question {
    std::uint64_t number = 0;
    time_point asked;
    enum class kind : std::uint8_t { look, take, renew, release } what = kind::look;
  };

  std::uint64_t ask(question::kind what, time_point now);
  void saw(const ledger::lease& now_is, time_point now, double chance, lease_effects& out);
  void took(const ledger::lease& now_is, time_point asked, lease_effects& out);
  void stop(const std::string& why, lease_effects& out, bool lapsed = false);
  [[nodiscard]] bool is_lapsed(const ledger::lease& it) const noexcept {
    return lapsed_ != 0 && it.epoch == lapsed_ && it.holder == me_;
  }

  std::string me_;
  std::string said_;
  lease_terms terms_;
  bool stands_ = true;
  std::uint64_t questions_ = 0;
  std::optional<question> open_;
  std::uint64_t epoch_ = 0;
  std::uint64_t lapsed_ = 0; ///< epoch that was not renewed in time; 0: none
  std::uint64_t over_ = 0;   ///< epoch that is not led in again
  time_point leads_until_;
  time_point next_; ///< renewal or look
  ledger::lease seen_;
  bool has_seen_ = false;
  time_point free_at_; ///< when the lease may be taken if nothing changes
};

} // namespace vdoc::membership
