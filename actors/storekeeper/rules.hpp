#pragma once

#include "actors/storekeeper/orders.hpp"
#include "cluster/artefacts/results.hpp"
#include "cluster/resources/breaker.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace vdoc::storekeeper {

struct rule_terms {
  /// Before a file of a job that waits is tried the second, third, ... time; then the results are
  /// left. Those of a move have all the time in the world.
  std::vector<std::int64_t> waits_ms{500, 1'000, 2'000, 4'000};
  double jitter = 0.2; ///< of a wait, more or less
  std::size_t most_at_once = 8;
  std::int64_t look_again_ms = 1'000;      ///< at a job that has not ended yet
  std::int64_t unfit_wait_ms = 3'600'000;  ///< what a store never takes is offered again so late
  std::int64_t patience_ms = 120'000;      ///< with an order, and with a file so much more:
  std::uint64_t slowest_bytes_per_ms = 10; ///< 10 kB/s
  resources::breaker_terms breaker{3, 2'000, 60'000};
  bool has_fallback = false;
  bool drops_copies = false; ///< of the data folder, when the store has all of them
};

/// How a job stands of which something is to be moved or dropped.
enum class standing : std::uint8_t { succeeded, open, gone, unknown };

/// Nothing: it was done.
struct refusal {
  artefacts::cure helps = artefacts::cure::wait;
  std::string why;
  bool at_source = false; ///< what was to be sent could not be read: no fault of where it was to go
};

/// What goes into the store when, and what happens when it does not: STOREKEEPER's rules.
///
///     publish: list -> put, turn by turn --all--> told "stored"
///                        `-- tried too often, refused, or the breaker opens --> told "not stored"
///     publish into the fallback: noted as to be moved -> the same -> move
///     move: wait for the store and their turn, the oldest first, one at a time
///           --all, the fallback has none--> forgotten
///           --all, the fallback has some--> noted as to be cleared -> clear --> forgotten
///     where copies are dropped, a publication into the store is noted as to be dropped before it
///     begins, and a move when it is done:
///     drop: the same waits; the store is asked whether it has all --> forgotten, or clear
///                                                                `-- it has not --> move, later
///     erase: the same waits; the store, then the fallback --> forgotten
///
/// The store and the fallback have a breaker each. While that of the store is open nothing is
/// published there, and one trial after the other is made with what waits; of the fallback the next
/// publication is the trial. Times are of a clock that never steps.
class rules {
public:
  explicit rules(rule_terms terms = {}, std::uint32_t seed = 1);

  /// A JOB waits for it. Instead of anything else that was to be done with the job's results.
  void publish(const std::string& job, target to, std::int64_t now_ms);
  /// To be moved, cleared, erased or dropped, as the ledger says. In the order of `since`.
  void take_up(const std::string& job, const ledger::artefact_task& what, std::int64_t now_ms);

  /// The answer to `note`, of this time; not `ok`: the ledger does not take it now.
  void noted(const ticket& which, bool ok, std::int64_t since_unix_ms, std::int64_t now_ms);
  void stands(const ticket& which, standing how, std::int64_t now_ms);
  void listed(const ticket& which, std::vector<artefacts::result_file> files, bool from_fallback,
              std::int64_t now_ms);
  void done(const ticket& which, const std::optional<refusal>& no, std::int64_t now_ms);

  /// An operator says that it is well: what waits for it is due now.
  void reset(target of, std::int64_t now_ms);

  std::vector<effect> decide(std::int64_t now_ms);
  /// When `decide` is worth asking again; nothing: when something happens.
  [[nodiscard]] std::optional<std::int64_t> next_ms(std::int64_t now_ms) const;

  [[nodiscard]] const resources::breaker& breaker(target of = target::store) const noexcept {
    return at(of).breaker;
  }
  /// Jobs of which something is to be done there, sooner or later.
  [[nodiscard]] std::size_t waiting(target at = target::store) const;
  /// Jobs whose results lie in the fallback, or in the data folder alone, until the store takes
  /// them.
  [[nodiscard]] std::size_t in_fallback() const;
  [[nodiscard]] std::size_t in_folder() const;
  /// Why it refused last.
  [[nodiscard]] const std::string& trouble(target of = target::store) const noexcept {
    return at(of).trouble;
  }

private:
  struct file {
    artefacts::result_file what;
    enum class step : std::uint8_t { to_do, under_way, done } at = step::to_do;
    std::size_t failures = 0;
    std::int64_t due_ms = 0;
  };
  struct entry {
    task what = task::publish;
    target to = target::store; ///< which of the two it has to do with now
    enum class step : std::uint8_t {
      waiting,
      noting,
      looking,
      listing,
      sending
    } at = step::waiting;
    std::uint64_t run = 0;
    std::int64_t since_unix_ms = 0;
    std::int64_t due_ms = 0;
    bool is_remembered = false; ///< in the ledger, as to be moved, cleared or dropped
    fallback_part in_fallback = fallback_part::none;
    bool from_fallback = false; ///< the files are read there
    std::vector<file> files;
  };
  using place = std::map<std::string, entry>::iterator;
  struct side {
    resources::breaker breaker;
    std::string trouble;
  };

  [[nodiscard]] side& at(target which) { return sides_.at(static_cast<std::size_t>(which)); }
  [[nodiscard]] const side& at(target which) const {
    return sides_.at(static_cast<std::size_t>(which));
  }
  [[nodiscard]] place find(const ticket& which);
  [[nodiscard]] bool is_busy(const std::string& job, target who) const;
  void order(effect what, const ticket& which, target at, std::int64_t until_ms);
  void begin(place which, std::int64_t now_ms);
  void begin_next(target at, std::int64_t now_ms);
  void begin_publishing(std::int64_t now_ms);
  void send(place which, std::int64_t now_ms);
  void withdraw(const entry& it, std::int64_t now_ms);
  void give_up_publishing(place which, const std::string& why, std::int64_t now_ms);
  void put_back(entry& it, std::int64_t due_ms);
  void refused(place which, std::size_t number, const refusal& why, std::int64_t now_ms);
  void finish(place which, bool done, std::int64_t now_ms);
  void clear_next(place which, bool moved, std::int64_t now_ms);
  void drop_next(place which, std::int64_t now_ms);
  void ask_no_more(target at, std::int64_t now_ms);
  void judge(target at, const std::optional<refusal>& no, std::int64_t now_ms);

  struct open_order {
    target at = target::store;
    std::int64_t until_ms = 0;
  };

  rule_terms terms_;
  std::minstd_rand chance_;
  std::array<side, 2> sides_;
  std::map<std::string, entry> all_; ///< by job
  std::map<ticket, open_order> under_way_;
  std::uint64_t last_run_ = 0;
  std::vector<effect> out_;
};

} // namespace vdoc::storekeeper
