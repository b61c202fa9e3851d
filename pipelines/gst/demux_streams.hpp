#pragma once

#include "pipelines/fragment/steady_clock.hpp"
#include "pipelines/gst/audio_lane.hpp"
#include "pipelines/gst/credit.hpp"
#include "pipelines/gst/damage_log.hpp"
#include "pipelines/gst/origin_gate.hpp"
#include "pipelines/gst/plain_text.hpp"
#include "pipelines/gst/source_reader.hpp"
#include "pipelines/gst/track_numbers.hpp"
#include "pipelines/gst/video_lane.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace vdoc::gst {

/// Which streams of a source go where: picks the ones asked for, puts them on the job's timeline
/// and hands their units to the lanes. Called on the reader's streaming thread, and by `finish`
/// once that has ended.
class demux_streams final : public source_listener {
public:
  /// `told`, `tokens` and `beats` must outlive it.
  demux_streams(const demux_request& request, demux_listener& told, credit& tokens,
                std::atomic<std::uint64_t>& beats);

  bool on_stream(source_stream& stream) override;
  void on_format(source_stream& stream) override;
  bool on_unit(source_stream& stream, const source_unit& unit) override;

  /// The source is over: everything held goes to the lanes, and these end. `duration` is what the
  /// container promises, 0 when it does not.
  demux_summary finish(fragment::timestamp duration);
  /// What went wrong on the streaming thread; the reading ends then.
  [[nodiscard]] std::optional<fault> trouble() const;
  [[nodiscard]] std::uint64_t units() const noexcept { return units_; }

private:
  /// Where the units of one stream go. Video is the only one of its kind.
  struct target {
    stream_kind kind = stream_kind::other;
    std::uint32_t track = 0;
    text_markup markup = text_markup::tags;
    std::shared_ptr<const video_format> format;
  };
  target* target_of(source_stream& stream);
  bool claim_video(source_stream& stream);
  void take(source_stream& stream, const source_unit& unit, const target& to);
  std::optional<fragment::timestamp> shown_at(const source_unit& unit, const parsed_unit& one,
                                              stream_kind kind) const;
  void open_gate();
  void pass(origin_gate::waiting one);
  void pass_text(const target& to, const fragment::access_unit& unit);
  [[nodiscard]] source_unit steadied(const source_stream& stream, const source_unit& unit);
  void note_damage(const source_unit& unit, const parsed_unit& one);
  void note_missing(const fragment::fragment& one);
  void tell(const fragment::fragment& one);

  const demux_request& request_;
  demux_listener& told_;
  credit& tokens_;
  std::atomic<std::uint64_t>& beats_;
  mutable std::mutex guard_; ///< of `trouble_`
  std::optional<fault> trouble_;
  bool only_decode_times_;
  track_numbers numbers_;
  std::map<std::size_t, target> targets_; ///< by the stream's number
  source_stream* video_stream_ = nullptr; ///< the one that the video lane reads
  std::map<std::uint32_t, source_stream*> audio_streams_;
  video_lane video_;
  std::map<std::uint32_t, audio_lane> audio_;
  std::optional<origin_gate> gate_; ///< until the origin is known
  fragment::timestamp origin_{0};
  damage_log damage_;
  fragment::steady_clock clock_;
  fragment::timestamp shown_until_ = fragment::unknown_time;
  std::atomic<std::uint64_t> units_{0};
};

} // namespace vdoc::gst
