#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace vdoc::job {

/// The pieces of work of a job. The order of the enumerators is the order of preference in a tie.
enum class work : std::uint8_t {
  open,
  read,
  audio,
  pack,
  pack_audio,
  encode,
  hear,
  remux,
  compose
};
std::string_view name_of(work kind);

/// Work that keeps a core busy with somebody else's code for seconds, and ends by itself: the first
/// suspect when its media host dies.
bool is_heavy(work kind);

/// One piece of work: which fragment, track or utterance, and which part of it.
struct task {
  work kind = work::open;
  std::uint32_t index = 0; ///< fragment, audio track or utterance
  std::uint32_t part = 0;  ///< encode, pack: 0 all or the rest, 1 the smallest rendition first;
                           ///< pack_audio: the segment
  friend auto operator<=>(const task&, const task&) = default;
};
std::string to_string(const task& what); ///< "encode/12.0"
std::optional<task> to_task(const std::string& text);

} // namespace vdoc::job
