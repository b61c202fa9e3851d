#include "actors/queue/job_key.hpp"

namespace vdoc::queue {

namespace {

constexpr std::size_t text_length = 36;

constexpr bool is_dash(std::size_t at) {
  return at == 8 || at == 13 || at == 18 || at == 23;
}

/// 0 to 15, or -1.
constexpr int digit_of(char one) {
  if (one >= '0' && one <= '9')
    return one - '0';
  return one >= 'a' && one <= 'f' ? one - 'a' + 10 : -1;
}

} // namespace

std::optional<job_key> job_key_from(std::string_view id) {
  if (id.size() != text_length)
    return std::nullopt;
  job_key key;
  for (std::size_t i = 0; i < text_length; ++i) {
    if (is_dash(i)) {
      if (id[i] != '-')
        return std::nullopt;
      continue;
    }
    const int digit = digit_of(id[i]);
    if (digit < 0)
      return std::nullopt;
    auto& half = i < 18 ? key.high : key.low;
    half = half << 4 | static_cast<std::uint64_t>(digit);
  }
  return key;
}

std::string to_string(const job_key& key) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text(text_length, '-');
  int shift = 60;
  for (std::size_t i = 0; i < text_length; ++i) {
    if (is_dash(i))
      continue;
    text[i] = digits[(i < 18 ? key.high : key.low) >> shift & 0xf];
    shift = shift == 0 ? 60 : shift - 4;
  }
  return text;
}

} // namespace vdoc::queue
