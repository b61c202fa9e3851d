#include "pipelines/gst/source_reader.hpp"

#include "pipelines/gst/clipped_sound.hpp"
#include "pipelines/gst/container_color.hpp"
#include "pipelines/gst/first_elements.hpp"
#include "pipelines/gst/growing_source.hpp"
#include "pipelines/gst/source_formats.hpp"

#include <algorithm>
#include <utility>

namespace vdoc::gst {

namespace {

using fragment::timestamp;
using fragment::unknown_time;

/// Where a position of the segment lies on the source's timeline.
timestamp time_in(const GstSegment& segment, GstClockTime position, bool as_stamped) {
  if (!GST_CLOCK_TIME_IS_VALID(position))
    return unknown_time;
  if (as_stamped)
    return timestamp{static_cast<std::int64_t>(position)};
  guint64 time = 0;
  const auto sign = gst_segment_to_running_time_full(&segment, GST_FORMAT_TIME, position, &time);
  if (sign == 0)
    return unknown_time;
  return timestamp{sign > 0 ? static_cast<std::int64_t>(time) : -static_cast<std::int64_t>(time)};
}

bool outside(const GstSegment& segment, GstClockTime position) {
  const bool is_late = GST_CLOCK_TIME_IS_VALID(segment.stop) && position >= segment.stop;
  return GST_CLOCK_TIME_IS_VALID(position) && (position < segment.start || is_late);
}

/// What names a stream within its file: the part that does not depend on where the file lies.
std::string stream_id_of(GstPad* pad) {
  const owned<char> id{gst_pad_get_stream_id(pad)};
  const std::string whole = id ? id.get() : GST_PAD_NAME(pad);
  return whole.substr(whole.rfind('/') + 1);
}

/// A task that has paused itself may still be on its way out, with the last pictures in hand; it
/// holds the stream lock until then.
bool task_runs(GstPad* pad) {
  if (GST_PAD_TASK(pad) == nullptr)
    return false;
  if (gst_task_get_state(GST_PAD_TASK(pad)) == GST_TASK_STARTED || !GST_PAD_STREAM_TRYLOCK(pad))
    return true;
  GST_PAD_STREAM_UNLOCK(pad);
  return false;
}

} // namespace

source_stream::~source_stream() {
  if (tags != nullptr)
    gst_tag_list_unref(tags);
}

/// A stream with the reader it belongs to, for the probe.
struct source_reader::lane {
  source_reader* reader = nullptr;
  source_stream stream;
  bool first = true;     ///< no buffer yet since the last segment
  bool edited = false;   ///< what lies outside its segment is not shown
  container_color color; ///< kept from the parser
};

source_reader::source_reader(const std::filesystem::path& source, source_listener& listener,
                             const std::filesystem::path& own)
    : listener_{listener}, growing_{probe::growing_file::at(source)}, plan_{first_elements(
                                                                          source, growing_)},
      source_{source}, pipeline_{plan_, reach_of(source, growing_, own)} {
  if (growing_)
    set_growing(pipeline_.at("source"), *growing_);
  g_signal_connect(pipeline_.at("kind"), "have-type", G_CALLBACK(when_typed), this);
}

void source_reader::stop() {
  stopping_ = true;
  pipeline_.stop();
}

source_reader::~source_reader() {
  stop();
  if (tags_ != nullptr)
    gst_tag_list_unref(tags_);
  if (contents_ != nullptr)
    gst_toc_unref(contents_);
}

void source_reader::start() {
  pipeline_.change_state(GST_STATE_PLAYING);
  started_ = true;
}

std::uint64_t source_reader::progress() const {
  return progress_ + (growing_ ? beats_of(pipeline_.at("source")) : 0);
}

std::optional<fault> source_reader::upload_trouble() const {
  return growing_ ? trouble_of(pipeline_.at("source")) : std::nullopt;
}

std::string source_reader::launch_line() const {
  const std::lock_guard lock{guard_};
  return gst::launch_line(plan_);
}

std::string source_reader::file_type() const {
  const std::lock_guard lock{guard_};
  return file_type_;
}

timestamp source_reader::duration() const {
  if (const auto said = mender_.length(); said > timestamp{0})
    return said;
  gint64 found = 0;
  if (!gst_element_query_duration(pipeline_.top(), GST_FORMAT_TIME, &found) || found < 0)
    return timestamp{0};
  return timestamp{found};
}

void source_reader::when_typed(GstElement* element, guint /*probability*/, GstCaps* caps,
                               gpointer self) {
  auto& reader = *static_cast<source_reader*>(self);
  const owned<char> text{gst_caps_to_string(caps)};
  {
    const std::lock_guard lock{reader.guard_};
    reader.file_type_ = text.get();
  }
  const owned<GstPad> pad{gst_element_get_static_pad(element, "src")};
  reader.attach(pad.get(), caps);
}

void source_reader::when_pad_added(GstElement* /*element*/, GstPad* pad, gpointer self) {
  auto& reader = *static_cast<source_reader*>(self);
  owned<GstCaps> caps{gst_pad_get_current_caps(pad)};
  if (!caps)
    caps.reset(gst_pad_query_caps(pad, nullptr));
  if (!reader.stopping_ && caps && !gst_caps_is_empty(caps.get()) && !gst_caps_is_any(caps.get()))
    reader.attach(pad, caps.get());
}

void source_reader::when_no_more_pads(GstElement* /*element*/, gpointer self) {
  static_cast<source_reader*>(self)->complete_ = true;
}

void source_reader::attach(GstPad* pad, GstCaps* caps) {
  ++progress_;
  if (const auto factory = demuxer_for(caps); !factory.empty())
    attach_container(pad, factory);
  else
    attach_leaf(pad, caps);
}

/// Adds a chain of elements, still asleep. Their state is locked: `start` may still be on its way
/// through the pipeline in another thread, and would wait for this one while this one waits for it.
std::vector<GstElement*> source_reader::add(const graph& more) {
  {
    const std::lock_guard lock{guard_};
    for (const auto& one : more.elements)
      plan_.then(one, false);
    for (const auto& one : more.links)
      plan_.connect(one);
  }
  std::vector<GstElement*> made;
  for (const auto& one : more.elements) {
    auto* element = gst_element_factory_make(one.factory.c_str(), one.name.c_str());
    if (element == nullptr)
      throw failure{fault{culprit::ours, "the GStreamer element " + one.factory + " is missing",
                          "install the GStreamer plugin that has it", one.name}};
    for (const auto& [key, value] : one.properties)
      gst_util_set_object_arg(G_OBJECT(element), key.c_str(), value.c_str());
    gst_element_set_locked_state(element, TRUE);
    gst_bin_add(GST_BIN(pipeline_.top()), element);
    if (!made.empty()) {
      const auto& caps = more.links.at(made.size() - 1).caps;
      const owned<GstCaps> filter{caps.empty() ? nullptr : gst_caps_from_string(caps.c_str())};
      gst_element_link_filtered(made.back(), element, filter.get());
    }
    made.push_back(element);
  }
  return made;
}

/// Links before the new elements wake up: a demuxer looks upstream when it does, to see whether it
/// may read where it likes, or has to take what comes.
void source_reader::wake(GstPad* from, const std::vector<GstElement*>& made) {
  const owned<GstPad> sink{gst_element_get_static_pad(made.front(), "sink")};
  gst_pad_link(from, sink.get());
  for (auto one = made.rbegin(); one != made.rend(); ++one)
    gst_element_set_state(*one, GST_STATE_PLAYING);
  for (auto* one : made)
    gst_element_set_locked_state(one, FALSE);
}

void source_reader::attach_container(GstPad* pad, const std::string& factory) {
  if (factory == "qtdemux")
    boxes_ = read_movie_boxes(source_);
  as_stamped_ = as_stamped_ || factory == "matroskademux";
  if (factory == "matroskademux" && !growing_)
    paddings_ = read_end_paddings(source_);
  const auto chain = add(graph{}.then({factory, "container" + std::to_string(named_++), {}}));
  auto* made = chain.front();
  if (factory == "qtdemux")
    mender_.watch(made);
  g_signal_connect(made, "pad-added", G_CALLBACK(when_pad_added), this);
  g_signal_connect(made, "no-more-pads", G_CALLBACK(when_no_more_pads), this);
  if (const owned<GstPad> only{gst_element_get_static_pad(made, "src")})
    gst_pad_add_probe(only.get(), GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, when_formatted, this,
                      nullptr);
  wake(pad, chain);
}

/// Containers of one stream have their pad from the start, but know only later what comes out.
GstPadProbeReturn source_reader::when_formatted(GstPad* pad, GstPadProbeInfo* info, gpointer self) {
  auto* event = GST_PAD_PROBE_INFO_EVENT(info);
  if (GST_EVENT_TYPE(event) != GST_EVENT_CAPS)
    return GST_PAD_PROBE_OK;
  GstCaps* caps = nullptr;
  gst_event_parse_caps(event, &caps);
  auto& reader = *static_cast<source_reader*>(self);
  reader.complete_ = true;
  reader.attach(pad, caps);
  return GST_PAD_PROBE_REMOVE;
}

void source_reader::attach_leaf(GstPad* pad, GstCaps* caps) {
  auto one = std::make_unique<lane>();
  one->reader = this;
  auto& stream = one->stream;
  stream.number = lanes_.size();
  stream.id = stream_id_of(pad);
  for (const auto& other : lanes_) // two tracks of a broken file may bear the same number
    if (other->stream.id == stream.id && !other->stream.ended)
      stream.id += "+";
  stream.kind = kind_of(caps);
  const auto* track = find_track(boxes_, stream.id);
  one->edited = track != nullptr && track->has_edits;
  one->color = container_color{track != nullptr && track->full_range};
  stream.offered.reset(gst_caps_copy(in_known_words(caps).get()));
  const owned<GstEvent> start{gst_pad_get_sticky_event(pad, GST_EVENT_STREAM_START, 0)};
  GstStreamFlags flags = GST_STREAM_FLAG_NONE;
  if (start)
    gst_event_parse_stream_flags(start.get(), &flags);
  stream.preferred = (flags & GST_STREAM_FLAG_SELECT) != 0;
  auto& kept = *lanes_.emplace_back(std::move(one));
  if (!listener_.on_stream(kept.stream))
    return;
  const auto number = std::to_string(kept.stream.number);
  const auto [factory, wanted] = parsing_for(caps);
  graph more;
  more.then({factory.empty() ? "identity" : factory, "parse" + number, {}});
  more.then({"fakesink", "end" + number, {{"sync", "false"}, {"async", "false"}}}, true, wanted);
  const auto chain = add(more);
  const owned<GstPad> begin{gst_element_get_static_pad(chain.front(), "sink")};
  if (!factory.empty())
    gst_pad_add_probe(begin.get(), GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, before_parser, &kept,
                      nullptr);
  const owned<GstPad> end{gst_element_get_static_pad(chain.back(), "sink")};
  const auto what =
      static_cast<GstPadProbeType>(GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM);
  gst_pad_add_probe(end.get(), what, when_probed, &kept, nullptr);
  wake(pad, chain);
}

GstPadProbeReturn source_reader::when_probed(GstPad* /*pad*/, GstPadProbeInfo* info,
                                             gpointer user) {
  auto& at = *static_cast<lane*>(user);
  if ((info->type & GST_PAD_PROBE_TYPE_BUFFER) != 0)
    return at.reader->on_buffer(at, info);
  return at.reader->on_event(at, GST_PAD_PROBE_INFO_EVENT(info));
}

GstPadProbeReturn source_reader::before_parser(GstPad* /*pad*/, GstPadProbeInfo* info,
                                               gpointer user) {
  auto* event = GST_PAD_PROBE_INFO_EVENT(info);
  if (GST_EVENT_TYPE(event) != GST_EVENT_CAPS)
    return GST_PAD_PROBE_OK;
  GstCaps* caps = nullptr;
  gst_event_parse_caps(event, &caps);
  const auto shown = static_cast<lane*>(user)->color.take_out(caps);
  if (shown.get() == caps)
    return GST_PAD_PROBE_OK;
  GST_PAD_PROBE_INFO_DATA(info) = gst_event_new_caps(shown.get());
  gst_event_unref(event);
  return GST_PAD_PROBE_OK;
}

GstPadProbeReturn source_reader::on_event(lane& at, GstEvent* event) {
  ++progress_;
  switch (GST_EVENT_TYPE(event)) {
  case GST_EVENT_CAPS: {
    GstCaps* caps = nullptr;
    gst_event_parse_caps(event, &caps);
    at.stream.caps = at.color.put_back(in_known_words(caps).get());
    listener_.on_format(at.stream);
    break;
  }
  case GST_EVENT_SEGMENT:
    gst_event_copy_segment(event, &at.stream.segment);
    at.stream.has_segment = at.stream.segment.format == GST_FORMAT_TIME;
    at.first = true;
    break;
  case GST_EVENT_TAG: {
    GstTagList* tags = nullptr;
    gst_event_parse_tag(event, &tags);
    auto*& kept = gst_tag_list_get_scope(tags) == GST_TAG_SCOPE_GLOBAL ? tags_ : at.stream.tags;
    auto* merged = gst_tag_list_merge(kept, tags, GST_TAG_MERGE_REPLACE);
    if (kept != nullptr)
      gst_tag_list_unref(kept);
    kept = merged;
    break;
  }
  case GST_EVENT_EOS:
    at.stream.ended = true;
    break;
  case GST_EVENT_TOC:
    if (contents_ == nullptr)
      gst_event_parse_toc(event, &contents_, nullptr);
    break;
  default:
    break;
  }
  return GST_PAD_PROBE_OK;
}

GstPadProbeReturn source_reader::on_buffer(lane& at, GstPadProbeInfo* info) {
  ++progress_;
  auto* buffer = GST_PAD_PROBE_INFO_BUFFER(info);
  const auto& segment = at.stream.segment;
  source_unit unit;
  if (at.stream.has_segment) {
    unit.pts = time_in(segment, GST_BUFFER_PTS(buffer), as_stamped_);
    unit.dts = time_in(segment, GST_BUFFER_DTS(buffer), as_stamped_);
    unit.clipped = at.edited && outside(segment, GST_BUFFER_PTS(buffer));
    unit.edit_begin = time_in(segment, segment.start, as_stamped_);
  }
  if (GST_BUFFER_DURATION_IS_VALID(buffer))
    unit.duration = timestamp{static_cast<std::int64_t>(GST_BUFFER_DURATION(buffer))};
  unit.key = !GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_DELTA_UNIT);
  unit.damaged = GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_CORRUPTED) ||
                 (!at.first && GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_DISCONT));
  unit.bytes = buffer;
  const auto padding = padding_of(paddings_, at.stream.id, unit.pts);
  unit.duration -= std::min(clipped_off(buffer, at.stream.caps.get(), padding), unit.duration);
  at.first = false;
  const auto goes_on = !stopping_ && listener_.on_unit(at.stream, unit);
  gst_buffer_unref(buffer);
  GST_PAD_PROBE_INFO_FLOW_RETURN(info) = goes_on ? GST_FLOW_OK : GST_FLOW_FLUSHING;
  return GST_PAD_PROBE_HANDLED;
}

bool source_reader::any_task_runs() {
  auto runs = false;
  auto* elements = gst_bin_iterate_elements(GST_BIN(pipeline_.top()));
  GValue one = G_VALUE_INIT;
  for (auto more = true; more;) {
    switch (gst_iterator_next(elements, &one)) {
    case GST_ITERATOR_OK: {
      auto* element = GST_ELEMENT(g_value_get_object(&one));
      GST_OBJECT_LOCK(element);
      for (auto* at = element->pads; at != nullptr && !runs; at = at->next)
        runs = task_runs(GST_PAD(at->data));
      GST_OBJECT_UNLOCK(element);
      g_value_reset(&one);
      break;
    }
    case GST_ITERATOR_RESYNC:
      runs = false;
      gst_iterator_resync(elements);
      break;
    default:
      more = false;
    }
  }
  g_value_unset(&one);
  gst_iterator_free(elements);
  return runs;
}

bool source_reader::over() {
  if (!started_)
    return false;
  // A state change that is still going on starts tasks at its end.
  GstState reached = GST_STATE_NULL;
  const auto change = gst_element_get_state(pipeline_.top(), &reached, nullptr, 0);
  // One task hands over to another while the graph grows, so a single look may fall in between.
  constexpr int sure = 3;
  const auto now = progress_.load();
  const auto idle = !(change == GST_STATE_CHANGE_ASYNC && !pipeline_.first_error()) &&
                    !any_task_runs() && std::exchange(looked_at_, now) == now;
  idle_looks_ = idle ? idle_looks_ + 1 : 0;
  return idle_looks_ >= sure;
}

} // namespace vdoc::gst
