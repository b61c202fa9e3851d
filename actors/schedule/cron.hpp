#pragma once

#include <bitset>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace vdoc::schedule {

/// When something is to happen, in the five fields of crontab(5): minute, hour, day of the month,
/// month, day of the week; in UTC, so that no hour comes twice or not at all.
///
///     */15 8-18 * * MON-FRI      every quarter of an hour of the working day
///     0 3 1,15 JAN *             at three on two days of January
///     @daily                     the same as 0 0 * * *
///
/// Lists, ranges, steps and English names of months and days are understood; 7 is Sunday too. As
/// in crontab(5), when both days are restricted a day of either kind will do.
class cron {
public:
  /// What is wrong, in words.
  struct error {
    std::string what;
  };
  static std::variant<cron, error> parse(std::string_view text);

  /// The first time after that one; nothing when there is none (the 30th of February).
  [[nodiscard]] std::optional<std::int64_t> next_unix_ms(std::int64_t after_unix_ms) const;

private:
  std::bitset<60> minutes_;
  std::bitset<24> hours_;
  std::bitset<32> days_;
  std::bitset<13> months_;
  std::bitset<7> weekdays_;
  bool any_day_ = true;
  bool any_weekday_ = true;
};

} // namespace vdoc::schedule
