#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace vdoc::dispatch {

/// The kinds of work that a media host does. Each has its own queue.
enum class stage : std::uint8_t {
  ingest,
  demux,
  transcode,
  audio,
  transcribe,
  package,
  document,
  noop
};
inline constexpr std::size_t stage_count = 8;

/// What a host has a limited number of. Stages that keep a core busy share `heavy`.
enum class slot : std::uint8_t { ingest, demux, heavy, audio, package, document, noop };
inline constexpr std::size_t slot_count = 7;

constexpr slot slot_of(stage kind) noexcept {
  constexpr std::array<slot, stage_count> slots{slot::ingest,   slot::demux, slot::heavy,
                                                slot::audio,    slot::heavy, slot::package,
                                                slot::document, slot::noop};
  return slots[static_cast<std::size_t>(kind)];
}

inline std::string to_string(slot which) {
  constexpr std::array<const char*, slot_count> names{"ingest",  "demux",    "heavy", "audio",
                                                      "package", "document", "noop"};
  const auto at = static_cast<std::size_t>(which);
  return at < names.size() ? names[at] : "unknown slot";
}

inline std::string to_string(stage kind) {
  constexpr std::array<const char*, stage_count> names{
      "ingest", "demux", "transcode", "audio", "transcribe", "package", "document", "noop"};
  const auto at = static_cast<std::size_t>(kind);
  return at < names.size() ? names[at] : "unknown stage";
}

/// The queue of a stage is called "stage.transcode"; no job may name such a queue.
inline constexpr std::string_view stage_queues = "stage.";
inline std::string queue_of(stage kind) {
  return std::string{stage_queues} + to_string(kind);
}
/// Nothing when that is no stage's queue.
inline std::optional<stage> stage_of_queue(std::string_view queue) {
  for (std::size_t i = 0; i < stage_count; ++i)
    if (queue == queue_of(static_cast<stage>(i)))
      return static_cast<stage>(i);
  return std::nullopt;
}

/// How many tasks of each slot a media host takes at a time.
struct slots {
  std::uint16_t ingest = 1;
  std::uint16_t demux = 2;
  std::uint16_t heavy = 1; ///< transcode and transcribe together: one core each
  std::uint16_t audio = 2;
  std::uint16_t package = 1;
  std::uint16_t document = 1;
  std::uint16_t noop = 2; ///< tasks; each may hold many jobs

  [[nodiscard]] constexpr std::uint16_t of(slot which) const noexcept {
    switch (which) {
    case slot::ingest:
      return ingest;
    case slot::demux:
      return demux;
    case slot::heavy:
      return heavy;
    case slot::audio:
      return audio;
    case slot::package:
      return package;
    case slot::document:
      return document;
    case slot::noop:
      return noop;
    }
    return 0;
  }

  friend bool operator==(const slots&, const slots&) = default;
};

template <class Inspector> typename Inspector::result_type inspect(Inspector& f, slots& x) {
  return f(x.ingest, x.demux, x.heavy, x.audio, x.package, x.document, x.noop);
}

} // namespace vdoc::dispatch
