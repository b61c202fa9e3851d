#include "pipelines/gst/conveyor.hpp"

#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>

namespace vdoc::gst {

using clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

element conveyor_in(const std::string& caps) {
  return {"appsrc", "in", {{"format", "time"}, {"max-bytes", "0"}, {"caps", caps}}};
}

element conveyor_out(const std::string& caps) {
  element out{"appsink", "out", {{"sync", "false"}, {"max-buffers", "64"}}};
  if (!caps.empty())
    out.properties.emplace_back("caps", caps);
  return out;
}

conveyor::conveyor(const graph& plan, taker take, limits limit,
                   std::atomic<std::uint64_t>& progress)
    : line_{plan}, in_{line_.at("in")}, out_{line_.at("out")}, take_{std::move(take)},
      limit_{limit}, progress_{progress}, moved_{clock::now()} {}

conveyor::~conveyor() = default;

void conveyor::start() {
  if (started_)
    return;
  started_ = true;
  line_.change_state(GST_STATE_PLAYING);
}

void conveyor::note_progress() {
  moved_ = clock::now();
  ++progress_;
}

void conveyor::give_up() {
  throw failure{fault{culprit::ours, "the sound makes no progress", "", "conveyor"}};
}

bool conveyor::take_one(std::chrono::milliseconds wait) {
  const auto limit = static_cast<GstClockTime>(std::chrono::nanoseconds{wait}.count());
  const owned<GstSample> sample{gst_app_sink_try_pull_sample(GST_APP_SINK(out_), limit)};
  if (!sample)
    return false;
  note_progress();
  take_(sample.get());
  return true;
}

/// What was made before an error is still taken, so that it does not depend on chance.
void conveyor::check() {
  const auto error = line_.first_error();
  if (!error)
    return;
  while (take_one(0ms))
    continue;
  throw failure{*error};
}

void conveyor::push(owned<GstBuffer> buffer) {
  start();
  moved_ = clock::now();
  auto* in = GST_APP_SRC(in_);
  for (auto level = gst_app_src_get_current_level_buffers(in); level >= limit_.waiting_buffers;) {
    const bool taken = take_one(20ms);
    check();
    const auto now = gst_app_src_get_current_level_buffers(in);
    if (now < level)
      note_progress();
    else if (!taken && clock::now() - moved_ > limit_.patience)
      give_up();
    level = now;
  }
  if (gst_app_src_push_buffer(in, buffer.release()) != GST_FLOW_OK)
    check();
  ++progress_;
  while (take_one(0ms))
    continue;
}

void conveyor::finish() {
  start();
  moved_ = clock::now();
  gst_app_src_end_of_stream(GST_APP_SRC(in_));
  auto level = gst_app_src_get_current_level_buffers(GST_APP_SRC(in_));
  while (take_one(20ms) || gst_app_sink_is_eos(GST_APP_SINK(out_)) == FALSE) {
    check();
    const auto now = gst_app_src_get_current_level_buffers(GST_APP_SRC(in_));
    if (now < level)
      note_progress();
    if (clock::now() - moved_ > limit_.patience)
      give_up();
    level = now;
  }
}

} // namespace vdoc::gst
