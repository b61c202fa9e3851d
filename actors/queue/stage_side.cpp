#include "actors/queue/queue_settings.hpp"
#include "actors/queue/shell.hpp"

#include <caf/event_based_actor.hpp>

#include <algorithm>

/// QUEUE towards DISPATCH, for the queues of stages: it remembers what operators set of them.
namespace vdoc::queue {

namespace {

constexpr std::chrono::seconds look_within{1};

/// "ingest, demux, ..."
std::string names_of_stages() {
  std::string all;
  for (std::size_t i = 0; i < dispatch::stage_count; ++i)
    all += (i == 0 ? "" : ", ") + dispatch::to_string(static_cast<dispatch::stage>(i));
  return all;
}

desk::queue_view view_of(const dispatch::stage_view& it) {
  desk::queue_view view;
  view.name = dispatch::queue_of(it.kind);
  view.paused = it.terms.paused;
  view.concurrency = it.terms.concurrency;
  view.starts_per_min = it.terms.starts_per_min;
  view.waiting = it.waiting;
  view.running = it.running;
  view.oldest_age_ms = it.oldest_age_ms;
  return view;
}

} // namespace

desk::verdict check_queue(const queue_state& state, const std::string& queue) {
  if (!queue.starts_with(dispatch::stage_queues))
    return state.thought->check_queue(queue);
  if (dispatch::stage_of_queue(queue))
    return {};
  return {desk::refusal::bad_request, "there is no stage of that name",
          "stages are " + names_of_stages(), 0};
}

queue_terms terms_of(const queue_state& state, const std::string& queue) {
  const auto kind = dispatch::stage_of_queue(queue);
  if (!kind)
    return state.thought->terms_of(queue);
  const auto found = state.stages.find(*kind);
  return found == state.stages.end() ? queue_terms{} : found->second;
}

void apply_terms(self_pointer self, const std::string& queue, const queue_terms& terms) {
  auto& state = self->state;
  if (!queue.starts_with(dispatch::stage_queues))
    return state.thought->set_queue(queue, terms);
  const auto kind = dispatch::stage_of_queue(queue);
  if (!kind)
    return; // of an earlier build
  state.stages[*kind] = terms;
  self->send(state.with.dispatch, dispatch::set_stage{*kind, terms});
  state.thought->stages_paused(
      std::ranges::any_of(state.stages, [](const auto& it) { return it.second.paused; }),
      now_of(self));
}

caf::result<desk::overview> look_around(self_pointer self, desk::overview now) {
  auto promise = self->make_response_promise<desk::overview>();
  const auto answer = [promise, now = std::move(now)](const dispatch::stage_list& stages) {
    auto to = promise;
    auto all = now;
    for (const auto& it : stages.all)
      all.queues.push_back(view_of(it));
    to.deliver(std::move(all));
  };
  if (self->state.thought->is_loaded())
    self->request(self->state.with.dispatch, look_within, dispatch::look_at_stages{})
        .then([answer](const dispatch::stage_list& all) { answer(all); },
              [answer](const caf::error&) { answer({}); });
  else
    answer({}); // what is set of stages is not known yet
  return promise;
}

} // namespace vdoc::queue
