#include "actors/queue/shell.hpp"
#include "cluster/desk/instant.hpp"
#include "cluster/desk/submission.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

/// What QUEUE tells the outside.
namespace vdoc::queue {

namespace {

using nlohmann::ordered_json;

constexpr std::int64_t between_progress_ms = 250;

std::string dump(const ordered_json& what) {
  return what.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

/// Four decimals are enough for a bar.
double rounded(double fraction) {
  return std::round(fraction * 10'000) / 10'000;
}

} // namespace

std::string tenant_of(self_pointer self, const job_key& key) {
  const auto& thought = *self->state.thought;
  const auto* one = thought.find(key);
  return one == nullptr ? std::string{} : thought.counts().tenant_name(one->tenant);
}

void tell_state(self_pointer self, const std::string& job_id, const std::string& tenant,
                std::string_view state, std::uint32_t attempt, const std::string& cause) {
  auto& feed = self->state.with.feed;
  if (const auto key = job_key_from(job_id))
    if (const auto* one = self->state.thought->find(*key))
      self->state.changed_queues.insert(self->state.thought->counts().queue_name(one->queue));
  if (!feed)
    return;
  ordered_json body{{"job_id", job_id},
                    {"state", state},
                    {"attempt", attempt},
                    {"at", desk::to_rfc3339(self->state.with.unix_ms())}};
  if (!cause.empty())
    body["cause"] = cause;
  feed->tell("job." + job_id + ".state", tenant, dump(body));
}

void tell_progress(self_pointer self, const job_key& key, running_job& it,
                   const job::progress& how) {
  auto& state = self->state;
  constexpr std::int64_t ns_per_ms = 1'000'000;
  const auto now = now_of(self);
  const auto id = to_string(key);
  const auto fraction = how.media_total_ns > 0
                            ? std::clamp(static_cast<double>(how.media_done_ns) /
                                             static_cast<double>(how.media_total_ns),
                                         0.0, 1.0)
                            : 0.0;
  if (it.first_fraction < 0 && how.media_total_ns > 0) {
    it.first_fraction = fraction;
    it.begun_ms = now.steady_ms;
  }
  if (how.segments > it.segments && state.with.feed)
    state.with.feed->tell(
        "job." + id + ".segment", tenant_of(self, key),
        dump({{"job_id", id}, {"segments", how.segments}, {"playlist", "master.m3u8"}}));
  it.segments = std::max(it.segments, how.segments);
  it.media_left_ms = std::max<std::int64_t>(0, how.media_total_ns - how.media_done_ns) / ns_per_ms;
  if (it.told_ms != 0 && now.steady_ms - it.told_ms < between_progress_ms)
    return;
  it.told_ms = now.steady_ms;
  const auto gained = fraction - it.first_fraction;
  std::int64_t eta = 0;
  if (it.first_fraction >= 0 && gained > 0.001)
    eta = now.unix_ms + static_cast<std::int64_t>(static_cast<double>(now.steady_ms - it.begun_ms) *
                                                  (1 - fraction) / gained);
  if (state.with.live)
    state.with.live->set(id, {fraction, eta, it.media_left_ms, how.stage});
  if (!state.with.feed)
    return;
  ordered_json body{{"job_id", id},
                    {"attempt", it.attempt},
                    {"fraction", rounded(fraction)},
                    {"stage", how.stage},
                    {"frames_done", how.frames_done},
                    {"frames_total", how.frames_total},
                    {"media_done_ms", how.media_done_ns / ns_per_ms},
                    {"media_total_ms", how.media_total_ns / ns_per_ms},
                    {"restarts", how.restarts}};
  if (eta != 0)
    body["eta"] = desk::to_rfc3339(eta);
  state.with.feed->tell("job." + id + ".progress", tenant_of(self, key), dump(body));
}

void tell_queues(self_pointer self) {
  auto& state = self->state;
  if (state.changed_queues.empty() || !state.with.feed)
    return;
  for (const auto& view : state.thought->queues(state.with.unix_ms()))
    if (state.changed_queues.contains(view.name))
      state.with.feed->tell("queue." + view.name, "", desk::to_json(view));
  state.changed_queues.clear();
}

} // namespace vdoc::queue
