#include "net/zmq/event_frames.hpp"

#include <charconv>
#include <string_view>

namespace vdoc::net {

namespace {

/// Takes the number behind the last colon away from the text.
std::optional<std::uint64_t> take_number(std::string_view& from) {
  const auto colon = from.rfind(':');
  if (colon == std::string_view::npos)
    return std::nullopt;
  const auto digits = from.substr(colon + 1);
  std::uint64_t value = 0;
  const auto* end = digits.data() + digits.size();
  const auto [at, wrong] = std::from_chars(digits.data(), end, value);
  if (digits.empty() || wrong != std::errc{} || at != end)
    return std::nullopt;
  from = from.substr(0, colon);
  return value;
}

} // namespace

std::optional<heard_event> read_event(const std::vector<std::string>& frames) {
  constexpr std::size_t three = 3;
  if (frames.size() != three)
    return std::nullopt;
  std::string_view place = frames[1];
  const auto in_topic = take_number(place);
  const auto in_family = take_number(place);
  const auto number = take_number(place);
  if (!in_topic || !in_family || !number)
    return std::nullopt;
  return heard_event{frames[0], std::string{place}, *number, *in_family, *in_topic, frames[2]};
}

} // namespace vdoc::net
