#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace vdoc::resources {

/// Counts up. Any thread.
class counter {
public:
  void add(std::uint64_t more = 1) noexcept { value_.fetch_add(more, std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t value() const noexcept {
    return value_.load(std::memory_order_relaxed);
  }

private:
  std::atomic<std::uint64_t> value_{0};
};

/// How many values were how large. Any thread.
class histogram {
public:
  /// Upper bounds of the buckets, rising; what is above the last one is counted as well.
  explicit histogram(std::vector<double> bounds);

  void observe(double value) noexcept;

  struct reading {
    std::vector<double> bounds;
    std::vector<std::uint64_t> counts; ///< by bucket, one more than bounds
    double sum = 0;
  };
  [[nodiscard]] reading read() const;

private:
  std::vector<double> bounds_;
  std::vector<std::atomic<std::uint64_t>> counts_;
  std::atomic<double> sum_{0};
};

/// One measure for each combination of labels that came up. Any thread. What `of` gives stays.
template <class Measure> class family {
public:
  using labels = std::vector<std::string>;

  explicit family(std::vector<double> bounds = {}) : bounds_{std::move(bounds)} {}

  Measure& of(const labels& which) {
    const std::scoped_lock lock{mutex_};
    auto& found = all_[which];
    if (!found)
      found = make();
    return *found;
  }
  template <class Function> void for_each(Function function) const {
    const std::scoped_lock lock{mutex_};
    for (const auto& [which, measure] : all_)
      function(which, *measure);
  }

private:
  std::unique_ptr<Measure> make() const {
    if constexpr (std::is_constructible_v<Measure, std::vector<double>>)
      return std::make_unique<Measure>(bounds_);
    else
      return std::make_unique<Measure>();
  }

  std::vector<double> bounds_;
  mutable std::mutex mutex_;
  std::map<labels, std::unique_ptr<Measure>> all_;
};

/// A queue at the moment it was looked at.
struct queue_reading {
  std::string name;
  bool paused = false;
  std::uint64_t scheduled = 0;
  std::uint64_t waiting = 0;
  std::uint64_t running = 0;
  std::int64_t oldest_since_ms = 0; ///< steady; 0: none waits
  std::int64_t backlog_media_ms = 0;
};
struct breaker_reading {
  std::string name;           ///< "ledger", "source films.example"
  std::string state;          ///< "closed", "open", "half open"
  std::uint32_t failures = 0; ///< in a row
  std::int64_t since_ms = 0;  ///< steady; 0: not known
  std::int64_t next_ms = 0;   ///< steady, of an open one; 0: none
  std::uint64_t waiting = 0;  ///< jobs behind it
  std::uint64_t holds = 0;    ///< jobs whose results lie there until they can be moved
};
/// Of STOREKEEPER at the moment it was looked at: its breakers, and jobs whose results are not in
/// the store yet.
struct artefact_reading {
  std::vector<breaker_reading> breakers;
  std::uint64_t in_folder = 0; ///< in the data folder alone
  std::uint64_t in_fallback = 0;
};
/// Of COURIER at the moment it was looked at.
struct webhook_reading {
  std::vector<breaker_reading> breakers; ///< of targets that have failed of late
  std::uint64_t waiting = 0;             ///< deliveries that are not made yet
};

/// What is measured in a service, where it happens. Counters begin at 0 with the process; they
/// outlive the actors that count. Any thread. Names and units for the outside: net/metrics.
class measures {
public:
  measures();

  family<counter> states;        ///< queue, state: jobs that came into it
  family<histogram> waiting_s;   ///< queue: from ready to the first attempt
  family<histogram> running_s;   ///< queue: of an attempt
  family<counter> host_restarts; ///< how the one before ended
  histogram batch_entries;       ///< of the ledger, in one transaction
  histogram commit_s;            ///< of such a transaction
  counter commits_failed;
  family<counter> twins;       ///< "started", "won": of stragglers
  family<counter> moved_bytes; ///< direction, "out" or "in": of files, to and from media hosts
  family<counter> artefacts;   ///< jobs: "stored", "fallback", "left", "moved", "erased", "dropped"
  family<counter> webhook_attempts; ///< "delivered", "refused", "failed"
  counter webhooks_given_up;
  counter keys_refused;       ///< connections with a key that is not known
  family<counter> taken_in;   ///< door, result: jobs
  family<histogram> taking_s; ///< door: from a submission to its acknowledgement

  /// Those that were there before are forgotten.
  void set_queues(std::vector<queue_reading> all, std::vector<breaker_reading> breakers);
  /// The breakers are shown with the others.
  void set_artefacts(artefact_reading now);
  /// The same of what reads from the store for clients of the HTTP door.
  void set_artefact_reader(breaker_reading now);
  /// Nothing: there is no artefact store.
  [[nodiscard]] std::optional<artefact_reading> artefacts_now() const;
  /// Its breakers are shown with the others, too.
  void set_webhooks(webhook_reading now);
  /// Nothing: this node has not led yet.
  [[nodiscard]] std::optional<webhook_reading> webhooks_now() const;
  /// When the node's certificate of the cluster ends, in seconds since 1970.
  void set_certificate_end(std::int64_t unix_s) noexcept { certificate_end_s_ = unix_s; }
  /// 0: it has none.
  [[nodiscard]] std::int64_t certificate_end_s() const noexcept { return certificate_end_s_; }
  /// The same for the queues of stages, where tasks of jobs take the place of jobs.
  void set_stages(std::vector<queue_reading> all);
  [[nodiscard]] std::vector<queue_reading> stages() const;
  [[nodiscard]] std::pair<std::vector<queue_reading>, std::vector<breaker_reading>> queues() const;
  /// The breaker of what reads from the store for clients; nothing: nobody has.
  [[nodiscard]] std::optional<breaker_reading> artefact_reader() const;

private:
  mutable std::mutex mutex_;
  std::vector<queue_reading> queues_;
  std::vector<queue_reading> stages_;
  std::vector<breaker_reading> breakers_;
  std::optional<artefact_reading> artefacts_;
  std::optional<webhook_reading> webhooks_;
  std::optional<breaker_reading> artefact_reader_;
  std::atomic<std::int64_t> certificate_end_s_{0};
};

} // namespace vdoc::resources
