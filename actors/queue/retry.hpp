#pragma once

#include "pipelines/fault.hpp"

#include <cstdint>
#include <random>
#include <string>

namespace vdoc::queue {

/// How long to wait before the next attempt: doubling, up to a limit, a little more or less by
/// chance so that jobs that failed together do not come back together.
struct backoff_terms {
  std::int64_t first_ms = 2'000;
  std::int64_t longest_ms = 600'000;
  std::uint32_t jitter_percent = 20;
};

/// The wait after the `failures`-th failure in a row, from 1.
std::int64_t backoff_ms(const backoff_terms& terms, std::uint32_t failures,
                        std::minstd_rand& chance);

/// Whether another attempt may cure it: a peer may come back and a bug of ours may have been a
/// crash; what is wrong with the input stays wrong.
constexpr bool curable(culprit whose) noexcept {
  return whose != culprit::user;
}

/// A fault of fetching a source: of the host it lies on, not of the job.
inline bool blames_source_host(const fault& why) {
  return why.whose == culprit::peer && why.where == "fetch";
}

/// An upload has brought nothing for a while; it may go on.
inline bool blames_upload(const fault& why) {
  return why.whose == culprit::peer && why.where == "upload";
}

/// "films.example:8080" of "https://me@films.example:8080/talk.mp4?x", in lower case; "" of a path.
std::string source_host_of(const std::string& source);

struct attempt_ended;
/// For the detail of a `succeeded` event: {"bytes": 1000, "reused_from": "<job>"}, or nothing.
std::string detail_of_success(const attempt_ended& how);
/// For the detail of a `failed` event: {"whose": "user", "advice": "...", "where": "..."}.
std::string detail_of(const fault& why);

} // namespace vdoc::queue
