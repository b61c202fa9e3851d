#pragma once

#include "cluster/membership/lease_rules.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace vdoc::leader {

/// How long a leader waits for what of the one before it may still be at work.
struct stance_terms {
  /// Media hosts of a node that hangs end themselves when it has been silent for 4 s; a node that
  /// is cut off from the database looks into the folder every 0.1 s.
  std::chrono::milliseconds patience{4'500};
  /// Whoever stood still for so long has to think that somebody else is at work. After less he is
  /// unsure at most: whoever has taken the lease from him waits for `patience` first, and he sees
  /// in the folder or from the database that he is to end within a fraction of that.
  std::chrono::milliseconds stood_still{2'500};
};

/// Write the epoch into the folder of the cluster, for a leader before us that sees the folder and
/// not the database.
struct mark_folder {
  std::uint64_t epoch = 0;
};
/// Find out whether the process that had this lease before is dead; again until it is, or until
/// `begin_work`.
struct look_for_death {
  ledger::lease of;
};
/// Start the work, all of whose writes carry the epoch.
struct begin_work {
  std::uint64_t epoch = 0;
};
/// End it at once, with all that works for it.
struct kill_work {
  std::string why;
};
using stance_effect = std::variant<mark_folder, look_for_death, begin_work, kill_work>;
using stance_effects = std::vector<stance_effect>;

/// LEADER's rules: what becomes of the work as the lease comes and goes, without actor or clock.
///
///     following --lead--> waiting --the one before is gone--> working
///     working --could not renew--> unsure --lead, same epoch--> working
///     waiting | working | unsure --somebody else leads--> following
///
/// The work goes on while the database is away: nobody can take the lease then, and what it writes
/// is fenced. A leader that is cut off from a database which others reach learns of the next one by
/// the epoch in the folder, where its results would go.
class stance {
public:
  using time_point = membership::lease_rules::time_point;
  enum class phase : std::uint8_t { following, waiting, working, unsure };

  explicit stance(const stance_terms& terms = {}) : terms_{terms} {}

  /// `before` is the lease as it was taken from; `is_free` when its holder had left in order, or
  /// was this very folder's.
  stance_effects leads(std::uint64_t epoch, const ledger::lease& before, bool is_free,
                       time_point now);
  stance_effects stopped(const membership::stop_leading& how);
  /// Somebody else has the lease.
  stance_effects follows(const std::string& whom);
  /// A write was refused because the epoch is over.
  stance_effects refused(std::uint64_t epoch);
  /// What is written in the folder; 0: nothing, or it cannot be read.
  stance_effects folder_says(std::uint64_t epoch);
  /// The process that had the lease before is dead.
  stance_effects is_dead();
  stance_effects tick(time_point now);

  [[nodiscard]] phase where() const noexcept { return phase_; }
  [[nodiscard]] std::uint64_t epoch() const noexcept { return epoch_; }
  /// Whether the folder is to be looked at.
  [[nodiscard]] bool is_unsure() const noexcept { return phase_ == phase::unsure; }

private:
  stance_effects end(const std::string& why);

  stance_terms terms_;
  phase phase_ = phase::following;
  std::uint64_t epoch_ = 0;
  time_point begin_at_;
  time_point ticked_{};
};

} // namespace vdoc::leader
