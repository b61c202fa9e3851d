#include "actors/demux/spawn.hpp"
#include "actors/wire/fault_error.hpp"

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <atomic>
#include <map>
#include <memory>

namespace vdoc::demux {

namespace {

using std::chrono::seconds;

/// "Look whether everything moves", to itself once a second.
using inner_actor = actor::extend<caf::reacts_to<caf::tick_atom>>;

/// Hands what the streaming threads find to the JOB; `anon_send` may be called from any thread.
class messenger final : public gst::demux_listener {
public:
  messenger(ticket run, reader to) : run_{std::move(run)}, to_{std::move(to)} {}

  void on_fragment(const fragment::fragment& one) override {
    caf::anon_send(to_, fragment_cut{run_, one});
  }
  void on_audio(const gst::audio_chunk& one) override { caf::anon_send(to_, audio_cut{run_, one}); }
  void on_text(const gst::timed_text& one) override { caf::anon_send(to_, text_read{run_, one}); }
  void on_end(const gst::demux_summary& summary) override {
    if (!over_.exchange(true))
      caf::anon_send(to_, ended{run_, summary});
  }
  void on_failure(const fault& why) override {
    if (!over_.exchange(true))
      caf::anon_send(to_, failed{run_, why});
  }
  [[nodiscard]] bool over() const noexcept { return over_; }

private:
  ticket run_;
  reader to_;
  std::atomic<bool> over_{false};
};

/// One source that is being read. The demuxer goes first: it calls the messenger.
struct reading_run {
  std::unique_ptr<messenger> told;
  std::unique_ptr<gst::demuxer> source;
  caf::actor_addr job;
  std::uint64_t progress = 0;
  seconds quiet{0}; ///< counted in ticks: on a starved machine they come late, like all else
  seconds patience{10};
};

constexpr seconds tick{1};

struct demux_state {
  static inline const char* name = "demux";
  std::map<std::string, reading_run> runs; ///< by ticket
};

using self_pointer = inner_actor::stateful_pointer<demux_state>;

std::string key_of(const ticket& run) {
  return run.task + "#" + std::to_string(run.attempt);
}

gst::demux_request to_request(const read_source& msg) {
  return {.source = msg.source,
          .work = msg.work,
          .probe = msg.probe,
          .video = msg.video,
          .audio_tracks = msg.audio_tracks,
          .subtitle_tracks = msg.subtitle_tracks,
          .segment = std::chrono::milliseconds{msg.segment_ms},
          .cut_only_at_idr = msg.cut_only_at_idr,
          .first_wanted = msg.first_wanted,
          .credit = msg.credit};
}

caf::result<reading> begin(self_pointer self, const read_source& msg) {
  reading_run run;
  run.told = std::make_unique<messenger>(msg.run, msg.to);
  run.job = msg.to.address();
  run.patience = seconds{msg.stall_s};
  try {
    run.source = std::make_unique<gst::demuxer>(to_request(msg), *run.told);
    run.source->start();
  } catch (const failure& error) {
    return to_error(error.why());
  }
  self->monitor(msg.to);
  reading reply{run.source->launch_line()};
  self->state.runs[key_of(msg.run)] = std::move(run);
  return reply;
}

/// Ends what is over, and what has not moved for too long.
void look_after(self_pointer self) {
  auto& runs = self->state.runs;
  for (auto run = runs.begin(); run != runs.end();) {
    const auto progress = run->second.source->progress();
    const bool moves = progress != std::exchange(run->second.progress, progress);
    run->second.quiet = moves ? seconds{0} : run->second.quiet + tick;
    if (!run->second.told->over() && run->second.quiet > run->second.patience)
      run->second.told->on_failure({culprit::user,
                                    "reading the source stopped: nothing came for " +
                                        std::to_string(run->second.patience.count()) + " s",
                                    "check that the file is complete and its storage answers",
                                    "demux"});
    run = run->second.told->over() ? runs.erase(run) : std::next(run);
  }
}

inner_actor::behavior_type demux(self_pointer self) {
  self->set_down_handler([=](caf::down_msg& down) {
    std::erase_if(self->state.runs, [&](const auto& run) { return run.second.job == down.source; });
  });
  self->delayed_send(self, tick, caf::tick_atom_v);
  return {
      [=](const read_source& msg) { return begin(self, msg); },
      [=](const grant& msg) {
        if (const auto run = self->state.runs.find(key_of(msg.run)); run != self->state.runs.end())
          run->second.source->grant(msg.fragments);
      },
      [=](const stop& msg) { self->state.runs.erase(key_of(msg.run)); },
      [=](caf::tick_atom) {
        look_after(self);
        self->delayed_send(self, tick, caf::tick_atom_v);
      },
  };
}

} // namespace

actor spawn(caf::actor_system& system) {
  return system.spawn<caf::detached>(demux);
}

} // namespace vdoc::demux
