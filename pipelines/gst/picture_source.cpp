#include "pipelines/gst/picture_source.hpp"

#include "pipelines/gst/avc.hpp"
#include "pipelines/gst/give_way.hpp"
#include "pipelines/gst/picture_memory.hpp"

#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>
#include <gst/video/video.h>

#include <algorithm>
#include <cstring>

namespace vdoc::gst {

namespace {

/// Access units that wait in front of the decoder: enough to keep it busy, little to hold.
constexpr std::uint64_t most_units_waiting = 8;

owned<GstBuffer> wrap(const fragment::access_unit& unit) {
  auto* bytes = new std::vector<std::uint8_t>{unit.bytes};
  owned<GstBuffer> out{gst_buffer_new_wrapped_full(
      GST_MEMORY_FLAG_READONLY, bytes->data(), bytes->size(), 0, bytes->size(), bytes,
      [](gpointer it) { delete static_cast<std::vector<std::uint8_t>*>(it); })};
  const auto in_pipeline = [](fragment::timestamp when) {
    return when == fragment::unknown_time
               ? GST_CLOCK_TIME_NONE
               : static_cast<GstClockTime>((when + pipeline_zero).count());
  };
  GST_BUFFER_PTS(out.get()) = in_pipeline(unit.pts);
  GST_BUFFER_DTS(out.get()) = in_pipeline(unit.dts);
  if (unit.duration.count() > 0)
    GST_BUFFER_DURATION(out.get()) = static_cast<GstClockTime>(unit.duration.count());
  if (!unit.key)
    GST_BUFFER_FLAG_SET(out.get(), GST_BUFFER_FLAG_DELTA_UNIT);
  return out;
}

/// An appsink answers no allocation queries of its own in 1.22. Saying that we read GstVideoMeta
/// lets decoders hand out their pictures as they are, padding and all, instead of copying them.
/// gst-libav does so only in a pool that it is offered, where a stream's rows are more than are
/// shown (1088 for 1080); why it needs memory of our kind, see there.
GstPadProbeReturn accept_padding(GstPad*, GstPadProbeInfo* info, gpointer) {
  auto* query = GST_PAD_PROBE_INFO_QUERY(info);
  if (GST_QUERY_TYPE(query) != GST_QUERY_ALLOCATION)
    return GST_PAD_PROBE_OK;
  GstCaps* caps = nullptr;
  gboolean wants_pool = FALSE;
  gst_query_parse_allocation(query, &caps, &wants_pool);
  GstVideoInfo picture;
  if (wants_pool && caps != nullptr && gst_video_info_from_caps(&picture, caps)) {
    const owned<GstBufferPool> pool{new_picture_pool()};
    gst_query_add_allocation_param(query, picture_allocator(), nullptr);
    gst_query_add_allocation_pool(query, pool.get(), static_cast<guint>(picture.size), 0, 0);
  }
  gst_query_add_allocation_meta(query, GST_VIDEO_META_API_TYPE, nullptr);
  return GST_PAD_PROBE_HANDLED;
}

} // namespace

/// What the pipeline's threads touch; lives as long as they do.
struct picture_source::signals {
  shared_activity wake;
  std::atomic<bool> hungry{false}; ///< all pushed units went through the decoder

  static void release(gpointer it) { delete static_cast<std::shared_ptr<signals>*>(it); }
  static signals& of(gpointer it) { return **static_cast<std::shared_ptr<signals>*>(it); }

  static void connect(const pipeline& where, const std::shared_ptr<signals>& one) {
    GstAppSrcCallbacks in{};
    in.need_data = [](GstAppSrc*, guint, gpointer it) {
      give_way();
      of(it).hungry = true;
      of(it).wake->happened();
    };
    gst_app_src_set_callbacks(GST_APP_SRC(where.at("units")), &in,
                              new std::shared_ptr<signals>{one}, release);
    GstAppSinkCallbacks out{};
    out.new_sample = [](GstAppSink*, gpointer it) {
      of(it).wake->happened();
      return GST_FLOW_OK;
    };
    out.eos = [](GstAppSink*, gpointer it) { of(it).wake->happened(); };
    gst_app_sink_set_callbacks(GST_APP_SINK(where.at("pictures")), &out,
                               new std::shared_ptr<signals>{one}, release);
  }
};

picture_source::picture_source(std::filesystem::path run, decode_plan plan, pace how,
                               shared_activity wake)
    : run_{std::move(run)}, plan_{std::move(plan)}, how_{how}, reader_{run_, 0},
      pipeline_{decode_graph(plan_)}, concealment_{pipeline_.at("decoder")}, units_{pipeline_.at(
                                                                                 "units")},
      pictures_{pipeline_.at("pictures")}, signals_{std::make_shared<signals>()} {
  signals_->wake = std::move(wake);
  signals::connect(pipeline_, signals_);
  owned<GstPad> end{gst_element_get_static_pad(pictures_, "sink")};
  gst_pad_add_probe(end.get(), GST_PAD_PROBE_TYPE_QUERY_DOWNSTREAM, accept_padding, nullptr,
                    nullptr);
  pipeline_.change_state(GST_STATE_PLAYING);
  push_headers();
}

bool picture_source::serves(const std::filesystem::path& run, const decode_plan& plan, pace how,
                            const fragment::fragment& piece) const {
  // A fragment that was served before is not served again: its pictures are gone.
  const bool next_is_kept = kept_ && kept_->pts >= piece.begin && piece.begin >= piece_.end;
  return !drained_ && run == run_ && how == how_ && plan == plan_ &&
         (gone_by_ < piece.begin || next_is_kept);
}

void picture_source::open(const fragment::fragment& piece) {
  piece_ = piece;
  reader_.extend(piece.run_bytes);
  prefix_done_ = false;
  began_ = std::chrono::steady_clock::now();
}

bool picture_source::push_next() {
  fragment::access_unit unit;
  do {
    if (!reader_.next(unit))
      return false;
    if (reader_.format().ordered_only && unit.dts != fragment::unknown_time)
      order_.insert(std::upper_bound(order_.begin(), order_.end(), unit.dts), unit.dts);
  } while (how_ == pace::key_pictures && !unit.key);
  if (pushed_ == 0)
    soften_start(unit);
  push(unit);
  return true;
}

void picture_source::push(const fragment::access_unit& unit) {
  signals_->hungry = false;
  ++pushed_;
  gst_app_src_push_buffer(GST_APP_SRC(units_), wrap(unit).release());
}

/// Theora's decoder wants the stream's headers as packets of their own; they stand in the caps.
void picture_source::push_headers() {
  owned<GstCaps> caps{gst_caps_from_string(plan_.caps.c_str())};
  const auto* structure = caps ? gst_caps_get_structure(caps.get(), 0) : nullptr;
  const auto* headers =
      structure == nullptr ? nullptr : gst_structure_get_value(structure, "streamheader");
  if (headers == nullptr || !GST_VALUE_HOLDS_ARRAY(headers))
    return;
  auto* source = GST_APP_SRC(units_);
  for (guint i = 0; i < gst_value_array_get_size(headers); ++i)
    if (auto* buffer = gst_value_get_buffer(gst_value_array_get_value(headers, i)))
      gst_app_src_push_buffer(source, gst_buffer_ref(buffer));
}

/// H.264 that starts at a recovery point seems to lack the pictures before it: libavcodec invents
/// them in the name of the first access unit, and gst-libav then loses that unit's own picture, or
/// the next. So the first picture is decoded twice more before it counts: it leans on nothing, the
/// inventions go with the copies, and copies are before the fragment.
void picture_source::soften_start(const fragment::access_unit& first) {
  if (how_ == pace::key_pictures || first.pts == fragment::unknown_time ||
      !starts_without_idr(plan_.caps, first.bytes))
    return;
  auto copy = first;
  for (const int before_ns : {2, 1}) {
    copy.pts = first.pts - std::chrono::nanoseconds{before_ns};
    push(copy);
  }
}

std::vector<fragment::timestamp> picture_source::concealed() {
  auto out = concealment_.take(piece_.begin + pipeline_zero, piece_.end + pipeline_zero);
  for (auto& one : out)
    one -= pipeline_zero;
  return out;
}

void picture_source::drain() {
  if (!told_end_)
    gst_app_src_end_of_stream(GST_APP_SRC(units_));
  told_end_ = true;
}

void picture_source::feed() {
  auto* source = GST_APP_SRC(units_);
  while (!prefix_done_ && gst_app_src_get_current_level_buffers(source) < most_units_waiting)
    prefix_done_ = !push_next();
  if (prefix_done_ && piece_.run_ends)
    drain();
}

/// A decoder may want units beyond the prefix before it shows the last pictures of it. If they
/// are in the file already, they give the same pictures as draining, and the decoder stays usable.
bool picture_source::go_beyond() {
  std::error_code none;
  const auto there = std::filesystem::file_size(run_, none);
  if (none || there <= piece_.run_bytes)
    return false;
  try {
    reader_.extend(there);
    return push_next();
  } catch (const std::runtime_error&) {
    return false; // a unit that is still being written
  }
}

bool picture_source::idle() const {
  return signals_->hungry && gst_app_src_get_current_level_buffers(GST_APP_SRC(units_)) == 0;
}

fragment::timestamp picture_source::time_of(GstBuffer* buffer) {
  if (!reader_.format().ordered_only)
    return GST_BUFFER_PTS_IS_VALID(buffer)
               ? std::chrono::nanoseconds{GST_BUFFER_PTS(buffer)} - pipeline_zero
               : fragment::unknown_time;
  if (order_.empty())
    return fragment::unknown_time;
  const auto when = order_.front();
  order_.pop_front();
  return when;
}

bool picture_source::pull(shown_picture& out) {
  if (kept_) {
    out = std::move(*kept_);
    kept_.reset();
    return true;
  }
  auto* sink = GST_APP_SINK(pictures_);
  while (owned<GstSample> sample{gst_app_sink_try_pull_sample(sink, 0)}) {
    ++pulled_;
    const auto when = time_of(gst_sample_get_buffer(sample.get()));
    // Pictures without a time, or that go back in it, would be refused by every container.
    if (when == fragment::unknown_time || when <= gone_by_)
      continue;
    out = {std::move(sample), when};
    return true;
  }
  if (gst_app_sink_is_eos(sink))
    drained_ = true;
  return false;
}

picture_source::turnout picture_source::next(shown_picture& out) {
  // A stream that the decoder cannot go on with, and one without any picture, is a loss, to be
  // counted.
  if (const auto error = pipeline_.first_error())
    if (error->whose == culprit::user || (told_end_ && pulled_ == 0))
      gave_up_ = true;
  if (!gave_up_)
    pipeline_.check();
  for (;;) {
    if (drained_ && !kept_)
      return turnout::end;
    feed();
    const bool was_idle = prefix_done_ && !told_end_ && idle();
    if (!pull(out)) {
      drained_ = drained_ || gave_up_;
      if (drained_)
        return turnout::end;
      if (was_idle && !go_beyond())
        drain();
      return turnout::nothing;
    }
    if (out.pts >= piece_.end) {
      kept_ = std::move(out);
      return turnout::end;
    }
    gone_by_ = out.pts;
    if (out.pts >= piece_.begin)
      return turnout::picture;
  }
}

} // namespace vdoc::gst
