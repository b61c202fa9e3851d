#pragma once

#include "pipelines/gst/graph.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <string>

namespace vdoc::gst {

/// A graph that buffers are pushed into at `conveyor_in` (an appsrc) and pulled out of at
/// `conveyor_out` (an appsink), all on the caller's thread: what comes out is told from within
/// `push` and `finish`. Holds a few dozen buffers, whatever the length.
class conveyor {
public:
  using taker = std::function<void(GstSample*)>; ///< the sample is borrowed

  struct limits {
    std::chrono::seconds patience{10}; ///< nothing moves for so long: failure
    std::uint64_t waiting_buffers = 32;
  };

  /// `progress` grows whenever something moves; it must outlive the conveyor.
  conveyor(const graph& plan, taker take, limits limit, std::atomic<std::uint64_t>& progress);
  ~conveyor();
  conveyor(const conveyor&) = delete;
  conveyor& operator=(const conveyor&) = delete;

  /// Takes the buffer over. Throws failure: of an element, or for want of progress.
  void push(owned<GstBuffer> buffer);
  /// Ends the stream and takes all that is still to come.
  void finish();

private:
  void start();
  bool take_one(std::chrono::milliseconds wait);
  void check();
  void note_progress();
  [[noreturn]] void give_up();

  pipeline line_;
  GstElement* in_;
  GstElement* out_;
  taker take_;
  limits limit_;
  std::atomic<std::uint64_t>& progress_;
  std::chrono::steady_clock::time_point moved_;
  bool started_ = false;
};

/// The two ends, to put into a plan.
element conveyor_in(const std::string& caps);
element conveyor_out(const std::string& caps);

} // namespace vdoc::gst
