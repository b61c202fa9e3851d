#include "actors/job/task.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace vdoc::job {

namespace {

constexpr std::array<std::string_view, 9> work_names{
    "open", "read", "audio", "pack", "pack_audio", "encode", "hear", "remux", "compose"};

} // namespace

std::string_view name_of(work kind) {
  return work_names.at(static_cast<std::size_t>(kind));
}

bool is_heavy(work kind) {
  return kind == work::encode || kind == work::hear;
}

std::string to_string(const task& what) {
  return std::string{name_of(what.kind)} + "/" + std::to_string(what.index) + "." +
         std::to_string(what.part);
}

std::optional<task> to_task(const std::string& text) {
  const auto slash = text.find('/');
  const auto dot = text.find('.', slash == std::string::npos ? 0 : slash);
  if (slash == std::string::npos || dot == std::string::npos)
    return std::nullopt;
  const auto name = std::find(work_names.begin(), work_names.end(), text.substr(0, slash));
  if (name == work_names.end())
    return std::nullopt;
  task what{static_cast<work>(name - work_names.begin()), 0, 0};
  const char* end = text.data() + text.size();
  const auto index = std::from_chars(text.data() + slash + 1, text.data() + dot, what.index);
  const auto part = std::from_chars(text.data() + dot + 1, end, what.part);
  if (index.ec != std::errc{} || part.ec != std::errc{} || part.ptr != end)
    return std::nullopt;
  return what;
}

} // namespace vdoc::job
