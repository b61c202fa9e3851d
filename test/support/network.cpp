#include "test/support/network.hpp"

#include "test/support/until.hpp"

#include <csignal>
#include <stdexcept>
#include <unistd.h>

namespace vdoc::test {

namespace {

using namespace std::chrono_literals;

outcome try_to(const std::string& words) {
  return run({{"sh", "-c", words}, {}, "/"}, 60s);
}

void must(const std::string& words) {
  const auto done = try_to(words);
  if (!done.succeeded())
    throw std::runtime_error{words + ": " + done.story()};
}

} // namespace

std::string network::why_not() {
  static const std::string why = [] {
    if (::geteuid() != 0)
      return std::string{"network namespaces need root"};
    try {
      network trial;
      trial.add("one");
      trial.slow("one");
      return std::string{};
    } catch (const std::runtime_error& refused) {
      return std::string{refused.what()};
    }
  }();
  return why;
}

network::network() {
  static unsigned made = 0;
  hub_ = "vd" + std::to_string(::getpid() % 100'000) + "x" + std::to_string(++made);
  must("ip netns add " + hub_ + " && ip -n " + hub_ + " link add bridge type bridge && ip -n " +
       hub_ + " link set bridge up");
}

network::~network() {
  slow_cables_.clear();
  for (const auto& [machine, number] : machines_)
    try_to("ip netns del " + space_of(machine));
  try_to("ip netns del " + hub_);
}

std::string network::space_of(const std::string& machine) const {
  return hub_ + "n" + std::to_string(machines_.at(machine));
}

std::string network::port_of(const std::string& machine) const {
  return "p" + std::to_string(machines_.at(machine));
}

void network::add(const std::string& machine) {
  machines_.emplace(machine, static_cast<unsigned>(machines_.size()) + 1);
  const auto space = space_of(machine), port = port_of(machine);
  must("ip netns add " + space + " && ip -n " + hub_ + " link add " + port +
       " type veth peer name eth0 netns " + space + " && ip -n " + hub_ + " link set " + port +
       " master bridge up && ip -n " + space + " addr add " + address_of(machine) +
       "/24 dev eth0 && ip -n " + space + " link set eth0 up && ip -n " + space +
       " link set lo up");
}

std::string network::address_of(const std::string& machine) const {
  return "10.77.0." + std::to_string(machines_.at(machine));
}

std::vector<std::string> network::on(const std::string& machine) const {
  return {"ip", "netns", "exec", space_of(machine)};
}

void network::cut(const std::string& machine) const {
  must("ip -n " + hub_ + " link set " + port_of(machine) + " down");
}

void network::make_deaf(const std::string& machine) const {
  must("ip -n " + hub_ + " link set " + port_of(machine) +
       " type bridge_slave learning off flood off bcast_flood off mcast_flood off fdb_flush");
}

void network::slow(const std::string& machine, const slow_cable& how) {
  constexpr double per_mille = 1'000;
  command line{{"ip", "netns", "exec", hub_, "/usr/bin/python3",
                std::string{VDOC_SOURCE_DIR} + "/test/support/slow_link.py", port_of(machine),
                "bridge", "--delay-ms", std::to_string(how.delay.count()), "--loss",
                std::to_string(how.lost_per_mille / per_mille), "--kbit",
                std::to_string(how.kbit_per_s)},
               {},
               "/"};
  auto& cable = slow_cables_[machine] = std::make_unique<running_command>(line);
  if (!until(60s, [&] { return cable->ended() || !cable->out_so_far().empty(); }) || cable->ended())
    throw std::runtime_error{"no slow cable: " + cable->err_so_far()};
}

void network::mend(const std::string& machine) {
  if (auto cable = slow_cables_.extract(machine)) {
    cable.mapped()->signal(SIGTERM);
    cable.mapped()->wait(60s);
  }
  must("ip -n " + hub_ + " link set " + port_of(machine) + " master bridge up && ip -n " + hub_ +
       " link set " + port_of(machine) +
       " type bridge_slave learning on flood on bcast_flood on mcast_flood on");
}

} // namespace vdoc::test
