#pragma once

#include <map>
#include <string>
#include <vector>

namespace vdoc::test {

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
  /// So many kbit/s each way, and what waits longer than 0.4 s for that is lost.
  void slow(const std::string& machine, unsigned kbit_per_s) const;
  /// All of that is over.
  void mend(const std::string& machine) const;

private:
  [[nodiscard]] std::string space_of(const std::string& machine) const;
  [[nodiscard]] std::string port_of(const std::string& machine) const;

  std::string hub_;
  std::map<std::string, unsigned> machines_; ///< their numbers
};

} // namespace vdoc::test
