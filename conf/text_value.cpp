#include "conf/text_value.hpp"

#include <charconv>
#include <cmath>
#include <optional>

namespace vdoc::conf {

namespace {

template <class Number> std::optional<Number> number(std::string_view text) {
  Number value{};
  const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || wrong != std::errc{} || end != text.data() + text.size())
    return std::nullopt;
  return value;
}

std::vector<std::string_view> split(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto end = text.find(at);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos)
      return parts;
    text.remove_prefix(end + 1);
  }
}

/// "4s", "1.5s" or "500ms" in the unit that the key counts in; only if that is a whole number.
std::optional<std::int64_t> time_in(std::string_view text, bool milliseconds) {
  double factor = milliseconds ? 1000 : 1;
  if (text.ends_with("ms")) {
    factor /= 1000;
    text.remove_suffix(2);
  } else if (text.ends_with('s')) {
    text.remove_suffix(1);
  } else {
    return std::nullopt;
  }
  const auto value = number<double>(text);
  if (!value || !(std::abs(*value) < 1e12))
    return std::nullopt;
  const double scaled = *value * factor;
  if (std::abs(scaled - std::round(scaled)) > 1e-6)
    return std::nullopt;
  return static_cast<std::int64_t>(std::llround(scaled));
}

} // namespace

std::string text_value::operator()(bool* to) const {
  if (text != "true" && text != "false")
    return "true or false";
  *to = text == "true";
  return "";
}

std::string text_value::operator()(std::int64_t* to) const {
  const bool in_ms = key_name.ends_with("_ms");
  const bool in_s = key_name.ends_with("_s");
  auto value = number<std::int64_t>(text);
  if (!value && (in_ms || in_s))
    value = time_in(text, in_ms);
  if (!value)
    return in_ms || in_s ? "a time like 4s or 500ms" : "a whole number";
  *to = *value;
  return "";
}

std::string text_value::operator()(std::string* to) const {
  *to = text;
  return "";
}

std::string text_value::operator()(std::vector<std::string>* to) const {
  to->clear();
  if (text.empty())
    return "";
  for (const auto part : split(text, ','))
    to->emplace_back(part);
  return "";
}

std::string text_value::operator()(std::vector<rung>* to) const {
  std::vector<rung> rungs;
  for (const auto part : split(text, ',')) {
    const auto fields = split(part, ':');
    if (fields.size() != 3)
      return "rungs like 720:2800:5600,360:800:1600";
    const auto height = number<std::int64_t>(fields[0]);
    const auto bitrate = number<std::int64_t>(fields[1]);
    const auto buffer = number<std::int64_t>(fields[2]);
    if (!height || !bitrate || !buffer)
      return "rungs like 720:2800:5600,360:800:1600";
    rungs.push_back({*height, *bitrate, *buffer});
  }
  *to = std::move(rungs);
  return "";
}

std::string to_toml(bool value) {
  return value ? "true" : "false";
}

std::string to_toml(std::int64_t value) {
  return std::to_string(value);
}

std::string to_toml(const std::string& value) {
  return '"' + value + '"';
}

std::string to_toml(const std::vector<std::string>& values) {
  std::string out;
  for (const std::string& one : values)
    out += (out.empty() ? "" : ", ") + to_toml(one);
  return "[" + out + "]";
}

std::string to_toml(const std::vector<rung>& rungs) {
  std::string out;
  for (const rung& one : rungs) {
    out += out.empty() ? "" : ", ";
    out += "{height_px = " + to_toml(one.height_px) +
           ", max_bitrate_kbps = " + to_toml(one.max_bitrate_kbps) +
           ", buffer_kbit = " + to_toml(one.buffer_kbit) + "}";
  }
  return "[" + out + "]";
}

} // namespace vdoc::conf
