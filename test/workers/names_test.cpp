#include "test/support/only_where.hpp"
#include "test/support/small_disk.hpp"
#include "test/support/until.hpp"
#include "test/workers/a_cluster.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <arpa/inet.h>
#include <fstream>
#include <sys/socket.h>
#include <unistd.h>

namespace {

using namespace vdoc::test;
using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;

/// A name server that never answers, at an address that only this test has.
struct a_mute_name_server {
  const std::string address = "127.77." + std::to_string(::getpid() / 200 % 200 + 1) + "." +
                              std::to_string(::getpid() % 200 + 1);
  int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  a_mute_name_server() {
    constexpr std::uint16_t dns = 53;
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_port = htons(dns);
    ::inet_pton(AF_INET, address.c_str(), &at.sin_addr);
    BOOST_REQUIRE(::bind(fd, reinterpret_cast<sockaddr*>(&at), sizeof at) == 0);
  }
  a_mute_name_server(const a_mute_name_server&) = delete;
  a_mute_name_server& operator=(const a_mute_name_server&) = delete;
  ~a_mute_name_server() { ::close(fd); }
};

/// Workers that have their own names of machines, and ask the mute server for all others.
struct a_cluster_with_names : a_cluster {
  a_mute_name_server server;

  a_cluster_with_names() {
    std::ofstream{folder / "resolv.conf"} << "nameserver " << server.address
                                          << "\noptions timeout:30 attempts:1\n";
    std::ofstream{folder / "nsswitch.conf"} << "hosts: files dns\n";
    start_leader();
    BOOST_REQUIRE_MESSAGE(hears("the cluster's port is"), story());
  }
  void start_named(const std::string& name, const std::string& names) {
    std::ofstream{folder / "hosts"} << "127.0.0.1 localhost\n" << names;
    std::string mounts;
    for (const std::string file : {"hosts", "resolv.conf", "nsswitch.conf"})
      mounts += "mount --bind '" + (folder / file).string() + "' /etc/" + file + " && ";
    words_before[name] = {"unshare", "-m", "sh", "-c", mounts + "exec \"$@\"", "sh"};
    start_worker(name);
  }
  /// From its start until it is let in.
  std::chrono::milliseconds joins(const std::string& name, const std::string& names) {
    const auto begin = steady::now();
    start_named(name, names);
    BOOST_TEST(until(90s,
                     [&] {
                       return worker(name).err_so_far().find("this node works for the leader") !=
                              std::string::npos;
                     }),
               story());
    return std::chrono::duration_cast<std::chrono::milliseconds>(steady::now() - begin);
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(a_worker_that_is_told_names, *only_where([] {
                        return std::string{small_disk::may_be() ? "" : "it needs root, and mounts"};
                      }))

BOOST_FIXTURE_TEST_CASE(finds_the_leader_among_all_addresses_of_a_name, a_cluster_with_names) {
  joined = "leaders.cluster:" + std::to_string(port);
  const auto took = joins("w", "127.0.0.9 leaders.cluster\n127.0.0.10 leaders.cluster\n"
                               "127.0.0.1 leaders.cluster\n127.0.0.11 leaders.cluster\n");
  BOOST_TEST(hears("media host takes work  host=w/host-1"), story());
  BOOST_TEST_MESSAGE("with a name of four addresses: in after " << took.count() << " ms");
}

BOOST_FIXTURE_TEST_CASE(is_not_held_up_by_a_name_that_nobody_resolves, a_cluster_with_names) {
  // The best of three each: how long a start takes is chance, and the name is asked with each.
  const auto best_of_three = [&](const std::string& name) {
    auto best = joins(name + "1", "");
    for (const auto* each : {"2", "3"})
      best = std::min(best, joins(name + each, ""));
    return best;
  };
  const auto plain = best_of_three("plain");
  also_joined = ",nobody.cluster:7400";
  const auto named = best_of_three("named");
  BOOST_TEST(hears("media host takes work  host=named3/host-1"), story());
  BOOST_TEST_MESSAGE("in after " << plain.count() << " ms, and " << named.count()
                                 << " ms with a name that nobody resolves");
  BOOST_TEST((named < plain + 1s)); // a name server has two seconds where nothing else is known
}

BOOST_AUTO_TEST_SUITE_END()
