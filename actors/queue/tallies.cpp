#include "actors/queue/tallies.hpp"

#include "cluster/desk/quota.hpp"

#include <algorithm>
#include <cmath>

namespace vdoc::queue {

namespace {

constexpr std::uint32_t overload_retry_ms = 1'000;
constexpr std::uint32_t quota_retry_ms = 10'000;

std::size_t at(phase what) {
  return static_cast<std::size_t>(what);
}

bool waits(phase what) {
  return what == phase::scheduled || what == phase::queued || what == phase::parked ||
         what == phase::uploading || what == phase::retrying;
}

template <class Map> auto look_in(const Map& map, std::uint32_t key) {
  const auto found = map.find(key);
  return found == map.end() ? typename Map::mapped_type{} : found->second;
}

} // namespace

void tallies::count(const entry& one, std::int64_t sign) {
  auto& queue = queues_[one.queue];
  queue.jobs[at(one.at)] += sign;
  queue.media_s += sign * static_cast<std::int64_t>(one.media_s);
  if (one.media_s == 0 && !one.noop)
    queue.of_unknown_length += sign;
  (waits(one.at) ? waiting_ : busy_)[one.tenant] += sign;
  open_ = static_cast<std::uint64_t>(static_cast<std::int64_t>(open_) + sign);
}

void tallies::learn_length(std::uint32_t queue, std::uint32_t media_s) {
  constexpr double weight_of_newest = 0.125;
  auto& usual_s = queues_[queue].usual_s;
  usual_s += (media_s - usual_s) * (usual_s == 0 ? 1 : weight_of_newest);
}

desk::verdict tallies::check_queue(const std::string& queue) const {
  if (queue_names_.find(queue) || queue_names_.size() < terms_.most_queues)
    return {};
  return {desk::refusal::bad_request, "there are too many queues for another one",
          "use a queue that is there", 0};
}

desk::verdict tallies::reserve(const std::string& tenant, const std::string& queue,
                               std::uint32_t more) {
  using desk::refusal;
  if (open_ + reserved_all_ + more > terms_.most_open)
    return {refusal::busy, "the service has as many open jobs as it takes", "try again later",
            overload_retry_ms};
  if (auto how = check_queue(queue); !how.ok())
    return how;
  if (!tenant_names_.find(tenant) && tenant_names_.size() >= terms_.most_tenants)
    return {refusal::bad_request, "there are too many tenants for another one", "", 0};
  const auto number = this->tenant(tenant);
  const auto terms = terms_of(number);
  const auto waiting = static_cast<std::uint64_t>(look_in(waiting_, number));
  if (terms.queued != 0 && waiting + look_in(reserved_, number) + more > terms.queued)
    return {refusal::over_quota,
            "tenant " + tenant + " may have " + std::to_string(terms.queued) + " jobs waiting",
            "wait until some are done", quota_retry_ms};
  if (terms.bytes != 0 && terms_.kept)
    if (const auto kept = terms_.kept(tenant); kept >= terms.bytes)
      return desk::stores_enough(tenant, kept, terms.bytes, quota_retry_ms);
  reserved_[number] += more;
  reserved_all_ += more;
  return {};
}

void tallies::release(const std::string& name, std::uint32_t count) {
  reserved_[tenant(name)] -= count;
  reserved_all_ -= count;
}

tenant_terms tallies::terms_of(std::uint32_t tenant) const {
  const auto own = own_terms_.find(tenant);
  return own == own_terms_.end() ? terms_.tenant : own->second;
}

std::uint64_t tallies::waiting_of(const std::string& tenant) const {
  const auto number = tenant_names_.find(tenant);
  return number ? static_cast<std::uint64_t>(look_in(waiting_, *number)) : 0;
}

std::vector<desk::tenant_view> tallies::tenants() const {
  std::map<std::uint32_t, desk::tenant_view> all;
  for (const auto& [tenant, jobs] : waiting_)
    if (jobs > 0)
      all[tenant].waiting = static_cast<std::uint64_t>(jobs);
  for (const auto& [tenant, jobs] : busy_)
    if (jobs > 0)
      all[tenant].running = static_cast<std::uint64_t>(jobs);
  std::vector<desk::tenant_view> views;
  for (auto& [tenant, view] : all) {
    view.name = tenant_name(tenant);
    views.push_back(std::move(view));
  }
  return views;
}

desk::queue_view tallies::view_of(std::uint32_t queue) const {
  constexpr std::int64_t ms_per_s = 1'000;
  const auto tally = look_in(queues_, queue);
  const auto of = [&](phase what) { return static_cast<std::uint64_t>(tally.jobs[at(what)]); };
  desk::queue_view view;
  view.name = queue_name(queue);
  view.waiting = of(phase::queued) + of(phase::parked) + of(phase::uploading) + of(phase::retrying);
  view.running = of(phase::starting) + of(phase::running);
  view.scheduled = of(phase::scheduled);
  const auto unknown_s = static_cast<double>(tally.of_unknown_length) * tally.usual_s;
  view.backlog_media_ms = (tally.media_s + std::llround(unknown_s)) * ms_per_s;
  return view;
}

} // namespace vdoc::queue
