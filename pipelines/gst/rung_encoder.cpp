#include "pipelines/gst/rung_encoder.hpp"

#include "pipelines/gst/give_way.hpp"
#include "pipelines/gst/picture_source.hpp"

#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>

#include <algorithm>
#include <map>

namespace vdoc::gst {

namespace {

/// Pictures that wait in front of the encoders. They run in the thread of the appsrc, while the
/// decoder works on the next pictures in its own.
constexpr std::uint64_t most_pictures_waiting = 4;

/// x264enc counts from 1000 h; the segment it sends knows.
fragment::timestamp running_time(const GstSegment* segment, GstClockTime at) {
  std::uint64_t time = 0;
  const int sign = gst_segment_to_running_time_full(segment, GST_FORMAT_TIME, at, &time);
  if (sign == 0)
    return fragment::unknown_time;
  return std::chrono::nanoseconds{sign * static_cast<std::int64_t>(time)} - pipeline_zero;
}

fragment::access_unit unit_of(GstSample* sample) {
  auto* buffer = gst_sample_get_buffer(sample);
  const auto* segment = gst_sample_get_segment(sample);
  fragment::access_unit out;
  out.pts = running_time(segment, GST_BUFFER_PTS(buffer));
  out.dts = GST_BUFFER_DTS_IS_VALID(buffer) ? running_time(segment, GST_BUFFER_DTS(buffer))
                                            : fragment::unknown_time;
  out.key = !GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_DELTA_UNIT);
  out.bytes.resize(gst_buffer_get_size(buffer));
  gst_buffer_extract(buffer, 0, out.bytes.data(), out.bytes.size());
  return out;
}

} // namespace

/// What the encoders' thread writes; lives as long as it does.
struct rung_encoder::outcome {
  struct rung {
    encoded_units made;
    bool ended = false;
  };
  mutable std::mutex guard;
  std::map<std::string, rung> rungs; ///< by the name of the appsink
  std::uint64_t moved = 0;
  shared_activity wake;

  static void release(gpointer it) { delete static_cast<std::shared_ptr<outcome>*>(it); }
  static outcome& of(gpointer it) { return **static_cast<std::shared_ptr<outcome>*>(it); }

  GstFlowReturn took(GstAppSink* sink) {
    owned<GstSample> sample{gst_app_sink_pull_sample(sink)};
    if (!sample)
      return GST_FLOW_EOS;
    auto unit = unit_of(sample.get());
    {
      const std::lock_guard lock{guard};
      auto& to = rungs[GST_OBJECT_NAME(sink)].made;
      if (to.caps.empty())
        to.caps = owned<char>{gst_caps_to_string(gst_sample_get_caps(sample.get()))}.get();
      to.units.push_back(std::move(unit));
      ++moved;
    }
    return GST_FLOW_OK;
  }

  void ended(GstAppSink* sink) {
    {
      const std::lock_guard lock{guard};
      rungs[GST_OBJECT_NAME(sink)].ended = true;
    }
    wake->happened();
  }

  void watch(const pipeline& where, const std::string& sink, const std::shared_ptr<outcome>& self) {
    rungs[sink];
    GstAppSinkCallbacks calls{};
    calls.new_sample = [](GstAppSink* at, gpointer it) { return of(it).took(at); };
    calls.eos = [](GstAppSink* at, gpointer it) { of(it).ended(at); };
    gst_app_sink_set_callbacks(GST_APP_SINK(where.at(sink)), &calls,
                               new std::shared_ptr<outcome>{self}, release);
  }
};

rung_encoder::rung_encoder(const encode_plan& plan, shared_activity wake)
    : pipeline_{encode_graph(plan)}, pictures_{pipeline_.at("pictures")},
      outcome_{std::make_shared<outcome>()} {
  outcome_->wake = std::move(wake);
  for (const auto& rung : plan.rungs)
    if (std::find(plan.wanted.begin(), plan.wanted.end(), rung.name) != plan.wanted.end())
      outcome_->watch(pipeline_, sink_name(rung.name), outcome_);
  GstAppSrcCallbacks calls{};
  calls.need_data = [](GstAppSrc*, guint, gpointer it) {
    give_way();
    auto& to = outcome::of(it);
    {
      const std::lock_guard lock{to.guard};
      ++to.moved;
    }
    to.wake->happened();
  };
  gst_app_src_set_callbacks(GST_APP_SRC(pictures_), &calls, new std::shared_ptr<outcome>{outcome_},
                            outcome::release);
  pipeline_.change_state(GST_STATE_PLAYING);
}

rung_encoder::~rung_encoder() = default;

bool rung_encoder::ready() const {
  return gst_app_src_get_current_level_buffers(GST_APP_SRC(pictures_)) < most_pictures_waiting;
}

void rung_encoder::push(GstBuffer* picture, fragment::timestamp pts) {
  owned<GstBuffer> one{gst_buffer_ref(picture)};
  const auto when = static_cast<GstClockTime>((pts + pipeline_zero).count());
  if (GST_BUFFER_PTS(picture) != when) {
    one.reset(gst_buffer_copy(picture)); // shares the pixels
    GST_BUFFER_PTS(one.get()) = when;
  }
  gst_app_src_push_buffer(GST_APP_SRC(pictures_), one.release());
  pipeline_.check();
}

void rung_encoder::end() {
  gst_app_src_end_of_stream(GST_APP_SRC(pictures_));
}

bool rung_encoder::done() {
  pipeline_.check();
  const std::lock_guard lock{outcome_->guard};
  return std::all_of(outcome_->rungs.begin(), outcome_->rungs.end(),
                     [](const auto& one) { return one.second.ended; });
}

encoded_units rung_encoder::take(const std::string& rendition) {
  const std::lock_guard lock{outcome_->guard};
  return std::move(outcome_->rungs.at(sink_name(rendition)).made);
}

std::uint64_t rung_encoder::progress() const {
  const std::lock_guard lock{outcome_->guard};
  return outcome_->moved;
}

} // namespace vdoc::gst
