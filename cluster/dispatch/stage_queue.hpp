#pragma once

#include "cluster/dispatch/stage.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace vdoc::dispatch {

/// The queues of the stages of jobs, as operators see them: "stage.video" and so on.
enum class stage_queue : std::uint8_t { ingest, video, audio, transcription, packaging, document };
inline constexpr std::size_t stage_queue_count = 6;
inline constexpr std::array<std::string_view, stage_queue_count> stage_queue_names{
    "stage.ingest",        "stage.video",     "stage.audio",
    "stage.transcription", "stage.packaging", "stage.document"};

/// The queue that work of this kind waits in; nothing: it does not queue.
constexpr std::optional<stage_queue> queue_of(stage kind) noexcept {
  switch (kind) {
  case stage::ingest:
  case stage::demux:
    return stage_queue::ingest;
  case stage::transcode:
    return stage_queue::video;
  case stage::audio:
    return stage_queue::audio;
  case stage::transcribe:
    return stage_queue::transcription;
  case stage::package:
    return stage_queue::packaging;
  case stage::document:
    return stage_queue::document;
  case stage::noop:
    return std::nullopt;
  }
  return std::nullopt;
}

inline std::string to_string(stage_queue what) {
  const auto at = static_cast<std::size_t>(what);
  return std::string{at < stage_queue_names.size() ? stage_queue_names[at] : "unknown queue"};
}

/// "stage.video"; nothing when there is no such queue.
constexpr std::optional<stage_queue> stage_queue_from(std::string_view name) noexcept {
  for (std::size_t i = 0; i < stage_queue_count; ++i)
    if (stage_queue_names[i] == name)
      return static_cast<stage_queue>(i);
  return std::nullopt;
}

/// What an operator may set of a queue.
struct stage_terms {
  bool paused = false;
  std::uint32_t concurrency = 0;    ///< tasks at a time, on all hosts; 0: as many as have slots
  std::uint32_t starts_per_min = 0; ///< 0: no limit
  friend bool operator==(const stage_terms&, const stage_terms&) = default;
};

} // namespace vdoc::dispatch
