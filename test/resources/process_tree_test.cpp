#include "cluster/resources/process_tree.hpp"
#include "test/support/temp_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <fstream>
#include <sys/wait.h>
#include <unistd.h>

using namespace vdoc;

namespace {

/// A /proc of our own.
struct a_proc {
  test::temp_folder folder;

  void write(const std::string& file, const std::string& text) {
    const auto path = folder / file;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream{path} << text;
  }
  /// CPU of its own, and of the children that it has waited for, in ticks.
  void process(int pid, int parent, const std::string& name, int user, int system, int of_ended) {
    const auto place = std::to_string(pid) + "/";
    write(place + "stat", std::to_string(pid) + " (" + name + ") S " + std::to_string(parent) +
                              " 1 1 0 -1 4194304 100 0 0 0 " + std::to_string(user) + " " +
                              std::to_string(system) + " " + std::to_string(of_ended) +
                              " 0 20 0 1 0 100 0 0\n");
    write(place + "smaps_rollup",
          "5500-7ff0 ---p 0 00:00 0 [rollup]\nRss:    9000 kB\nPss:    1000 kB\n"
          "Pss_Dirty:  7 kB\n");
    write(place + "io", "rchar: 7\nwchar: 8\nread_bytes: 4096\nwrite_bytes: 8192\n"
                        "cancelled_write_bytes: 1\n");
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_process_tree, a_proc)

BOOST_AUTO_TEST_CASE(sums_up_a_process_and_all_below_it_and_nobody_else) {
  process(10, 1, "video-doc", 100, 50, 25);
  process(11, 10, "media) S 99 (host", 200, 0, 0); // a name may look like anything
  process(12, 11, "grandchild", 0, 300, 0);
  process(20, 1, "somebody else", 5'000, 5'000, 0);
  write("10/net/dev", "Inter-|   Receive  |  Transmit\n face |bytes    packets\n"
                      "    lo: 5 1 0 0 0 0 0 0 5 1 0 0 0 0 0 0\n"
                      "  eth0:1000 2 0 0 0 0 0 0 300 4 0 0 0 0 0 0\n"
                      "  eth1: 10 2 0 0 0 0 0 0 7 4 0 0 0 0 0 0\n");
  const auto now = resources::look_at_tree(10, folder / "");
  BOOST_TEST(now.processes == 3u);
  BOOST_TEST(now.cpu_s * static_cast<double>(::sysconf(_SC_CLK_TCK)) == 675.0);
  BOOST_TEST(now.memory_bytes == 3'000u * 1'024);
  BOOST_TEST(now.disk_read_bytes == 3u * 4'096);
  BOOST_TEST(now.disk_written_bytes == 3u * 8'192);
  BOOST_TEST(now.network_received_bytes == 1'010u);
  BOOST_TEST(now.network_sent_bytes == 307u);
}

BOOST_AUTO_TEST_CASE(takes_what_cannot_be_read_for_nothing) {
  process(10, 1, "video-doc", 1, 0, 0);
  write("11/stat", "gone in the mid");
  write("12/stat", "");
  const auto now = resources::look_at_tree(10, folder / "");
  BOOST_TEST(now.processes == 1u);
  BOOST_TEST(now.network_sent_bytes == 0u);
}

BOOST_AUTO_TEST_CASE(counts_no_less_than_before_when_a_process_ends_under_our_eyes) {
  process(10, 1, "video-doc", 100, 0, 0);
  process(11, 10, "media host", 200, 0, 0);
  const auto before = resources::look_at_tree(10, folder / "");
  std::filesystem::remove_all(folder / "11"); // and its parent was looked at already
  auto now = resources::never_less(resources::look_at_tree(10, folder / ""), before);
  BOOST_TEST(now.processes == 1u); // what is no counter falls
  BOOST_TEST(now.memory_bytes == 1'000u * 1'024);
  BOOST_TEST(now.cpu_s == before.cpu_s);
  BOOST_TEST(now.disk_read_bytes == 2u * 4'096);
  BOOST_TEST(now.disk_written_bytes == 2u * 8'192);
  process(10, 1, "video-doc", 150, 0, 200); // then it has waited for it
  write("10/io", "read_bytes: 9000\nwrite_bytes: 17000\n");
  now = resources::never_less(resources::look_at_tree(10, folder / ""), now);
  BOOST_TEST(now.disk_read_bytes == 9'000u);
  BOOST_TEST(now.disk_written_bytes == 17'000u);
  BOOST_TEST(now.cpu_s * static_cast<double>(::sysconf(_SC_CLK_TCK)) == 350.0);
}

BOOST_AUTO_TEST_CASE(counts_for_us_what_a_child_has_written_that_has_ended) {
  const auto file = (folder / "written").string();
  const auto before = resources::look_at_tree(::getpid());
  const pid_t child = ::fork();
  if (child == 0) {
    const std::string bytes(1'000'000, 'x');
    const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    const bool done = ::write(fd, bytes.data(), bytes.size()) == 1'000'000 && ::fsync(fd) == 0;
    ::_exit(done ? 0 : 1);
  }
  int status = 1;
  ::waitpid(child, &status, 0);
  BOOST_TEST(status == 0);
  const auto now = resources::look_at_tree(::getpid());
  BOOST_TEST(now.disk_written_bytes >= before.disk_written_bytes + 1'000'000);
}

BOOST_AUTO_TEST_CASE(sees_this_process) {
  const auto now = resources::look_at_tree(::getpid());
  BOOST_TEST(now.processes >= 1u);
  BOOST_TEST(now.memory_bytes > 100'000u);
}

BOOST_AUTO_TEST_SUITE_END()
