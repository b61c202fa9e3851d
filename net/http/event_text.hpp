#pragma once

#include "cluster/desk/event_feed.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vdoc::net {

/// What a listener wants to hear: topics by their parts. "job" is everything of jobs, "job.<id>" of
/// that one, "job.*.state" the states of all. None: everything.
class topic_choice {
public:
  /// Of several, with commas between them.
  void add(std::string_view patterns);
  [[nodiscard]] bool holds(std::string_view topic) const;

private:
  std::vector<std::string> patterns_;
};

/// Where a listener stopped: "<feed id>:<number>".
struct feed_place {
  std::string feed;
  std::uint64_t number = 0;
};
std::optional<feed_place> place_from(std::string_view last_event_id);

/// An event as it is sent (WHATWG HTML, section 9.2): its id is the place after it, its name the
/// last part of a job's topic, or "queue"; its object has the topic beside what was published.
std::string written(const std::string& feed, const desk::feed_event& what);

/// Tells a listener that it has missed some, and has to look for itself how things stand.
std::string written_reset(const std::string& feed, std::uint64_t number);

/// The first words to a listener: where it is, and how soon to come back when it is cut off.
std::string written_greeting(const std::string& feed, std::uint64_t number);

} // namespace vdoc::net
