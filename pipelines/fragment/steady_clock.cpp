#include "pipelines/fragment/steady_clock.hpp"

namespace vdoc::fragment {

namespace {

using namespace std::chrono_literals;

/// No stream's decode times fall so far by themselves.
constexpr timestamp fall = 400ms;

} // namespace

timestamp steady_clock::shift(std::size_t stream, timestamp decoded_at, timestamp duration) {
  auto& own = courses_[stream];
  if (decoded_at == unknown_time)
    return own.shift;
  if (own.next != unknown_time && decoded_at + own.shift < own.next - fall) {
    auto shift = own.next - decoded_at;
    for (const auto& [other, its] : courses_)
      if (other != stream && its.shift != own.shift && its.shift > shift - fall &&
          its.shift < shift + fall)
        shift = its.shift;
    own.shift = shift;
  }
  own.next = decoded_at + own.shift + duration;
  return own.shift;
}

} // namespace vdoc::fragment
