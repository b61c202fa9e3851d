#include "pipelines/confinement/confinement.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <functional>
#include <netinet/in.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace vdoc::confinement {

namespace {

namespace fs = std::filesystem;

/// errno of something that is to fail; 0: it did not.
template <class Try> int error_of(Try&& attempt) {
  errno = 0;
  return attempt() < 0 ? errno : 0;
}

int opening(const fs::path& file, int how) {
  return error_of([&] { return ::open(file.c_str(), how | O_CLOEXEC, 0600); });
}

/// A kernel without Landlock (before 5.13, or in a container that forbids it) cannot do all of
/// this.
boost::test_tools::assertion_result kernel_can(boost::unit_test::test_unit_id /*unit*/) {
  std::string why_not;
  std::thread{[&] { why_not = fence{}.enter().why_not; }}.join();
  boost::test_tools::assertion_result result{why_not.empty()};
  if (!result)
    result.message() << "skipped: " << why_not;
  return result;
}

/// What comes of it in a thread that is confined.
int confined(const std::function<int()>& attempt, const reach& files = {}) {
  int result = -1;
  std::thread{[&] {
    const auto how = fence{files}.enter();
    BOOST_TEST_REQUIRE(how.why_not == "");
    BOOST_TEST_REQUIRE((how.calls_are_filtered && how.files_are_fenced));
    result = attempt();
  }}.join();
  return result;
}

/// Ends with what comes of it in a process of its own.
int in_process(const std::function<int()>& attempt) {
  const auto child = ::fork();
  if (child == 0)
    ::_exit(attempt());
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

struct folder {
  fs::path at = fs::temp_directory_path() / ("confinement." + std::to_string(::getpid()));
  folder() {
    fs::create_directories(at / "mine");
    std::ofstream{at / "secret"} << "of another job";
    std::ofstream{at / "mine" / "source"} << "of this one";
  }
  folder(const folder&) = delete;
  folder& operator=(const folder&) = delete;
  ~folder() { fs::remove_all(at); }
};

} // namespace

BOOST_AUTO_TEST_SUITE(confinement, *boost::unit_test::precondition(kernel_can))

BOOST_AUTO_TEST_CASE(a_confined_thread_opens_no_socket) {
  const auto attempt = [](int family) {
    return [family] { return error_of([&] { return ::socket(family, SOCK_STREAM, 0); }); };
  };
  for (const int family : {AF_INET, AF_INET6, AF_UNIX, AF_NETLINK}) {
    BOOST_TEST(error_of([&] { return ::socket(family, SOCK_RAW, 0); }) != EPERM);
    BOOST_TEST(confined(attempt(family)) == EPERM, "family " << family);
  }
}

BOOST_AUTO_TEST_CASE(a_confined_thread_may_wake_itself) {
  BOOST_TEST(confined([] {
               int both[2] = {-1, -1}; // NOLINT(modernize-avoid-c-arrays): as the call wants it
               return error_of([&] { return ::socketpair(AF_UNIX, SOCK_STREAM, 0, both); });
             }) == 0);
}

BOOST_AUTO_TEST_CASE(a_confined_thread_connects_no_socket_of_others) {
  const int unconnected = ::socket(AF_INET, SOCK_DGRAM, 0);
  BOOST_TEST_REQUIRE(unconnected >= 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(9);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const auto* address = reinterpret_cast<const sockaddr*>(&to);
  BOOST_TEST(confined([&] {
               return error_of([&] { return ::connect(unconnected, address, sizeof to); });
             }) == EPERM);
  BOOST_TEST(confined([&] {
               return error_of(
                   [&] { return ::sendto(unconnected, "x", 1, 0, address, sizeof to); });
             }) == EPERM);
  BOOST_TEST(error_of([&] { return ::connect(unconnected, address, sizeof to); }) == 0);
  ::close(unconnected);
}

BOOST_AUTO_TEST_CASE(a_confined_thread_starts_threads_and_no_process) {
  BOOST_TEST(confined([] { return error_of([] { return ::fork(); }); }) == EPERM);
  BOOST_TEST(confined([] { return error_of([] { return ::syscall(SYS_vfork); }); }) == EPERM);
  BOOST_TEST(confined([] {
               return error_of([] { return ::execl("/bin/true", "true", nullptr); });
             }) == EPERM);
  BOOST_TEST(confined([] {
               int inner = -1;
               std::thread{[&] {
                 inner = error_of([] { return ::socket(AF_INET, SOCK_STREAM, 0); });
               }}.join();
               return inner;
             }) == EPERM); // the thread was made, and is confined as well
}

BOOST_AUTO_TEST_CASE(a_confined_thread_touches_no_other_process) {
  const auto parent = ::getppid();
  BOOST_TEST(confined([&] { return error_of([&] { return ::kill(parent, 0); }); }) == EPERM);
  BOOST_TEST(confined([&] {
               return error_of([&] { return ::ptrace(PTRACE_ATTACH, parent, nullptr, nullptr); });
             }) == EPERM);
  BOOST_TEST(confined([&] {
               std::uint64_t word = 0;
               iovec here{&word, sizeof word};
               iovec there{&word, sizeof word};
               return error_of([&] { return ::process_vm_readv(parent, &here, 1, &there, 1, 0); });
             }) == EPERM);
  BOOST_TEST(confined([] { return error_of([] { return ::kill(::getpid(), 0); }); }) == 0);
}

BOOST_AUTO_TEST_CASE(a_confined_thread_reads_what_it_was_given_and_no_other_job) {
  const folder jobs;
  const auto secret = jobs.at / "secret";
  const auto source = jobs.at / "mine" / "source";
  const reach given{{jobs.at / "mine"}, {}};
  BOOST_TEST(opening(secret, O_RDONLY) == 0);
  BOOST_TEST(confined([&] { return opening(secret, O_RDONLY); }, given) == EACCES);
  BOOST_TEST(confined([&] { return opening(source, O_RDONLY); }, given) == 0);
  BOOST_TEST(confined([&] { return opening(jobs.at / "mine" / ".." / "secret", O_RDONLY); },
                      given) == EACCES);
  BOOST_TEST(confined([&] { return opening(source, O_RDONLY); }) == EACCES);
  BOOST_TEST(confined([] { return opening("/etc/passwd", O_RDONLY); }) == EACCES);
  BOOST_TEST(confined([] { return opening("/proc/self/environ", O_RDONLY); }) == EACCES);
}

BOOST_AUTO_TEST_CASE(a_confined_thread_writes_nothing_by_name) {
  const folder jobs;
  const reach given{{jobs.at / "mine"}, {}};
  const auto source = jobs.at / "mine" / "source";
  BOOST_TEST(confined([&] { return opening(source, O_WRONLY); }, given) == EACCES);
  BOOST_TEST(confined([&] { return opening(jobs.at / "mine" / "new", O_WRONLY | O_CREAT); },
                      given) == EACCES);
  BOOST_TEST(confined([&] { return error_of([&] { return ::unlink(source.c_str()); }); }, given) ==
             EACCES);
  BOOST_TEST(fs::file_size(source) == 11U);
}

BOOST_AUTO_TEST_CASE(a_confined_thread_writes_in_its_own_folder) {
  const folder jobs;
  const reach given{{}, {jobs.at / "mine"}};
  const auto aside = jobs.at / "mine" / "new.part";
  const auto made = jobs.at / "mine" / "new";
  BOOST_TEST(confined([&] { return opening(aside, O_WRONLY | O_CREAT | O_TRUNC); }, given) == 0);
  BOOST_TEST(
      confined([&] { return error_of([&] { return ::rename(aside.c_str(), made.c_str()); }); },
               given) == 0);
  BOOST_TEST(fs::exists(made));
  BOOST_TEST(confined([&] { return opening(jobs.at / "secret", O_RDONLY); }, given) == EACCES);
  BOOST_TEST(confined(
                 [&] {
                   return error_of(
                       [&] { return ::rename(made.c_str(), (jobs.at / "out").c_str()); });
                 },
                 given) != 0);
}

BOOST_AUTO_TEST_CASE(what_libraries_need_stays_readable) {
  for (const auto* needed : {"/etc/ld.so.cache", "/proc/cpuinfo", "/dev/urandom"})
    if (fs::exists(needed))
      BOOST_TEST(confined([&] { return opening(needed, O_RDONLY); }) == 0, needed);
}

BOOST_AUTO_TEST_CASE(descriptors_that_are_open_already_stay_usable) {
  const folder jobs;
  const int opened = ::open((jobs.at / "secret").c_str(), O_RDONLY | O_CLOEXEC);
  char first = 0;
  BOOST_TEST(confined([&] { return error_of([&] { return ::read(opened, &first, 1); }); }) == 0);
  BOOST_TEST(first == 'o');
  ::close(opened);
}

BOOST_AUTO_TEST_CASE(other_threads_of_the_process_are_as_they_were) {
  BOOST_TEST(confined([] { return opening("/etc/passwd", O_RDONLY); }) == EACCES);
  BOOST_TEST(opening("/etc/passwd", O_RDONLY) == 0);
  BOOST_TEST(error_of([] { return ::socket(AF_INET, SOCK_STREAM, 0); }) == 0);
}

BOOST_AUTO_TEST_CASE(a_confined_process_starts_none_in_any_thread_and_keeps_its_sockets_and_files) {
  enum : int { all_is_well, cannot_be_confined, forked, no_socket, no_file, no_thread };
  BOOST_TEST(in_process([] {
               int verdict = no_thread;
               std::atomic<bool> go{false};
               std::thread before{[&] { // it is there already
                 while (!go)
                   std::this_thread::yield();
                 verdict = error_of([] { return ::fork(); }) == EPERM ? all_is_well : forked;
               }};
               const bool is_done = confine_process().empty();
               go = true;
               before.join();
               if (!is_done)
                 return int{cannot_be_confined};
               if (error_of([] { return ::socket(AF_INET, SOCK_STREAM, 0); }) != 0)
                 return int{no_socket};
               return opening("/etc/passwd", O_RDONLY) == 0 ? verdict : int{no_file};
             }) == all_is_well);
}

BOOST_AUTO_TEST_CASE(a_confined_process_dials_and_is_not_dialled) {
  enum : int { all_is_well, cannot_be_confined, listens, accepts, odd, no_socket, no_dial };
  BOOST_TEST(in_process([] {
               const int door = ::socket(AF_INET, SOCK_STREAM, 0);
               sockaddr_in at{};
               at.sin_family = AF_INET;
               at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
               auto* address = reinterpret_cast<sockaddr*>(&at);
               socklen_t size = sizeof at;
               if (::bind(door, address, size) != 0 || ::listen(door, 1) != 0 ||
                   ::getsockname(door, address, &size) != 0)
                 return int{no_socket};
               if (!confine_process().empty())
                 return int{cannot_be_confined};
               const int other = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
               if (error_of([&] { return ::listen(other, 1); }) != EPERM)
                 return int{listens};
               if (error_of([&] { return ::connect(other, address, size); }) != 0)
                 return int{no_dial};
               if (error_of([&] { return ::accept(door, nullptr, nullptr); }) != EPERM ||
                   error_of([&] { return ::accept4(door, nullptr, nullptr, 0); }) != EPERM)
                 return int{accepts};
               for (const int family : {AF_PACKET, AF_VSOCK, AF_ALG, AF_BLUETOOTH, AF_X25, AF_CAN})
                 if (error_of([&] { return ::socket(family, SOCK_STREAM, 0); }) != EPERM)
                   return int{odd};
               for (const int family : {AF_INET, AF_INET6})
                 if (error_of([&] { return ::socket(family, SOCK_RAW | SOCK_CLOEXEC, 1); }) !=
                     EPERM)
                   return int{odd};
               for (const int kind : {SOCK_STREAM, SOCK_DGRAM})
                 for (const int family : {AF_INET, AF_INET6, AF_UNIX})
                   if (error_of([&] { return ::socket(family, kind, 0); }) != 0)
                     return int{no_socket};
               // as glibc does it before it asks for a name
               return error_of([] { return ::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, 0); }) == 0
                          ? int{all_is_well}
                          : int{no_socket};
             }) == all_is_well);
}

BOOST_AUTO_TEST_CASE(a_process_that_keeps_its_connections_gets_no_others_in_any_thread) {
  enum : int {
    all_is_well,
    cannot_be_confined,
    no_pair,
    opens,
    connects,
    sends_elsewhere,
    pairs,
    deaf,
    no_thread
  };
  BOOST_TEST(
      in_process([] {
        int both[2] = {-1, -1}; // NOLINT(modernize-avoid-c-arrays): as the call wants it
        if (::socketpair(AF_UNIX, SOCK_STREAM, 0, both) != 0)
          return int{no_pair};
        const int unconnected = ::socket(AF_INET, SOCK_DGRAM, 0);
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(9);
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        const auto* address = reinterpret_cast<const sockaddr*>(&to);
        const auto attempt = [&] {
          for (const int family : {AF_INET, AF_INET6, AF_UNIX, AF_NETLINK})
            for (const int kind : {SOCK_STREAM, SOCK_DGRAM, SOCK_RAW})
              if (error_of([&] { return ::socket(family, kind, 0); }) != EPERM)
                return int{opens};
          if (error_of([&] { return ::connect(unconnected, address, sizeof to); }) != EPERM)
            return int{connects};
          msghdr message{};
          message.msg_name = &to;
          message.msg_namelen = sizeof to;
          mmsghdr messages{message, 0};
          if (error_of([&] { return ::sendto(unconnected, "x", 1, 0, address, sizeof to); }) !=
                  EPERM ||
              error_of([&] { return ::sendmsg(unconnected, &message, 0); }) != EPERM ||
              error_of([&] { return ::sendmmsg(unconnected, &messages, 1, 0); }) != EPERM ||
              error_of([&] { return ::send(both[0], "x", 1, MSG_FASTOPEN); }) != EPERM)
            return int{sends_elsewhere};
          int other[2] = {-1, -1}; // NOLINT(modernize-avoid-c-arrays)
          if (error_of([&] { return ::socketpair(AF_UNIX, SOCK_DGRAM, 0, other); }) != EPERM ||
              error_of(
                  [&] { return ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, other); }) != 0)
            return int{pairs};
          char byte = 0;
          return ::send(both[0], "x", 1, MSG_NOSIGNAL) == 1 && ::read(both[1], &byte, 1) == 1
                     ? int{all_is_well}
                     : int{deaf};
        };
        int verdict = no_thread;
        std::atomic<bool> go{false};
        std::thread before{[&] { // it is there already
          while (!go)
            std::this_thread::yield();
          verdict = attempt();
        }};
        const bool is_done = confine_process().empty() && keep_connections_only().empty();
        go = true;
        before.join();
        if (!is_done)
          return int{cannot_be_confined};
        return verdict != all_is_well ? verdict : attempt();
      }) == all_is_well);
}

BOOST_AUTO_TEST_CASE(pipelines_of_a_process_that_keeps_its_connections_are_fenced_in_as_ever) {
  BOOST_TEST(in_process([] {
               confine_process();
               keep_connections_only();
               outcome how;
               std::thread{[&] { how = fence{}.enter(); }}.join();
               return how.why_not.empty() && how.calls_are_filtered && how.files_are_fenced ? 0 : 1;
             }) == 0);
}

BOOST_AUTO_TEST_CASE(a_process_that_fetches_dials_and_reaches_no_file_but_its_own) {
  enum : int { all_is_well, cannot_be_confined, no_socket, forked, runs, reads, cannot_write };
  const folder jobs;
  BOOST_TEST(in_process([&] {
               const auto how = fence{{{}, {jobs.at / "mine"}}}.enter_to_dial();
               if (!how.why_not.empty() || !how.calls_are_filtered || !how.files_are_fenced)
                 return int{cannot_be_confined};
               int verdict = all_is_well;
               std::thread{[&] { // as name servers are asked
                 if (error_of([] { return ::socket(AF_INET, SOCK_STREAM, 0); }) != 0)
                   verdict = no_socket;
                 else if (error_of([] { return ::fork(); }) != EPERM)
                   verdict = forked;
                 else if (error_of([] { return ::execl("/bin/true", "true", nullptr); }) != EPERM)
                   verdict = runs;
                 else if (opening(jobs.at / "secret", O_RDONLY) != EACCES ||
                          opening("/etc/passwd", O_RDONLY) != EACCES)
                   verdict = reads;
                 else if (opening(jobs.at / "mine" / "new", O_WRONLY | O_CREAT) != 0)
                   verdict = cannot_write;
               }}
                   .join();
               return verdict;
             }) == all_is_well);
}

BOOST_AUTO_TEST_CASE(a_confined_process_can_end_itself_by_a_signal) {
  BOOST_TEST(in_process([] {
               std::signal(SIGABRT, SIG_DFL); // Boost.Test waits for it
               confine_process();
               std::abort();
               return 0;
             }) == 128 + SIGABRT);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace vdoc::confinement
