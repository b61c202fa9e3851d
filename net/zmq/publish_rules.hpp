#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace vdoc::net {

/// How jobs are sent.
struct publish_terms {
  std::size_t most_open = 10'000; ///< jobs that are not acknowledged; more are not taken
  std::size_t jobs_a_batch = 500;
  std::uint32_t batches_at_once = 4;
  std::chrono::milliseconds gather{2};           ///< so long a job waits for others to go with it
  std::chrono::milliseconds resend_after{5'000}; ///< without an answer
};

/// What became of a published job.
struct published {
  std::uint64_t number = 0; ///< as `publish` gave it
  std::string job_id;       ///< empty: it was refused
  bool known_already = false;
  std::string refusal; ///< code: "bad_request", "forbidden"
  std::string what;    ///< one line, of a refusal
};

/// The rules of a publisher: what is sent when, and sent again. Jobs have idempotency keys, so that
/// sending again does no harm. Who is `busy` is asked again after the time that it names.
class publish_rules {
public:
  using time = std::chrono::steady_clock::time_point;

  explicit publish_rules(const publish_terms& terms) : terms_{terms} {}

  /// For so many jobs more.
  [[nodiscard]] std::size_t room() const noexcept {
    return terms_.most_open - std::min(open(), terms_.most_open);
  }
  [[nodiscard]] std::size_t open() const noexcept { return waiting_.size() + flying_jobs_; }
  /// The job is JSON with an idempotency key.
  void add(std::uint64_t number, std::string job, time now);

  struct batch {
    std::uint64_t id = 0;
    std::string body; ///< of SUBMIT-BATCH
  };
  /// What is to be sent now.
  std::vector<batch> to_send(time now);
  /// The answer to a batch; one to a batch that is not open is none.
  std::vector<published> answered(std::uint64_t id, const std::string& code,
                                  const std::string& body, time now);
  /// Why jobs were told to wait, in one line: of the last one that was, unless one was taken since.
  [[nodiscard]] const std::string& why_it_waits() const noexcept { return why_it_waits_; }
  /// When `to_send` is worth asking again though nothing happens; nothing: never.
  [[nodiscard]] std::optional<time> wake_at() const;

private:
  struct waiting_job {
    std::uint64_t number = 0;
    std::string job;
    time ready; ///< not sent before
  };
  struct flight {
    std::vector<waiting_job> jobs;
    time sent;
  };
  [[nodiscard]] static std::string body_of(const flight& what);
  void wait_again(waiting_job job, time ready);

  publish_terms terms_;
  std::deque<waiting_job> waiting_;        ///< those that are ready soonest come first
  std::map<std::uint64_t, flight> flying_; ///< by id
  std::size_t flying_jobs_ = 0;
  std::uint64_t last_id_ = 0;
  std::string why_it_waits_;
};

} // namespace vdoc::net
