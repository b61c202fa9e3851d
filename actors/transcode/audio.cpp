#include "actors/transcode/ear.hpp"
#include "actors/transcode/spawn_audio.hpp"
#include "actors/wire/fault_error.hpp"
#include "pipelines/gst/audio_encoder.hpp"

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <atomic>
#include <map>
#include <optional>
#include <system_error>

namespace vdoc::transcode {

namespace {

/// Hands segments and utterances of one track to the JOB. Called on the encoder's threads, one at a
/// time.
class messenger final : public gst::audio_listener {
public:
  messenger(const begin_audio& msg, const listening& how)
      : run_{msg.run}, track_{msg.track}, to_{msg.to} {
    if (msg.listen)
      make_ear(msg, how);
  }

  void on_segment(const gst::audio_segment& one) override {
    caf::anon_send(to_, audio_encoded{run_, one});
  }
  void on_samples(fragment::timestamp /*begin*/,
                  const std::vector<std::int16_t>& samples) override {
    listen([&] { ear_->hear(samples); });
  }
  void on_end(std::uint64_t samples, const std::vector<std::string>& warnings) override {
    listen([&] { ear_->finish(); });
    if (over_.exchange(true))
      return;
    auto all = warnings;
    all.insert(all.end(), warnings_.begin(), warnings_.end());
    caf::anon_send(to_, audio_ended{run_, track_, samples, std::move(all)});
  }
  void on_failure(const fault& why) override {
    if (!over_.exchange(true))
      caf::anon_send(to_, audio_failed{run_, track_, why});
  }
  [[nodiscard]] bool over() const noexcept { return over_; }

private:
  /// Without an ear nobody listens, and the sound is encoded all the same.
  void make_ear(const begin_audio& msg, const listening& how) {
    try {
      ear_.emplace(msg.work, msg.first_wanted_utterance, how, [this](const heard_utterance& one) {
        caf::anon_send(to_, utterance_cut{run_, track_, one.index, one.file, one.begin, one.end});
      });
    } catch (const failure& error) {
      warnings_.push_back("no speech is looked for: " + error.why().what + "; " +
                          error.why().advice);
    }
  }
  template <class Work> void listen(Work work) {
    if (!ear_ || over_)
      return;
    try {
      work();
    } catch (const std::system_error& error) {
      on_failure({culprit::peer, error.what(), "make room on the disk and --resume", "audio"});
    }
  }

  ticket run_;
  std::uint32_t track_;
  audio_reader to_;
  std::optional<ear> ear_;
  std::vector<std::string> warnings_;
  std::atomic<bool> over_{false};
};

/// One track that is being encoded. The encoder goes first: it calls the messenger.
struct audio_run {
  std::unique_ptr<messenger> told;
  std::unique_ptr<gst::audio_encoder> encoder;
  caf::actor_addr job;
};

struct audio_state {
  static inline const char* name = "audio";
  std::map<std::string, audio_run> runs; ///< by ticket
};

using self_pointer = audio_actor::stateful_pointer<audio_state>;

std::string key_of(const ticket& run) {
  return run.task + "#" + std::to_string(run.attempt);
}

caf::result<audio_running> begin(self_pointer self, const begin_audio& msg, const listening& how) {
  audio_run run;
  run.told = std::make_unique<messenger>(msg, how);
  run.job = msg.to.address();
  gst::audio_request request;
  request.work = msg.work;
  request.track = msg.track;
  request.source = msg.source;
  request.encode = msg.encode;
  request.listen = msg.listen;
  request.segment = std::chrono::milliseconds{msg.segment_ms};
  request.first_wanted = msg.first_wanted;
  try {
    run.encoder = std::make_unique<gst::audio_encoder>(std::move(request), *run.told);
  } catch (const failure& error) {
    return to_error(error.why());
  }
  self->monitor<caf::message_priority::high>(msg.to); // it overtakes the sound that waits here
  audio_running reply{run.encoder->launch_line()};
  self->state.runs[key_of(msg.run)] = std::move(run);
  return reply;
}

void feed(self_pointer self, const feed_audio& msg) {
  const auto found = self->state.runs.find(key_of(msg.run));
  if (found == self->state.runs.end())
    return;
  auto& run = found->second;
  try {
    run.encoder->feed(msg.chunk);
  } catch (const failure& error) {
    run.told->on_failure(error.why());
  } catch (const std::system_error& error) {
    run.told->on_failure({culprit::peer, error.what(), "make room on the disk and --resume", ""});
  }
  if (run.told->over())
    self->state.runs.erase(found);
}

audio_actor::behavior_type audio(self_pointer self, const listening& how) {
  self->set_down_handler([=](caf::down_msg& down) {
    std::erase_if(self->state.runs, [&](const auto& run) { return run.second.job == down.source; });
  });
  return {
      [=](const begin_audio& msg) { return begin(self, msg, how); },
      [=](const feed_audio& msg) { feed(self, msg); },
      [=](const stop_audio& msg) { self->state.runs.erase(key_of(msg.run)); },
  };
}

} // namespace

audio_actor spawn_audio(caf::actor_system& system, const listening& how) {
  return system.spawn<caf::detached>(audio, how);
}

} // namespace vdoc::transcode
