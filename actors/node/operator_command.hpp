#pragma once

#include "actors/node/service_call.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace vdoc::node {

/// `video-doc queues`, `schedules` and `deadletter`: what an operator asks of a service.
class operator_command {
public:
  /// The command line is parsed into it: it has to stay where it is.
  explicit operator_command(CLI::App& program);
  operator_command(const operator_command&) = delete;
  operator_command& operator=(const operator_command&) = delete;

  [[nodiscard]] bool is_asked() const;
  /// Exit code: 0 done, 1 not all of it. Throws conf::settings_error, and std::runtime_error in
  /// words for people: refused, no answer, no such key.
  [[nodiscard]] int run() const;

private:
  void describe_schedules(CLI::App& program);
  void describe_deadletter(CLI::App& program);
  void describe_queues(CLI::App& program);
  void tell(const nlohmann::json& answer) const;
  int show_queues(service_call& to) const;
  int set_queue(service_call& to) const;
  int show_schedules(service_call& to) const;
  int put_schedule(service_call& to) const;
  int remove_schedule(service_call& to) const;
  int replay(service_call& to) const;

  CLI::App* queues_;
  CLI::App* set_;
  CLI::App* schedules_;
  CLI::App* put_;
  CLI::App* remove_;
  CLI::App* deadletter_;
  CLI::App* replay_;
  service_place place_;
  bool json_ = false;
  std::string name_;
  std::string cron_;
  std::string source_;
  std::string tenant_;
  std::string queue_;
  std::string text_;
  std::string spec_;
  std::string priority_;
  std::string callback_;
  std::vector<std::string> labels_;
  std::string cause_;
  bool paused_ = false;
  bool resumed_ = false;
  std::optional<std::uint32_t> concurrency_;
  std::optional<std::uint32_t> starts_per_min_;
  std::uint32_t most_ = 1'000;
};

} // namespace vdoc::node
