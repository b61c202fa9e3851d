#include "actors/node/watch_plan.hpp"

#include "cluster/desk/job_template.hpp"
#include "pipelines/fault.hpp"

#include <algorithm>

namespace vdoc::node {

namespace fs = std::filesystem;

namespace {

bool is_below(const fs::path& inner, const fs::path& outer) {
  const auto both = std::ranges::mismatch(outer, inner);
  return both.in1 == outer.end();
}

[[noreturn]] void refuse(std::string what, std::string advice) {
  throw failure{{culprit::user, std::move(what), std::move(advice), "watch"}};
}

} // namespace

std::optional<watch_plan> watch_plan_of(const conf::service_settings& from, const fs::path& kept) {
  if (from.watch.empty())
    return std::nullopt;
  std::error_code wrong;
  const auto folder = fs::canonical(from.watch, wrong);
  if (wrong || !fs::is_directory(folder))
    refuse("service.watch is no folder: " + from.watch, "make it first, or name another one");
  const auto results = fs::weakly_canonical(kept);
  if (is_below(results, folder) || is_below(folder, results))
    refuse("service.watch would find the service's own results: " + folder.string(),
           "watch another folder, or keep results elsewhere with --data");
  auto job = desk::parse_template(from.watch_job);
  if (!job.how.ok())
    refuse("service.watch_job: " + job.how.what, job.how.advice);
  return watch_plan{folder, std::move(job.what), std::chrono::milliseconds{from.watch_settle_ms}};
}

} // namespace vdoc::node
