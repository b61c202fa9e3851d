#pragma once

#include "actors/demux/protocol.hpp"
#include "actors/ingest/protocol.hpp"
#include "actors/package/protocol.hpp"
#include "actors/transcode/protocol.hpp"
#include "actors/wire/fault_error.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <chrono>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

/// Stages of media hosts that touch no media.
namespace vdoc::test {

using namespace std::chrono_literals;

/// What a media host was asked to do.
struct host_seen {
  std::mutex mutex;
  std::vector<transcode::encode_fragment> orders;
  std::vector<std::string> cancelled; ///< calls
  template <class List> std::size_t count(const List& of) {
    const std::lock_guard lock{mutex};
    return of.size();
  }
};

inline gst::transcode_result result_of(const transcode::encode_fragment& what) {
  gst::transcode_result made;
  made.renditions.push_back({"360p", "encoded/360p/x.au", what.piece.frames, 1000, {1}, "bt709"});
  made.frames_decoded = what.piece.frames;
  return made;
}

using slow_transcode =
    transcode::actor::extend<caf::reacts_to<caf::ok_atom>, caf::reacts_to<caf::put_atom>>;

struct slow_state {
  std::optional<caf::typed_response_promise<gst::transcode_result>> asked;
  transcode::encode_fragment what;
};

/// Answers for fragment 0 after 20 ms, for others when it is told to: with a result, or with a
/// fault of its node.
inline slow_transcode::behavior_type transcodes(slow_transcode::stateful_pointer<slow_state> self,
                                                host_seen* seen) {
  return {
      [=](const transcode::encode_fragment& msg) -> caf::result<gst::transcode_result> {
        self->state.asked = self->make_response_promise<gst::transcode_result>();
        self->state.what = msg;
        if (msg.piece.index == 0)
          self->delayed_send(self, 20ms, caf::ok_atom_v);
        const std::lock_guard lock{seen->mutex};
        seen->orders.push_back(msg);
        return *self->state.asked;
      },
      [=](caf::ok_atom) { self->state.asked->deliver(result_of(self->state.what)); },
      [=](caf::put_atom) {
        self->state.asked->deliver(to_error({culprit::peer, "the disk is full", "", ""}));
      },
  };
}

inline ingest::opened source() {
  ingest::opened it;
  it.local_path = "/in/talk.mp4";
  it.fingerprint = "abc";
  probe::video_stream stream;
  stream.codec = "hevc";
  stream.coded_width_px = stream.display_width_px = 640;
  stream.coded_height_px = stream.display_height_px = 360;
  stream.fps_numerator = 25;
  it.probe.video.push_back(stream);
  return it;
}
/// Two fragments of 4 s.
inline demux::actor::behavior_type cuts(demux::actor::pointer self) {
  return {[self](const demux::read_source& order) {
            for (std::uint32_t i = 0; i < 2; ++i) {
              fragment::fragment one;
              one.index = i;
              one.run = "runs/0";
              one.begin = 4s * i;
              one.end = 4s * (i + 1);
              one.frames = 100;
              self->send(order.to, demux::fragment_cut{order.run, one});
            }
            gst::demux_summary all;
            all.duration = 8s;
            self->send(order.to, demux::ended{order.run, all});
            return demux::reading{};
          },
          [](const demux::grant&) {}, [](const demux::stop&) {}};
}
inline package::actor::behavior_type packs(package::actor::pointer) {
  return {[](const package::make_segments& order) {
            package::segments_made made;
            for (const auto& one : order.orders)
              made.segments.push_back({one.what.name,
                                       std::to_string(one.index) + ".m4s",
                                       "init.mp4",
                                       "avc1.64001e",
                                       1000,
                                       {}});
            return made;
          },
          [](const package::remux&) { return package::remuxed{}; }};
}

} // namespace vdoc::test
