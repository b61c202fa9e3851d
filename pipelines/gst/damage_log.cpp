#include "pipelines/gst/damage_log.hpp"

#include <array>
#include <cstdio>
#include <utility>

namespace vdoc::gst {

namespace {

constexpr std::size_t most_places = 20;

std::string counted(std::int64_t pictures) {
  return ": " + std::to_string(pictures) +
         (pictures == 1 ? " picture missing" : " pictures missing");
}

} // namespace

std::string seconds_text(fragment::timestamp time) {
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%.1f s", std::chrono::duration<double>(time).count());
  return text.data();
}

void damage_log::add(std::string text) {
  if (first_.size() < most_places)
    first_.push_back(std::move(text));
  else
    ++others_;
}

void damage_log::hole(fragment::timestamp end, fragment::timestamp at,
                      fragment::timestamp duration) {
  auto text = "damaged at " + seconds_text(at);
  if (duration.count() > 0 && at > end + duration / 2)
    text += counted((at - end + duration / 2) / duration);
  add(std::move(text));
}

void damage_log::missing(fragment::timestamp begin, fragment::timestamp end,
                         std::uint64_t pictures) {
  add("damaged between " + seconds_text(begin) + " and " + seconds_text(end) +
      counted(static_cast<std::int64_t>(pictures)));
}

std::vector<std::string> damage_log::warnings() const {
  auto out = first_;
  if (others_ > 0)
    out.push_back("damaged at " + std::to_string(others_) + " more places");
  return out;
}

} // namespace vdoc::gst
