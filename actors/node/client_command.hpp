#pragma once

#include "actors/node/service_call.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace vdoc::node {

/// `video-doc submit`, `status`, `watch`, `list`, `cancel`, `history`, `retry`, `reprioritise`: a
/// client of the service (docs/protocol.md).
class client_command {
public:
  /// The command line is parsed into it: it has to stay where it is.
  explicit client_command(CLI::App& program);
  client_command(const client_command&) = delete;
  client_command& operator=(const client_command&) = delete;

  [[nodiscard]] bool is_asked() const;
  /// Exit code: 0 done, 1 (of watched jobs one did not succeed). Throws conf::settings_error, and
  /// std::runtime_error in words for people: refused, no answer, no such key.
  [[nodiscard]] int run() const;

private:
  class visit;
  CLI::App* add(CLI::App& program, const char* name, const char* what);
  [[nodiscard]] std::string events() const;
  [[nodiscard]] nlohmann::json wish_for(const std::string& source) const;
  [[nodiscard]] int submit_over_http(const conf::settings& all, const std::string& url) const;

  CLI::App* submit_;
  CLI::App* status_;
  CLI::App* watch_;
  CLI::App* list_;
  CLI::App* cancel_;
  CLI::App* history_;
  CLI::App* retry_;
  CLI::App* reprioritise_;
  service_place where_;
  std::optional<std::string> events_;
  bool json_ = false;
  bool watches_ = false;
  bool noop_ = false;
  std::vector<std::string> needs_;
  std::string urgency_;
  bool fresh_ = false;
  std::vector<std::string> sources_;
  std::string id_;
  std::string cause_;
  std::string spec_;
  std::string priority_;
  std::string queue_;
  std::string tenant_;
  std::string key_;
  std::string dedupe_key_;
  std::uint32_t dedupe_s_ = 0;
  std::string not_before_;
  std::string spool_;
  std::vector<std::string> after_;
  std::vector<std::string> labels_;
  std::string callback_;
  std::string traceparent_;
  std::string label_;
  std::string from_;
  std::string until_;
  std::vector<std::string> states_;
  std::string text_;
  std::uint32_t most_ = 100;
  double most_mbit_ = 0;
};

} // namespace vdoc::node
