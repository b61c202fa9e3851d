#pragma once

#include "test/support/command.hpp"

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace vdoc::test {

/// A cable that is long and bad, each way. What would wait longer than 0.4 s for its turn is lost.
struct slow_cable {
  std::chrono::milliseconds delay{100};
  unsigned lost_per_mille = 20;
  unsigned kbit_per_s = 5'000;
};

/// Machines on one switch, as network namespaces that a bridge in one more joins. Gone with all
/// that when this ends. Needs root.
class network {
public:
  network();
  ~network();
  network(const network&) = delete;
  network& operator=(const network&) = delete;

  /// Why that cannot be had here; "" where it can.
  static std::string why_not();

  void add(const std::string& machine);
  /// "10.77.0.2"
  [[nodiscard]] std::string address_of(const std::string& machine) const;
  /// What runs a command on that machine.
  [[nodiscard]] std::vector<std::string> on(const std::string& machine) const;

  /// Its cable is pulled.
  void cut(const std::string& machine) const;
  /// What it sends arrives, and nothing arrives at it.
  void make_deaf(const std::string& machine) const;
  void slow(const std::string& machine, const slow_cable& how = {});
  /// All of that is over.
  void mend(const std::string& machine);

private:
  [[nodiscard]] std::string space_of(const std::string& machine) const;
  [[nodiscard]] std::string port_of(const std::string& machine) const;

  std::string hub_;
  std::map<std::string, unsigned> machines_;                            ///< their numbers
  std::map<std::string, std::unique_ptr<running_command>> slow_cables_; ///< by machine
};

} // namespace vdoc::test
