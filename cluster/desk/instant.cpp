#include "cluster/desk/instant.hpp"

#include <charconv>
#include <chrono>
#include <cstdlib>

namespace vdoc::desk {

namespace {

/// Reads a text from its front. Once something is missing, `ok` stays false.
class reader {
public:
  explicit reader(std::string_view text) : rest_{text} {}

  int number(std::size_t digits) {
    int value = 0;
    if (!ok_ || rest_.size() < digits)
      return fail();
    const auto* end = rest_.data() + digits;
    for (const char each : rest_.substr(0, digits))
      if (each < '0' || each > '9')
        return fail();
    std::from_chars(rest_.data(), end, value);
    rest_.remove_prefix(digits);
    return value;
  }
  void sign(std::string_view allowed) {
    if (ok_ && !rest_.empty() && allowed.find(rest_.front()) != std::string_view::npos)
      rest_.remove_prefix(1);
    else
      fail();
  }
  [[nodiscard]] char next() const { return rest_.empty() ? '\0' : rest_.front(); }
  [[nodiscard]] bool at_end() const { return ok_ && rest_.empty(); }
  int fail() {
    ok_ = false;
    return 0;
  }

private:
  std::string_view rest_;
  bool ok_ = true;
};

/// ".123456" as milliseconds; 0 when there are no decimals.
int milliseconds_of(reader& from) {
  if (from.next() != '.')
    return 0;
  from.sign(".");
  int value = from.number(1) * 100;
  for (int weight = 10; from.next() >= '0' && from.next() <= '9'; weight /= 10)
    value += from.number(1) * weight;
  return value;
}

int offset_minutes_of(reader& from) {
  if (from.next() == 'Z' || from.next() == 'z') {
    from.sign("Zz");
    return 0;
  }
  const int sign = from.next() == '-' ? -1 : 1;
  from.sign("+-");
  const int hours = from.number(2);
  from.sign(":");
  const int minutes = from.number(2);
  if (hours > 23 || minutes > 59)
    from.fail();
  return sign * (hours * 60 + minutes);
}

} // namespace

std::string to_rfc3339(std::int64_t unix_ms) {
  using namespace std::chrono;
  const sys_time<milliseconds> moment{milliseconds{unix_ms}};
  const auto day = floor<days>(moment);
  const year_month_day date{day};
  const hh_mm_ss time{moment - day};
  std::string text = "0000-00-00T00:00:00.000Z";
  const auto put = [&text](std::size_t first, std::size_t behind, auto number) {
    for (auto rest = static_cast<std::int64_t>(number); behind > first; rest /= 10)
      text[--behind] = static_cast<char>('0' + rest % 10);
  };
  put(0, 4, std::abs(static_cast<int>(date.year())));
  put(5, 7, static_cast<unsigned>(date.month()));
  put(8, 10, static_cast<unsigned>(date.day()));
  put(11, 13, time.hours().count());
  put(14, 16, time.minutes().count());
  put(17, 19, time.seconds().count());
  put(20, 23, time.subseconds().count());
  return text;
}

std::optional<std::int64_t> from_rfc3339(std::string_view text) {
  using namespace std::chrono;
  reader from{text};
  const year in_year{from.number(4)};
  from.sign("-");
  const month in_month{static_cast<unsigned>(from.number(2))};
  from.sign("-");
  const day on_day{static_cast<unsigned>(from.number(2))};
  from.sign("Tt ");
  const hours hour{from.number(2)};
  from.sign(":");
  const minutes minute{from.number(2)};
  from.sign(":");
  const seconds second{from.number(2)};
  const milliseconds rest{milliseconds_of(from)};
  const minutes offset{offset_minutes_of(from)};
  const year_month_day date{in_year, in_month, on_day};
  constexpr seconds leap_second{60};
  if (!from.at_end() || !date.ok() || hour > hours{23} || minute > minutes{59} ||
      second > leap_second)
    return std::nullopt;
  const auto moment = sys_days{date} + hour + minute + second + rest - offset;
  return duration_cast<milliseconds>(moment.time_since_epoch()).count();
}

} // namespace vdoc::desk
