#pragma once

#include "actors/supervision/child_process.hpp"
#include "pipelines/fault.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <variant>

namespace vdoc::fetcher {

/// When the process that fetches is given up.
struct fetcher_limits {
  /// Without a word while bytes are to come. The process itself gives up on a source host before.
  std::chrono::milliseconds silence{20'000};
  std::chrono::milliseconds sync{600'000}; ///< of what all came
  std::uint32_t crashes = 3;               ///< hangs among them
  std::uint32_t kills = 20;                ///< by somebody else, which are nobody's fault
  std::chrono::milliseconds first_pause{100};
  std::chrono::milliseconds longest_pause{2'000};
};

/// It has the source, as it says.
struct take_file {};
struct start_again {
  std::chrono::milliseconds after{0};
};
struct give_up {
  fault why;
};
using verdict = std::variant<take_file, start_again, give_up>;

/// FETCHER's rules: what follows when its process ends, or says nothing.
class rules {
public:
  explicit rules(const fetcher_limits& limits) : limits_{limits} {}

  /// Whether it has to be killed; its end is then a crash. `quiet` for so long, `whole` when all of
  /// the source came.
  bool hangs(std::chrono::milliseconds quiet, bool whole);
  verdict ended(const supervision::child_exit& how);
  verdict start_failed(const std::string& why);

private:
  verdict again_after(std::uint32_t ends) const;
  verdict crashed(const std::string& cause);

  fetcher_limits limits_;
  std::uint32_t crashes_ = 0;
  std::uint32_t kills_ = 0;
  bool hung_ = false;
};

} // namespace vdoc::fetcher
