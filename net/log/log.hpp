#pragma once

#include <cstdint>
#include <initializer_list>
#include <iosfwd>
#include <memory>
#include <string>
#include <string_view>

namespace vdoc::log {

enum class level : std::uint8_t { debug, normal, warning, error };
enum class format : std::uint8_t {
  /// 2026-12-01T08:00:00.000Z info    node-a: job succeeded  job=019a attempt=1
  text,
  /// {"at":"2026-12-01T08:00:00.000Z","level":"info","message":"job succeeded","node":"node-a",
  /// "job":"019a"}
  json,
};

/// Sets up what `say`, and everything that logs through spdlog by itself, writes on standard error:
/// one line each. Once, before there are other threads. `node` is in every line; empty: it is left
/// out.
void set_up(level least, format how, std::string node = {});

/// One more thing that is known about a line. Names: job, attempt, fragment, host, trace, tenant,
/// queue. A field without a value is left out.
struct field {
  std::string_view name;
  std::string value;
};

/// One line. Any thread. What is said has no line breaks; if it has, they are escaped.
void say(level how, std::string_view what, std::initializer_list<field> about = {});

/// Whether somebody sees it: for lines that cost something to make.
bool is_seen(level how) noexcept;

/// The trace id within a W3C traceparent; empty when there is none.
std::string trace_of(std::string_view traceparent);

/// For tests: the line without the time, as the format would write it.
std::string written(format how, level at, std::string_view what, std::initializer_list<field> about,
                    std::string_view node = {});

} // namespace vdoc::log
