#include "actors/job/shell.hpp"
#include "actors/wire/fault_error.hpp"
#include "pipelines/content/source_digest.hpp"

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>

#include <algorithm>

namespace vdoc::job {

demux::ticket ticket_of(self_pointer self, const task& what) {
  return {self->state.running.at(what).id, self->state.thought->attempt_of(what)};
}

void count_time(self_pointer self, const task& what, std::chrono::nanoseconds cpu) {
  const auto found = self->state.running.find(what);
  if (found == self->state.running.end())
    return;
  auto& stage = self->state.stages[what.kind];
  ++stage.tasks;
  ++self->state.hosts[found->second.slot.host_id];
  stage.wall += steady::now() - found->second.since;
  stage.cpu += cpu;
}

namespace {

/// No answer after this long is a fault, even from work without end in sight.
constexpr std::chrono::seconds longest_task{6 * 3600};

/// The reply of a request counts only while that very attempt is running.
bool still_runs(self_pointer self, const task& what, const std::string& id) {
  const auto found = self->state.running.find(what);
  return found != self->state.running.end() && found->second.id == id;
}

/// The same of work that may run twice: whichever has answered is `running` from here on, and the
/// other one its twin.
bool answers(self_pointer self, const task& what, const std::string& id) {
  auto& state = self->state;
  if (const auto twin = state.twins.find(what); twin != state.twins.end() && twin->second.id == id)
    std::swap(state.running.at(what), twin->second);
  if (!still_runs(self, what, id))
    return false;
  state.running.at(what).asked.answered();
  return true;
}

/// Asks for a part of a task, under a name by which it can be cancelled; `go_on` gets the reply.
template <class Reply, class Asked, class Order, class GoOn>
void ask(self_pointer self, const task& what, const std::string& id, const Asked& asked,
         Order order, GoOn go_on) {
  self->request(asked, longest_task, std::move(order))
      .then(
          [=](const Reply& reply) {
            if (answers(self, what, id))
              go_on(reply);
          },
          [=](const caf::error& error) {
            if (answers(self, what, id)) {
              count_time(self, what);
              const auto host = self->state.running.at(what).slot.host_id;
              happen(self, failed{what, to_fault(error), host});
            }
          });
}

/// Sends `order` to `stage`; `to_event` makes an event of the reply.
template <class Stage, class Order, class Reply, class ToEvent>
void send_work(self_pointer self, const task& what, running_task& running, const Stage& stage,
               Order order, Reply /*kind*/, ToEvent to_event) {
  if constexpr (requires { order.pass; })
    order.pass = running.files.pass();
  if constexpr (requires { order.call; }) {
    order.call = self->state.life + "/" + running.id;
    running.asked = {running.slot.stages.canceller, order.call};
  }
  ask<Reply>(self, what, running.id, stage, std::move(order),
             [=](const Reply& reply) { happen(self, to_event(reply)); });
}

manifest::source_opened to_record(const ingest::opened& reply) {
  manifest::source_opened source{reply.local_path, reply.fingerprint, reply.probe, {}, {}};
  for (const auto& one : reply.sidecars)
    source.sidecars.push_back({one.path, one.language});
  return source;
}

void send_open(self_pointer self, const task& what) {
  auto& state = self->state;
  auto& running = state.running.at(what);
  send_work(self, what, running, running.slot.stages.ingest,
            open_order(*state.thought, state.around.root), ingest::opened{},
            [=](const ingest::opened& reply) -> event {
              count_time(self, what);
              return opened{to_record(reply), reply.copy, content::identity_of(reply.local_path)};
            });
}

/// A source out of the net is here before a media host hears of it: in there nothing may dial.
void send_fetch(self_pointer self, const task& what) {
  auto& state = self->state;
  const auto work = work_folder(state.around.root).string();
  const auto& source = state.thought->wanted().source;
  if (!state.around.start_fetcher || !fetcher::is_needed(source, work))
    return send_open(self, what);
  auto& running = state.running.at(what);
  const auto by = state.around.start_fetcher(self->system());
  running.asked = {by, state.life + "/" + running.id};
  ask<fetcher::fetched>(self, what, running.id, by, fetcher::fetch_source{source, work},
                        [=](const fetcher::fetched&) { send_open(self, what); });
}

void send_encode(self_pointer self, const task& what, running_task& running) {
  const auto& state = self->state;
  const bool is_twin = !running.slot.twin_of.empty();
  send_work(self, what, running, running.slot.stages.transcode,
            encode_order(*state.thought, what, state.around.root, state.around.stall_s),
            gst::transcode_result{}, [=](const gst::transcode_result& reply) -> event {
              count_time(self, what, reply.cpu);
              return encoded{what, reply, is_twin};
            });
}

manifest::utterance_heard to_record(std::uint32_t index, const transcribe::recognized& reply) {
  manifest::utterance_heard heard{index, reply.engine, {}, std::chrono::nanoseconds{reply.cpu_ns}};
  for (const auto& one : reply.words)
    heard.words.push_back({one.text, fragment::timestamp{one.begin_ns},
                           fragment::timestamp{one.end_ns}, one.confidence_permille / 1000.0});
  return heard;
}

void send_read(self_pointer self, const task& what) {
  const auto& thought = *self->state.thought;
  const auto& source = *thought.known().source;
  demux::read_source order;
  order.run = ticket_of(self, what);
  order.source = source.local_path;
  order.work = work_folder(self->state.around.root);
  order.probe = source.probe;
  order.video = !source.probe.video.empty();
  order.audio_tracks = thought.audio_tracks();
  for (std::uint32_t i = 0; i < source.probe.subtitles.size(); ++i)
    if (source.probe.subtitles[i].is_text && thought.wanted().captions)
      order.subtitle_tracks.push_back(i);
  order.segment_ms = thought.wanted().segment_ms;
  order.cut_only_at_idr = !source.ladder.empty() && source.ladder.front().copied;
  order.first_wanted = thought.first_missing_fragment();
  order.credit = thought.credit_of_reader();
  order.stall_s = self->state.around.stall_s;
  order.to = caf::actor_cast<demux::reader>(caf::actor_cast<caf::strong_actor_ptr>(self));
  const auto id = self->state.running.at(what).id;
  self->request(self->state.running.at(what).slot.stages.demux, longest_task, std::move(order))
      .then([=](const demux::reading& reply) { self->state.graphs["read"] = reply.launch_line; },
            [=](const caf::error& error) {
              if (still_runs(self, what, id))
                happen(self, failed{what, to_fault(error)});
            });
}

void send_audio(self_pointer self, const task& what) {
  const auto& thought = *self->state.thought;
  transcode::begin_audio order;
  order.run = ticket_of(self, what);
  order.work = work_folder(self->state.around.root);
  order.track = what.index;
  order.source = thought.known().source->probe.audio.at(what.index);
  order.listen = thought.listening_track() == what.index;
  order.segment_ms = thought.wanted().segment_ms;
  order.first_wanted = thought.first_missing_audio(what.index);
  order.first_wanted_utterance = thought.first_missing_utterance();
  order.to = caf::actor_cast<transcode::audio_reader>(caf::actor_cast<caf::strong_actor_ptr>(self));
  const auto id = self->state.running.at(what).id;
  self->request(self->state.running.at(what).slot.stages.audio, longest_task, std::move(order))
      .then(
          [=](const transcode::audio_running& reply) {
            self->state.graphs["audio"] = reply.launch_line;
          },
          [=](const caf::error& error) {
            if (still_runs(self, what, id))
              happen(self, failed{what, to_fault(error)});
          });
}

} // namespace

void send_twin(self_pointer self, const task& what) {
  send_encode(self, what, self->state.twins.at(what));
}

void send_to_stage(self_pointer self, const task& what) {
  auto& state = self->state;
  const auto& root = state.around.root;
  const auto& thought = *state.thought;
  auto& running = state.running.at(what);
  const auto& stages = running.slot.stages;
  switch (what.kind) {
  case work::open:
    return send_fetch(self, what);
  case work::read:
    return send_read(self, what);
  case work::audio:
    return send_audio(self, what);
  case work::encode:
    return send_encode(self, what, running);
  case work::pack:
  case work::pack_audio:
    return send_work(self, what, running, stages.package, pack_order(thought, what, root),
                     package::segments_made{}, [=](const package::segments_made& reply) -> event {
                       count_time(self, what);
                       return packed{what, to_records(*self->state.thought, what, reply)};
                     });
  case work::hear:
    return send_work(self, what, running, stages.transcribe, hear_order(thought, what, root),
                     transcribe::recognized{}, [=](const transcribe::recognized& reply) -> event {
                       count_time(self, what, std::chrono::nanoseconds{reply.cpu_ns});
                       return heard{to_record(what.index, reply), reply.language_known};
                     });
  case work::remux:
    return send_work(self, what, running, stages.package, remux_order(thought, root),
                     package::remuxed{}, [=](const package::remuxed& reply) -> event {
                       count_time(self, what);
                       return remuxed{reply.bytes};
                     });
  case work::compose:
    return send_work(self, what, running, stages.document, compose_order(thought, root),
                     document::composed{}, [=](const document::composed& reply) -> event {
                       count_time(self, what);
                       manifest::composed made{{}, reply.words, reply.key_pictures};
                       for (const auto& one : reply.captions)
                         made.captions.push_back({one.language, one.name, one.uri, one.cues});
                       return composed{made, reply.warnings};
                     });
  }
}

} // namespace vdoc::job
