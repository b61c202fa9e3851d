#include "actors/schedule/cron.hpp"

#include <array>
#include <cctype>
#include <charconv>
#include <chrono>
#include <span>
#include <vector>

namespace vdoc::schedule {

namespace {

constexpr std::array<std::string_view, 12> month_names{"jan", "feb", "mar", "apr", "may", "jun",
                                                       "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::array<std::string_view, 7> day_names{"sun", "mon", "tue", "wed",
                                                    "thu", "fri", "sat"};

/// What a field may say.
struct field {
  const char* name;
  int least;
  int most;
  std::span<const std::string_view> names; ///< of `least` and what follows
};

std::string lower(std::string_view text) {
  std::string out{text};
  for (auto& one : out)
    one = static_cast<char>(std::tolower(static_cast<unsigned char>(one)));
  return out;
}

std::vector<std::string_view> split(std::string_view text, std::string_view separators) {
  std::vector<std::string_view> parts;
  for (std::size_t begin = 0; begin <= text.size();) {
    const auto end = std::min(text.find_first_of(separators, begin), text.size());
    parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

[[noreturn]] void refuse(const field& what, std::string_view text) {
  throw cron::error{std::string{what.name} + " cannot be \"" + std::string{text} +
                    "\": it is from " + std::to_string(what.least) + " to " +
                    std::to_string(what.most)};
}

int value_of(const field& what, std::string_view text) {
  for (std::size_t i = 0; i < what.names.size(); ++i)
    if (what.names[i] == lower(text))
      return what.least + static_cast<int>(i);
  int value = 0;
  const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (wrong != std::errc{} || end != text.data() + text.size() || value < what.least ||
      value > what.most)
    refuse(what, text);
  return value;
}

/// "*", "5", "1-5", "*/10", "1-30/5", "5/10" (from 5 on).
template <class Set> void read_part(const field& what, std::string_view text, Set set) {
  const auto slash = text.find('/');
  const auto range = text.substr(0, slash);
  int step = 1;
  if (slash != std::string_view::npos) {
    const auto digits = text.substr(slash + 1);
    const auto [end, wrong] = std::from_chars(digits.data(), digits.data() + digits.size(), step);
    if (wrong != std::errc{} || end != digits.data() + digits.size() || step < 1)
      refuse(what, text);
  }
  int first = what.least;
  int last = what.most;
  if (range != "*") {
    const auto dash = range.find('-');
    first = value_of(what, range.substr(0, dash));
    if (dash != std::string_view::npos)
      last = value_of(what, range.substr(dash + 1));
    else if (slash == std::string_view::npos)
      last = first;
    if (last < first)
      refuse(what, text);
  }
  for (int value = first; value <= last; value += step)
    set(value);
}

template <class Set> void read(const field& what, std::string_view text, Set set) {
  for (const auto part : split(text, ","))
    read_part(what, part, set);
}

std::string_view spelled_out(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 6> words{
      {{"@hourly", "0 * * * *"},
       {"@daily", "0 0 * * *"},
       {"@midnight", "0 0 * * *"},
       {"@weekly", "0 0 * * 0"},
       {"@monthly", "0 0 1 * *"},
       {"@yearly", "0 0 1 1 *"}}};
  for (const auto& [word, meaning] : words)
    if (word == text)
      return meaning;
  return text;
}

} // namespace

std::variant<cron, cron::error> cron::parse(std::string_view text) {
  std::vector<std::string_view> parts;
  for (const auto part : split(spelled_out(text), " \t"))
    if (!part.empty())
      parts.push_back(part);
  if (parts.size() != 5)
    return error{"cron has five fields: minute, hour, day of the month, month, day of the week"};
  const auto bits = [](auto& of) {
    return [&of](int value) { of.set(static_cast<std::size_t>(value)); };
  };
  cron it;
  try {
    read({"minute", 0, 59, {}}, parts[0], bits(it.minutes_));
    read({"hour", 0, 23, {}}, parts[1], bits(it.hours_));
    read({"day of the month", 1, 31, {}}, parts[2], bits(it.days_));
    read({"month", 1, 12, month_names}, parts[3], bits(it.months_));
    read({"day of the week", 0, 7, day_names}, parts[4],
         [&](int value) { it.weekdays_.set(static_cast<std::size_t>(value % 7)); });
  } catch (const error& wrong) {
    return wrong;
  }
  it.any_day_ = parts[2].starts_with('*');
  it.any_weekday_ = parts[4].starts_with('*');
  return it;
}

std::optional<std::int64_t> cron::next_unix_ms(std::int64_t after_unix_ms) const {
  using namespace std::chrono;
  constexpr days farthest{8 * 366 + 1}; // from one 29th of February to the next, around 1900
  const sys_time<milliseconds> after{milliseconds{after_unix_ms}};
  const auto first_minute = floor<minutes>(after) + minutes{1};
  const auto first_day = floor<days>(first_minute);
  for (auto day = first_day; day <= first_day + farthest; day += days{1}) {
    const year_month_day date{day};
    const auto of_month = days_.test(static_cast<unsigned>(date.day()));
    const auto of_week = weekdays_.test(weekday{day}.c_encoding());
    const auto restricted = !any_day_ && !any_weekday_;
    if (!months_.test(static_cast<unsigned>(date.month())) ||
        !(restricted ? of_month || of_week : of_month && of_week))
      continue;
    auto time = day == first_day ? first_minute - day : minutes{0};
    for (; time < days{1}; time += minutes{1}) {
      const auto hour = floor<hours>(time);
      if (!hours_.test(static_cast<std::size_t>(hour.count())))
        time = hour + hours{1} - minutes{1};
      else if (minutes_.test(static_cast<std::size_t>((time - hour).count())))
        return duration_cast<milliseconds>((day + time).time_since_epoch()).count();
    }
  }
  return std::nullopt;
}

} // namespace vdoc::schedule
