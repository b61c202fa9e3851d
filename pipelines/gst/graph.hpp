#pragma once

#include "pipelines/confinement/confinement.hpp"
#include "pipelines/fault.hpp"
#include "pipelines/gst/owned.hpp"

#include <chrono>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace vdoc::gst {

/// One element to be: its factory, its name in the graph, its properties as gst-launch takes them.
struct element {
  std::string factory;
  std::string name;
  std::vector<std::pair<std::string, std::string>> properties;
  friend bool operator==(const element&, const element&) = default;
};

/// From one element to another. Empty pad names: any pad that fits. A source pad that is not there
/// yet (a demuxer's) is linked when it appears, if a pad name is given.
struct link {
  std::string from;
  std::string to;
  std::string caps; ///< a caps filter in between; empty for none
  std::string from_pad;
  std::string to_pad;
  friend bool operator==(const link&, const link&) = default;
};

/// A pipeline as data: can be printed, compared and tested without GStreamer.
struct graph {
  std::vector<element> elements;
  std::vector<link> links;

  /// Adds an element, and a link to it from the element added before it unless `chained` is off.
  graph& then(element one, bool chained = true, std::string caps = {});
  graph& connect(link one);
  friend bool operator==(const graph&, const graph&) = default;
};

/// The graph in gst-launch's notation, in one line: chains as they were added, other links after.
std::string launch_line(const graph& plan);

/// A pipeline that runs a graph, and owns it. Methods from one thread, except `first_error`.
class pipeline {
public:
  /// Makes elements and links, in state NULL. Throws failure (ours) that names the element that
  /// is not installed, does not take a property, or does not link.
  /// Its threads open no files but those, no sockets, and start nothing: see pipelines/confinement.
  explicit pipeline(const graph& plan, const confinement::reach& files = {});
  /// Stops, at most `stop_limit` long.
  ~pipeline();
  pipeline(const pipeline&) = delete;
  pipeline& operator=(const pipeline&) = delete;

  /// Adds more to a running pipeline, brings it to the pipeline's state, and, if `source` is given,
  /// links that pad to the first of the new elements. Throws like the constructor. May be called
  /// on a streaming thread (from "pad-added").
  void extend(const graph& more, GstPad* source = nullptr);

  /// Asks for a state. Throws failure with the first error of the bus when it is refused at once.
  void change_state(GstState wanted);
  /// Waits until the state asked for is reached; false when `limit` ran out or an error came.
  [[nodiscard]] bool reaches_state(std::chrono::milliseconds limit);

  /// To NULL. False when a streaming thread did not end within `limit`: the pipeline is then left
  /// to a thread of its own, nothing of it may be touched any more, and the process should be
  /// replaced soon, unless the thread has ended `grace` later.
  bool stop(std::chrono::milliseconds limit = stop_limit,
            std::chrono::milliseconds grace = std::chrono::milliseconds{0});

  /// The first error that an element reported, if any did; its name is in `where`. Whose fault it
  /// is follows from the error's domain: a stream that does not decode is the user's, a resource
  /// is a peer's, the rest is ours. Never blocks. Any thread.
  [[nodiscard]] std::optional<fault> first_error();
  /// Throws the first error, if there is one.
  void check();
  /// True once the pipeline's sinks have all seen the end.
  [[nodiscard]] bool ended();

  /// Borrowed; throws failure (ours) for a name that is not in the graph.
  [[nodiscard]] GstElement* at(const std::string& name) const;
  [[nodiscard]] GstElement* top() const noexcept { return top_.get(); }

  static constexpr std::chrono::milliseconds stop_limit{3000};

private:
  void make(const graph& plan);
  void read_bus();

  owned<GstElement> top_;
  owned<GstBus> bus_;
  std::mutex reading_;
  std::optional<fault> error_;
  bool ended_ = false;
};

/// How many pipelines did not stop in time, grace included, and have not stopped since: their
/// threads and memory are lost to this process. Any thread.
std::size_t pipelines_left_behind() noexcept;

/// True when the element exists and can be opened: a factory alone says little.
bool works(const std::string& factory);

} // namespace vdoc::gst
