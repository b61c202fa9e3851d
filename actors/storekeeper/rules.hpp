#pragma once

#include "cluster/artefacts/results.hpp"
#include "cluster/artefacts/store.hpp"
#include "cluster/resources/breaker.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <variant>
#include <vector>

namespace vdoc::storekeeper {

/// What is to be done with the results of a job.
enum class task : std::uint8_t {
  publish, ///< put them into the store while their JOB waits
  move,    ///< the same, later: they were left in the data folder
  erase,   ///< remove them from the store
};

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
};

/// Names an order: of a job, and there of a file. Answers to orders that are not open any more are
/// ignored.
struct ticket {
  std::string job;
  std::uint64_t run = 0;
  std::size_t file = 0;
  std::size_t attempt = 0;
  friend auto operator<=>(const ticket&, const ticket&) = default;
};

// What the shell is to do.
struct look_at_job { ///< how it stands in the ledger; answered by `stands`
  ticket which;
};
struct list_files { ///< of its folder; answered by `listed`
  ticket which;
};
struct put_file { ///< answered by `done`
  ticket which;
  std::string path;
};
struct wipe { ///< all that the store has of it; answered by `done`
  ticket which;
};
struct tell { ///< JOB: its results are in the store, or are not
  std::string job;
  bool stored = false;
  std::string why; ///< they are not
};
struct forget { ///< that something was to be done; in the ledger
  std::string job;
  task what = task::move;
  bool done = false; ///< else it is not wanted any more
};
using effect = std::variant<look_at_job, list_files, put_file, wipe, tell, forget>;

/// How a job stands that is to be moved.
enum class standing : std::uint8_t { succeeded, open, gone, unknown };

/// Nothing: it was done.
struct refusal {
  artefacts::cure helps = artefacts::cure::wait;
  std::string why;
};

/// What goes into the store when, and what happens when it does not: STOREKEEPER's rules.
///
///     publish: list -> put, turn by turn --all--> told "stored"
///                        `-- tried too often, refused, or the breaker opens --> told "not stored"
///     move, erase: wait for the store and their turn, the oldest first, one at a time -> forgotten
///
/// Behind a breaker: while it is open nothing is published, and one trial after the other is made
/// with what waits. Times are of a clock that never steps.
class rules {
public:
  explicit rules(rule_terms terms = {}, std::uint32_t seed = 1);

  /// A JOB waits for it. Instead of anything else that was to be done with the job's results.
  void publish(const std::string& job, std::int64_t now_ms);
  /// To be moved or erased, as the ledger says. In the order of `since`.
  void take_up(const std::string& job, task what, std::int64_t since_unix_ms, std::int64_t now_ms);

  void stands(const ticket& which, standing how, std::int64_t now_ms);
  void listed(const ticket& which, std::vector<artefacts::result_file> files, std::int64_t now_ms);
  void done(const ticket& which, const std::optional<refusal>& no, std::int64_t now_ms);

  std::vector<effect> decide(std::int64_t now_ms);
  /// When `decide` is worth asking again; nothing: when something happens.
  [[nodiscard]] std::optional<std::int64_t> next_ms(std::int64_t now_ms) const;

  [[nodiscard]] const resources::breaker& breaker() const noexcept { return breaker_; }
  /// Jobs whose results are left.
  [[nodiscard]] std::size_t waiting() const;
  /// Why the store refused last.
  [[nodiscard]] const std::string& trouble() const noexcept { return trouble_; }

private:
  struct file {
    artefacts::result_file what;
    enum class step : std::uint8_t { to_do, under_way, done } at = step::to_do;
    std::size_t failures = 0;
    std::int64_t due_ms = 0;
  };
  struct entry {
    task what = task::publish;
    enum class step : std::uint8_t { waiting, looking, listing, sending } at = step::waiting;
    std::uint64_t run = 0;
    std::int64_t since_unix_ms = 0;
    std::int64_t due_ms = 0;
    bool is_remembered = false; ///< in the ledger, as to be moved
    std::vector<file> files;
  };
  using place = std::map<std::string, entry>::iterator;

  [[nodiscard]] place find(const ticket& which);
  void order(effect what, const ticket& which, std::int64_t until_ms);
  void begin(place which, std::int64_t now_ms);
  void begin_next(std::int64_t now_ms);
  void send(place which, std::int64_t now_ms);
  void give_up_publishing(place which, const std::string& why);
  void put_back(entry& it, std::int64_t due_ms);
  void refused(place which, std::size_t file, const refusal& why, std::int64_t now_ms);
  void finish(place which, bool done);
  void ask_no_more(std::int64_t now_ms);

  rule_terms terms_;
  std::minstd_rand chance_;
  resources::breaker breaker_;
  std::map<std::string, entry> all_;         ///< by job
  std::map<ticket, std::int64_t> under_way_; ///< orders, and until when they may take
  std::uint64_t last_run_ = 0;
  std::string trouble_;
  std::vector<effect> out_;
};

} // namespace vdoc::storekeeper
