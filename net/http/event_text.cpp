#include "net/http/event_text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>

namespace vdoc::net {

namespace {

constexpr std::size_t most_patterns = 64;
constexpr int come_back_ms = 2'000;

std::string_view take_part(std::string_view& text, char between) {
  const auto end = std::min(text.find(between), text.size());
  const auto part = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return part;
}

/// Part by part; what the pattern does not say may be anything.
bool begins_with(std::string_view topic, std::string_view pattern) {
  while (!pattern.empty()) {
    if (topic.empty())
      return false;
    const auto wanted = take_part(pattern, '.');
    const auto there = take_part(topic, '.');
    if (wanted != "*" && wanted != there)
      return false;
  }
  return true;
}

std::string id_line(const std::string& feed, std::uint64_t number) {
  return "id: " + feed + ":" + std::to_string(number) + "\n";
}

std::string_view name_of(std::string_view topic) {
  if (!topic.starts_with("job."))
    return topic.substr(0, topic.find('.'));
  return topic.substr(topic.rfind('.') + 1);
}

/// On one line, whatever it is.
std::string one_line(std::string text) {
  std::ranges::replace(text, '\n', ' ');
  std::ranges::replace(text, '\r', ' ');
  return text;
}

} // namespace

void topic_choice::add(std::string_view patterns) {
  while (!patterns.empty() && patterns_.size() < most_patterns)
    if (const auto one = take_part(patterns, ','); !one.empty())
      patterns_.emplace_back(one);
}

bool topic_choice::holds(std::string_view topic) const {
  return patterns_.empty() || std::ranges::any_of(patterns_, [&](const std::string& one) {
           return begins_with(topic, one);
         });
}

std::optional<feed_place> place_from(std::string_view last_event_id) {
  const auto colon = last_event_id.rfind(':');
  if (colon == std::string_view::npos || colon == 0)
    return std::nullopt;
  feed_place place{std::string{last_event_id.substr(0, colon)}};
  const auto number = last_event_id.substr(colon + 1);
  const auto* const end = number.data() + number.size();
  const auto read = std::from_chars(number.data(), end, place.number);
  if (number.empty() || read.ec != std::errc{} || read.ptr != end)
    return std::nullopt;
  return place;
}

std::string written(const std::string& feed, const desk::feed_event& what) {
  const auto topic =
      nlohmann::json(what.topic).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  std::string object = R"({"topic":)" + topic;
  if (what.body.size() > 2 && what.body.front() == '{')
    object += "," + what.body.substr(1);
  else
    object += "}";
  return id_line(feed, what.number) + "event: " + one_line(std::string{name_of(what.topic)}) +
         "\ndata: " + one_line(std::move(object)) + "\n\n";
}

std::string written_reset(const std::string& feed, std::uint64_t number) {
  return id_line(feed, number) + "event: reset\ndata: {}\n\n";
}

std::string written_greeting(const std::string& feed, std::uint64_t number) {
  return "retry: " + std::to_string(come_back_ms) + "\n" + id_line(feed, number) + "\n";
}

} // namespace vdoc::net
