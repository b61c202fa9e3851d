#include "net/log/log.hpp"

#include <nlohmann/json.hpp>
#include <spdlog/details/log_msg.h>
#include <spdlog/formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <array>
#include <ctime>
#include <utility>
#include <vector>

namespace vdoc::log {

namespace {

/// Fields travel through spdlog at the end of the message: no text has these characters, since
/// `say` replaces them.
constexpr char begins_field = '\x1e';
constexpr char begins_value = '\x1f';

struct line {
  std::string_view message;
  std::vector<std::pair<std::string_view, std::string_view>> fields;
};

line read(std::string_view payload) {
  line it;
  auto end = payload.find(begins_field);
  it.message = payload.substr(0, end);
  while (end != std::string_view::npos) {
    const auto rest = payload.substr(end + 1);
    const auto next = rest.find(begins_field);
    const auto part = rest.substr(0, next);
    const auto middle = part.find(begins_value);
    if (middle != std::string_view::npos)
      it.fields.emplace_back(part.substr(0, middle), part.substr(middle + 1));
    end = next == std::string_view::npos ? next : end + 1 + next;
  }
  return it;
}

std::string without_control_characters(std::string_view text) {
  std::string out;
  for (const char one : text)
    if (one == '\n')
      out += "\\n";
    else if (static_cast<unsigned char>(one) < 0x20 || one == 0x7f)
      out += ' ';
    else
      out += one;
  return out;
}

std::string payload_of(std::string_view what, std::initializer_list<field> about) {
  auto payload = without_control_characters(what);
  for (const auto& [name, value] : about)
    if (!value.empty())
      payload.append(1, begins_field).append(name).append(1, begins_value) +=
          without_control_characters(value);
  return payload;
}

std::string_view name_of(spdlog::level::level_enum how) {
  constexpr std::array<std::string_view, 7> names{"debug", "debug", "info", "warning",
                                                  "error", "error", "off"};
  return names.at(static_cast<std::size_t>(how));
}

/// "a b" in quotes, a as it is.
std::string quoted(std::string_view value) {
  if (value.find_first_of(" \"=") == std::string_view::npos)
    return std::string{value};
  std::string out = "\"";
  for (const char one : value)
    out.append(one == '"' || one == '\\' ? "\\" : "").append(1, one);
  return out + '"';
}

std::string as_text(std::string_view at, std::string_view level, const line& it,
                    std::string_view node) {
  constexpr std::size_t longest_level = 7;
  std::string out{at};
  out.append(at.empty() ? "" : " ").append(level).append(longest_level - level.size() + 1, ' ');
  out.append(node).append(node.empty() ? "" : ": ") += it.message;
  for (std::size_t i = 0; i < it.fields.size(); ++i)
    out.append(i == 0 ? "  " : " ").append(it.fields[i].first).append("=") +=
        quoted(it.fields[i].second);
  return out;
}

std::string as_json(std::string_view at, std::string_view level, const line& it,
                    std::string_view node) {
  nlohmann::ordered_json out;
  if (!at.empty())
    out["at"] = at;
  out["level"] = level;
  out["message"] = it.message;
  if (!node.empty())
    out["node"] = node;
  for (const auto& [name, value] : it.fields)
    out[std::string{name}] = value;
  return out.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

std::string shown(format how, std::string_view at, std::string_view level, const line& it,
                  std::string_view node) {
  return how == format::json ? as_json(at, level, it, node) : as_text(at, level, it, node);
}

/// RFC 3339, UTC.
std::string time_of(spdlog::log_clock::time_point when) {
  using namespace std::chrono;
  const auto ms = duration_cast<milliseconds>(when.time_since_epoch()).count();
  const auto seconds = static_cast<std::time_t>(ms / 1'000);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", parts.tm_year + 1'900,
                     parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
                     ms % 1'000);
}

class line_formatter final : public spdlog::formatter {
public:
  line_formatter(log::format how, std::string node) : how_{how}, node_{std::move(node)} {}

  void format(const spdlog::details::log_msg& msg, spdlog::memory_buf_t& to) override {
    // Of those who log through spdlog by themselves nobody has looked for line breaks.
    std::string payload;
    for (const char one : std::string_view{msg.payload.data(), msg.payload.size()})
      payload += one == begins_field || one == begins_value ? std::string(1, one)
                                                            : without_control_characters({&one, 1});
    const auto out =
        shown(how_, time_of(msg.time), name_of(msg.level), read(payload), node_) + "\n";
    to.append(out.data(), out.data() + out.size());
  }
  [[nodiscard]] std::unique_ptr<spdlog::formatter> clone() const override {
    return std::make_unique<line_formatter>(how_, node_);
  }

private:
  log::format how_;
  std::string node_;
};

spdlog::level::level_enum of(level how) noexcept {
  constexpr std::array levels{spdlog::level::debug, spdlog::level::info, spdlog::level::warn,
                              spdlog::level::err};
  return levels[static_cast<std::size_t>(how)];
}

} // namespace

void set_up(level least, format how, std::string node) {
  auto logger = std::make_shared<spdlog::logger>("video-doc",
                                                 std::make_shared<spdlog::sinks::stderr_sink_mt>());
  logger->set_formatter(std::make_unique<line_formatter>(how, std::move(node)));
  logger->set_level(of(least));
  spdlog::set_default_logger(std::move(logger));
}

void say(level how, std::string_view what, std::initializer_list<field> about) {
  if (is_seen(how))
    spdlog::default_logger_raw()->log(of(how), payload_of(what, about));
}

bool is_seen(level how) noexcept {
  return spdlog::default_logger_raw()->should_log(of(how));
}

std::string trace_of(std::string_view traceparent) {
  constexpr std::size_t begin = 3, length = 32;
  return traceparent.size() < begin + length ? std::string{}
                                             : std::string{traceparent.substr(begin, length)};
}

std::string written(format how, level at, std::string_view what, std::initializer_list<field> about,
                    std::string_view node) {
  return shown(how, "", name_of(of(at)), read(payload_of(what, about)), node);
}

} // namespace vdoc::log
