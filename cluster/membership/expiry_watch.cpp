#include "cluster/membership/expiry_watch.hpp"

#include <utility>

namespace vdoc::membership {

namespace {

using days = std::chrono::duration<std::int64_t, std::ratio<86'400>>;
constexpr days said_before{14};
constexpr days said_every{1};

} // namespace

std::optional<std::int64_t> expiry_watch::look(time_point ends, time_point now) {
  if (ends_ != ends) {
    ends_ = ends;
    said_.reset();
    said_over_ = false;
  }
  if (ends - now > said_before)
    return std::nullopt;
  const bool is_over = ends <= now;
  const bool is_due = !said_ || now - *said_ >= said_every || now < *said_; // a clock was set back
  if (!is_due && said_over_ == is_over)
    return std::nullopt;
  said_ = now;
  said_over_ = is_over;
  return is_over ? -1 : std::chrono::floor<days>(ends - now).count();
}

} // namespace vdoc::membership
