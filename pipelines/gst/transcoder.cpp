#include "pipelines/gst/transcoder.hpp"

#include "pipelines/gst/avc.hpp"
#include "pipelines/gst/encoded_file.hpp"
#include "pipelines/gst/picture_source.hpp"
#include "pipelines/gst/pictures.hpp"
#include "pipelines/gst/rung_encoder.hpp"
#include "pipelines/gst/transcode_graphs.hpp"

#include <gst/video/video.h>

#include <algorithm>
#include <ctime>
#include <optional>

namespace vdoc::gst {

namespace {

using clock = std::chrono::steady_clock;
using namespace std::chrono_literals;
using fragment::timestamp;

/// How often cancellation and the watchdog are looked at while nothing happens.
constexpr std::chrono::milliseconds glance{50};
/// How often it is looked whether the turn is ours: meanwhile the other one only drains.
constexpr std::chrono::milliseconds between_looks_at_turn{5};
/// A thread of the pipeline that does not end within this is left behind ...
constexpr std::chrono::milliseconds teardown_limit{100};
/// ... which is no fault in this time if it was cancelled: x264 encodes what it has looked ahead
/// at.
constexpr std::chrono::seconds drain_limit{30};

std::chrono::nanoseconds process_cpu() {
  timespec used{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return std::chrono::seconds{used.tv_sec} + std::chrono::nanoseconds{used.tv_nsec};
}

/// The size of the pictures that the decoder's side delivers: the first rung that is scaled. Only
/// pictures wanted: the size of those.
picture_shape delivered_shape(const transcode_request& request, bool encodes) {
  if (const auto rungs = scaled_rungs(request.ladder); encodes)
    return {GST_VIDEO_FORMAT_I420, rungs.front().width_px, rungs.front().height_px};
  return shrunk(request.source.display_width_px, request.source.display_height_px, 960);
}

std::string sample_colorimetry(GstSample* sample) {
  const auto* structure = gst_caps_get_structure(gst_sample_get_caps(sample), 0);
  const char* found = gst_structure_get_string(structure, "colorimetry");
  return found == nullptr ? "" : found;
}

/// When those pictures of a fragment would be shown that did not come out; all of it, when its
/// times do not tell.
std::vector<fragment::timestamp> not_among(std::vector<fragment::timestamp> shown,
                                           const transcode_request& request) {
  const auto& piece = request.piece;
  std::sort(shown.begin(), shown.end());
  std::vector<fragment::timestamp> lost;
  fragment::access_unit_reader reader{request.work / piece.run, piece.run_bytes};
  for (fragment::access_unit unit; reader.next(unit);)
    if (unit.pts >= piece.begin && unit.pts < piece.end &&
        !std::binary_search(shown.begin(), shown.end(), unit.pts))
      lost.push_back(unit.pts);
  return lost.empty() ? std::vector{piece.begin, piece.end} : lost;
}

} // namespace

/// What one request is being made of.
struct work_in_hand {
  const transcode_request& request;
  const std::atomic<bool>& cancelled;
  shared_activity wake;
  std::vector<std::string> encoded_names;
  std::optional<rung_encoder> encoder;
  std::optional<picture_taker> taker;
  std::string colorimetry;
  std::vector<fragment::timestamp> shown; ///< of the pictures that came out
  transcode_result result;
  clock::time_point last_move = clock::now();
  std::uint64_t last_progress = 0;
  clock::duration waited{0}; ///< for its turn

  /// Throws when it was cancelled.
  void must_go_on() const {
    if (cancelled)
      throw failure{fault{culprit::peer, "cancelled", "", "transcoder"}};
  }
};

struct transcoder::engine {
  turn shared;
  shared_activity wake = std::make_shared<activity>();
  std::unique_ptr<picture_source> source;
  std::string lines;
  std::string stream_caps;

  void copy(const transcode_request& request, const std::string& name, transcode_result& result);
  void drop(work_in_hand& work);
  void decode_and_encode(work_in_hand& work);
  void decode(work_in_hand& work);
  void await_turn(work_in_hand& work);
  void choose_source(const transcode_request& request, bool encodes);
  void count_damage(work_in_hand& work);
  void first_picture(work_in_hand& work, GstSample* sample);
  void open_encoder(work_in_hand& work);
  void fill_with_black(work_in_hand& work);
  void pump_pictures(work_in_hand& work);
  void pump_encoders(work_in_hand& work);
  void wait(work_in_hand& work, std::chrono::milliseconds longest = glance);
};

/// The source's own access units are the rendition: no codec is opened.
void transcoder::engine::copy(const transcode_request& request, const std::string& name,
                              transcode_result& result) {
  try {
    fragment::access_unit_reader reader{request.work / request.piece.run, request.piece.run_bytes};
    avc_stream stream{reader.format().caps};
    encoded_units made;
    for (fragment::access_unit unit; reader.next(unit);) {
      // Parameter sets may come with any unit.
      const auto before = stream.damaged_units();
      auto bytes = stream.convert(unit.bytes);
      if (unit.pts < request.piece.begin || unit.pts >= request.piece.end)
        continue;
      for (auto lost = stream.damaged_units() - before; lost > 0; --lost)
        result.lost.add(unit.pts);
      if (bytes.empty())
        continue;
      made.units.push_back(unit);
      made.units.back().bytes = std::move(bytes);
    }
    made.caps = stream.caps();
    auto out = store(request.made_in(), request.piece, name, std::move(made));
    out.colorimetry = carried_colorimetry(request.source, reader.format().caps, {});
    result.renditions.push_back(std::move(out));
  } catch (const failure&) {
    throw;
  } catch (const std::runtime_error& why) {
    throw failure{fault{culprit::user, std::string{"cannot copy the source: "} + why.what(),
                        "export the file again, or convert it with another program",
                        request.piece.run}};
  }
}

void transcoder::engine::choose_source(const transcode_request& request, bool encodes) {
  const auto run = request.work / request.piece.run;
  try {
    stream_caps = fragment::access_unit_reader{run, request.piece.run_bytes}.format().caps;
  } catch (const std::runtime_error& why) {
    throw failure{fault{culprit::ours, why.what(), "", request.piece.run}};
  }
  decode_plan plan;
  plan.caps = decodable_caps(stream_caps);
  plan.decoder = choose_decoder(plan.caps);
  if (plan.decoder.factory.empty())
    throw failure{fault{culprit::user,
                        "there is no decoder for " + request.source.codec_name + " here",
                        "convert the source to H.264 first", "decoder"}};
  const auto shape = delivered_shape(request, encodes);
  plan.width_px = shape.width_px;
  plan.height_px = shape.height_px;
  plan.turn = request.source.turn;
  const auto how =
      encodes ? picture_source::pace::every_picture : picture_source::pace::key_pictures;
  if (!source || !source->serves(run, plan, how, request.piece)) {
    source.reset();
    source = std::make_unique<picture_source>(run, plan, how, wake);
  }
  lines = launch_line(decode_graph(plan));
  source->open(request.piece);
}

/// Only now is it known what the decoder says about colour.
void transcoder::engine::first_picture(work_in_hand& work, GstSample* sample) {
  const auto& request = work.request;
  work.colorimetry = carried_colorimetry(request.source, stream_caps, sample_colorimetry(sample));
  if (request.picture_every.count() > 0)
    work.taker.emplace(request.made_in(), request.piece, request.picture_every, work.colorimetry);
  if (!work.encoded_names.empty())
    open_encoder(work);
}

void transcoder::engine::open_encoder(work_in_hand& work) {
  const auto& request = work.request;
  encode_plan plan;
  plan.rungs = scaled_rungs(request.ladder);
  plan.wanted = work.encoded_names;
  plan.options = request.options;
  plan.frames = request.piece.frames;
  plan.fps_numerator = request.source.fps_numerator;
  plan.fps_denominator = std::max(request.source.fps_denominator, 1);
  plan.colorimetry = work.colorimetry;
  lines += '\n' + launch_line(encode_graph(plan));
  work.encoder.emplace(plan, wake);
}

/// As many black pictures as the fragment has access units: the timeline goes on where nothing can
/// be decoded, or must not be.
void transcoder::engine::fill_with_black(work_in_hand& work) {
  const auto& request = work.request;
  const auto& piece = request.piece;
  work.colorimetry = carried_colorimetry(request.source, stream_caps, {});
  open_encoder(work);
  const auto shape = delivered_shape(request, true);
  GstVideoInfo info{};
  gst_video_info_set_format(&info, shape.format, static_cast<guint>(shape.width_px),
                            static_cast<guint>(shape.height_px));
  constexpr std::uint8_t black = 16;
  constexpr std::uint8_t no_color = 128;
  const owned<GstBuffer> picture{gst_buffer_new_allocate(nullptr, info.size, nullptr)};
  const auto luma_bytes = GST_VIDEO_INFO_PLANE_OFFSET(&info, 1);
  gst_buffer_memset(picture.get(), 0, black, luma_bytes);
  gst_buffer_memset(picture.get(), luma_bytes, no_color, info.size - luma_bytes);
  const auto count = std::max(piece.frames, 1U);
  for (std::uint32_t i = 0; i < count;) {
    if (work.cancelled || !work.encoder->ready()) {
      wait(work);
      continue;
    }
    const auto pts = piece.begin + (piece.end - piece.begin) * i / count;
    const owned<GstBuffer> one{gst_buffer_copy(picture.get())}; // shares the pixels
    work.encoder->push(one.get(), pts);
    ++i;
  }
}

/// Nothing can be done now: sleeps until something happens. Throws when it was cancelled, and when
/// nothing has moved for longer than the request's patience.
void transcoder::engine::wait(work_in_hand& work, std::chrono::milliseconds longest) {
  wake->wait(longest);
  work.must_go_on();
  const auto progress =
      (source ? source->progress() : 0) + (work.encoder ? work.encoder->progress() : 0);
  const auto now = clock::now();
  if (progress != work.last_progress) {
    work.last_progress = progress;
    work.last_move = now;
  }
  if (now - work.last_move > work.request.patience)
    throw failure{fault{culprit::ours,
                        "no progress for " + std::to_string(work.request.patience.count()) +
                            " s while transcoding",
                        "", work.request.piece.run}};
}

void transcoder::engine::pump_pictures(work_in_hand& work) {
  for (;;) {
    if (work.cancelled || (work.encoder && !work.encoder->ready())) {
      wait(work);
      continue;
    }
    shown_picture one;
    const auto turnout = source->next(one);
    if (turnout == picture_source::turnout::end)
      return;
    if (turnout == picture_source::turnout::nothing) {
      wait(work);
      continue;
    }
    if (work.result.frames_decoded++ == 0)
      first_picture(work, one.sample.get());
    work.shown.push_back(one.pts);
    if (work.encoder)
      work.encoder->push(gst_sample_get_buffer(one.sample.get()), one.pts);
    if (work.taker)
      work.taker->see(one.sample.get(), one.pts);
  }
}

void transcoder::engine::pump_encoders(work_in_hand& work) {
  if (!work.encoder)
    return;
  work.encoder->end();
  while (!work.encoder->done())
    wait(work);
}

void transcoder::engine::count_damage(work_in_hand& work) {
  auto& result = work.result;
  if (source)
    for (const auto at : source->concealed())
      result.concealed.add(at);
  const auto& piece = work.request.piece;
  if (result.frames_decoded >= piece.frames)
    return;
  damage lost;
  if (work.request.bridge)
    lost = {0, piece.begin, piece.end};
  else
    for (const auto at : not_among(std::move(work.shown), work.request))
      lost.add(at);
  lost.pictures = std::max(result.lost.pictures, piece.frames - result.frames_decoded);
  result.lost = lost;
}

/// Whoever has the turn moves on, or is killed by its node.
void transcoder::engine::await_turn(work_in_hand& work) {
  const auto begun = clock::now();
  while (!shared.take()) {
    wait(work, between_looks_at_turn);
    work.last_move = clock::now();
  }
  work.waited = clock::now() - begun;
}

void transcoder::engine::decode(work_in_hand& work) {
  struct leaving {
    turn& which;
    ~leaving() { which.leave(); }
  } const at_the_end{shared};
  if (work.encoded_names.size() > 1)
    await_turn(work);
  choose_source(work.request, !work.encoded_names.empty());
  pump_pictures(work);
}

/// Whatever is open may be stuck: not to be waited for, not to be used again.
void transcoder::engine::drop(work_in_hand& work) {
  const std::chrono::seconds until_it_is_ill = work.cancelled ? drain_limit : 0s;
  if (work.encoder)
    work.encoder->graph_in_use().stop(teardown_limit, until_it_is_ill);
  if (source)
    source->graph_in_use().stop(teardown_limit, until_it_is_ill);
  source.reset();
}

void transcoder::engine::decode_and_encode(work_in_hand& work) {
  auto& result = work.result;
  const bool encodes = !work.encoded_names.empty();
  if (work.request.bridge) {
    source.reset();
    stream_caps.clear();
  } else {
    decode(work);
  }
  if (encodes && result.frames_decoded == 0)
    fill_with_black(work);
  pump_encoders(work);
  if (encodes)
    count_damage(work);
  if (work.taker)
    result.pictures = std::move(*work.taker).taken();
}

transcoder::transcoder(turn shared) : engine_{std::make_unique<engine>()} {
  engine_->shared = std::move(shared);
}
transcoder::~transcoder() = default;

std::string transcoder::launch_lines() const {
  return engine_->lines;
}

transcode_result transcoder::run(const transcode_request& request,
                                 const std::atomic<bool>& cancelled) {
  const auto started = clock::now();
  const auto cpu = process_cpu();
  work_in_hand work{request, cancelled, engine_->wake, {}, {}, {}, {}, {}, {}, started, 0, {}};
  for (const auto& rung : scaled_rungs(request.ladder))
    if (std::find(request.wanted.begin(), request.wanted.end(), rung.name) != request.wanted.end())
      work.encoded_names.push_back(rung.name);
  auto last_out = started;
  auto first_in = started;
  try {
    for (const auto& rung : request.ladder)
      if (rung.copied && std::find(request.wanted.begin(), request.wanted.end(), rung.name) !=
                             request.wanted.end())
        engine_->copy(request, rung.name, work.result);
    if (!work.encoded_names.empty() || request.picture_every.count() > 0) {
      engine_->decode_and_encode(work);
      if (engine_->source)
        first_in = engine_->source->began();
      last_out = clock::now();
    }
    work.must_go_on();
    for (const auto& name : work.encoded_names) {
      auto made = work.encoder ? work.encoder->take(name) : encoded_units{};
      auto out = store(request.made_in(), request.piece, name, std::move(made));
      out.colorimetry = work.colorimetry;
      work.result.renditions.push_back(std::move(out));
    }
  } catch (...) {
    engine_->drop(work);
    throw;
  }
  if (engine_->source && engine_->source->spent())
    engine_->source.reset();
  work.encoder.reset();
  auto& result = work.result;
  result.cpu = process_cpu() - cpu;
  result.wall = clock::now() - started - work.waited;
  result.overhead = result.wall - (last_out - first_in);
  return std::move(result);
}

} // namespace vdoc::gst
