#include "pipelines/confinement/system_calls.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <memory>
#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <system_error>
#include <unistd.h>
#include <vector>

namespace vdoc::confinement {

namespace {

/// Other processes, other users, other kernels; and ways around a filter of system calls.
constexpr std::array for_nobody{
    SCMP_SYS(execve),
    SCMP_SYS(execveat),
    SCMP_SYS(fork),
    SCMP_SYS(vfork),
    SCMP_SYS(ptrace),
    SCMP_SYS(process_vm_readv),
    SCMP_SYS(process_vm_writev),
    SCMP_SYS(process_madvise),
    SCMP_SYS(pidfd_open),
    SCMP_SYS(pidfd_getfd),
    SCMP_SYS(pidfd_send_signal),
    SCMP_SYS(kcmp),
    SCMP_SYS(tkill),
    SCMP_SYS(rt_sigqueueinfo),
    SCMP_SYS(rt_tgsigqueueinfo),
    SCMP_SYS(mount),
    SCMP_SYS(umount2),
    SCMP_SYS(move_mount),
    SCMP_SYS(open_tree),
    SCMP_SYS(fsopen),
    SCMP_SYS(pivot_root),
    SCMP_SYS(chroot),
    SCMP_SYS(unshare),
    SCMP_SYS(setns),
    SCMP_SYS(bpf),
    SCMP_SYS(perf_event_open),
    SCMP_SYS(userfaultfd),
    SCMP_SYS(io_uring_setup),
    SCMP_SYS(io_uring_enter),
    SCMP_SYS(io_uring_register),
    SCMP_SYS(keyctl),
    SCMP_SYS(add_key),
    SCMP_SYS(request_key),
    SCMP_SYS(open_by_handle_at),
    SCMP_SYS(name_to_handle_at),
    SCMP_SYS(init_module),
    SCMP_SYS(finit_module),
    SCMP_SYS(delete_module),
    SCMP_SYS(kexec_load),
    SCMP_SYS(kexec_file_load),
    SCMP_SYS(reboot),
    SCMP_SYS(swapon),
    SCMP_SYS(swapoff),
    SCMP_SYS(acct),
    SCMP_SYS(settimeofday),
    SCMP_SYS(clock_settime),
    SCMP_SYS(sethostname),
    SCMP_SYS(setdomainname),
    SCMP_SYS(setuid),
    SCMP_SYS(setgid),
    SCMP_SYS(setreuid),
    SCMP_SYS(setregid),
    SCMP_SYS(setresuid),
    SCMP_SYS(setresgid),
    SCMP_SYS(setgroups),
    SCMP_SYS(capset),
    SCMP_SYS(personality),
};

/// A media host dials, and is never dialled.
constexpr std::array for_servers{SCMP_SYS(listen), SCMP_SYS(accept), SCMP_SYS(accept4)};

constexpr std::array for_no_decoder{
    SCMP_SYS(socket), SCMP_SYS(connect), SCMP_SYS(bind),
    SCMP_SYS(sendto), SCMP_SYS(sendmsg), SCMP_SYS(sendmmsg),
};

/// Where everything is connected. Messages could name an address that a filter does not see.
constexpr std::array for_nobody_connected{
    SCMP_SYS(socket), SCMP_SYS(connect), SCMP_SYS(bind), SCMP_SYS(sendmsg), SCMP_SYS(sendmmsg),
};

using filter = std::unique_ptr<void, decltype(&seccomp_release)>;

void must(int result) {
  if (result < 0)
    throw std::system_error{-result, std::generic_category(), "seccomp"};
}

/// Sockets of a process that dials by TCP, asks for names, and talks to its own machine: no others.
void deny_odd_sockets(const filter& made) {
  const auto refused = SCMP_ACT_ERRNO(EPERM);
  constexpr scmp_datum_t last = AF_NETLINK;
  for (scmp_datum_t family = AF_UNSPEC; family < last; ++family)
    if (family != AF_UNIX && family != AF_INET && family != AF_INET6)
      must(
          seccomp_rule_add(made.get(), refused, SCMP_SYS(socket), 1, SCMP_A0(SCMP_CMP_EQ, family)));
  must(seccomp_rule_add(made.get(), refused, SCMP_SYS(socket), 1, SCMP_A0(SCMP_CMP_GT, last)));
  constexpr scmp_datum_t kinds = 0xf; // beside them stand flags
  for (const scmp_datum_t family : {AF_INET, AF_INET6})
    must(seccomp_rule_add(made.get(), refused, SCMP_SYS(socket), 2, SCMP_A0(SCMP_CMP_EQ, family),
                          SCMP_A1(SCMP_CMP_MASKED_EQ, kinds, SOCK_RAW)));
}

filter allowing_everything() {
  filter made{seccomp_init(SCMP_ACT_ALLOW), seccomp_release};
  if (!made)
    throw std::system_error{ENOMEM, std::generic_category(), "seccomp"};
  return made;
}

filter denying_processes() {
  auto made = allowing_everything();
  const auto refused = SCMP_ACT_ERRNO(EPERM);
  for (const int call : for_nobody)
    must(seccomp_rule_add(made.get(), refused, call, 0));
  for (const int call : for_servers)
    must(seccomp_rule_add(made.get(), refused, call, 0));
  // Threads are made by clone, too; clone3 hides its flags, so that glibc has to use clone.
  must(seccomp_rule_add(made.get(), refused, SCMP_SYS(clone), 1,
                        SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0)));
  must(seccomp_rule_add(made.get(), SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0));
  // A process may end itself by a signal, and nobody else.
  const auto self = static_cast<scmp_datum_t>(::getpid());
  must(seccomp_rule_add(made.get(), refused, SCMP_SYS(kill), 1, SCMP_A0(SCMP_CMP_NE, self)));
  must(seccomp_rule_add(made.get(), refused, SCMP_SYS(tgkill), 1, SCMP_A0(SCMP_CMP_NE, self)));
  return made;
}

/// What is connected goes on: it is read and written without an address.
void deny_dialling(const filter& made) {
  const auto refused = SCMP_ACT_ERRNO(EPERM);
  for (const int call : for_nobody_connected)
    must(seccomp_rule_add(made.get(), refused, call, 0));
  must(seccomp_rule_add(made.get(), refused, SCMP_SYS(sendto), 1, SCMP_A4(SCMP_CMP_NE, 0)));
  must(seccomp_rule_add(made.get(), refused, SCMP_SYS(sendto), 1,
                        SCMP_A3(SCMP_CMP_MASKED_EQ, MSG_FASTOPEN, MSG_FASTOPEN)));
  // A pair that leads nowhere else may wake threads; one of datagrams could be sent elsewhere.
  constexpr scmp_datum_t kinds = 0xf; // beside them stand flags
  must(seccomp_rule_add(made.get(), refused, SCMP_SYS(socketpair), 1,
                        SCMP_A0(SCMP_CMP_NE, AF_UNIX)));
  for (const scmp_datum_t kind : {SOCK_DGRAM, SOCK_RAW})
    must(seccomp_rule_add(made.get(), refused, SCMP_SYS(socketpair), 1,
                          SCMP_A1(SCMP_CMP_MASKED_EQ, kinds, kind)));
}

/// For all threads of the process.
void load(const filter& made) {
  must(seccomp_attr_set(made.get(), SCMP_FLTATR_CTL_TSYNC, 1));
  must(seccomp_load(made.get())); // sets no_new_privs first
}

/// The filter as the kernel takes it.
std::vector<sock_filter> compiled(const filter& made) {
  const int file = ::memfd_create("filter", MFD_CLOEXEC);
  if (file < 0)
    throw std::system_error{errno, std::generic_category(), "memfd"};
  const int result = seccomp_export_bpf(made.get(), file);
  const auto bytes = std::max<off_t>(::lseek(file, 0, SEEK_CUR), 0);
  std::vector<sock_filter> program(static_cast<std::size_t>(bytes) / sizeof(sock_filter));
  const auto size = program.size() * sizeof(sock_filter);
  const auto got = ::pread(file, program.data(), size, 0);
  ::close(file);
  must(result);
  if (program.empty() || got != static_cast<ssize_t>(size))
    throw std::system_error{EIO, std::generic_category(), "seccomp"};
  return program;
}

std::vector<sock_filter> denying_sockets() {
  const auto made = denying_processes();
  for (const int call : for_no_decoder)
    must(seccomp_rule_add(made.get(), SCMP_ACT_ERRNO(EPERM), call, 0));
  // A pair that leads nowhere else wakes GStreamer's threads.
  must(seccomp_rule_add(made.get(), SCMP_ACT_ERRNO(EPERM), SCMP_SYS(socketpair), 1,
                        SCMP_A0(SCMP_CMP_NE, AF_UNIX)));
  return compiled(made);
}

std::string kernel_says(const std::system_error& why) {
  return std::string{"the kernel filters no system calls: "} + why.what();
}

} // namespace

std::string refuse_processes() {
  try {
    const auto made = denying_processes();
    deny_odd_sockets(made); // a decoder's filter has none at all
    load(made);
    return {};
  } catch (const std::system_error& why) {
    return kernel_says(why);
  }
}

std::string refuse_dialling() {
  try {
    const auto made = allowing_everything(); // what is refused already stays so
    deny_dialling(made);
    load(made);
    return {};
  } catch (const std::system_error& why) {
    return kernel_says(why);
  }
}

std::string refuse_sockets_in_thread() {
  try {
    static const auto program = denying_sockets(); // takes ten times as long as its use
    const sock_fprog given{static_cast<unsigned short>(program.size()),
                           const_cast<sock_filter*>(program.data())}; // only read
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &given) != 0)
      throw std::system_error{errno, std::generic_category(), "seccomp"};
    return {};
  } catch (const std::system_error& why) {
    return kernel_says(why);
  }
}

} // namespace vdoc::confinement
