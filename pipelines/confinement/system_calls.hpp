#pragma once

#include <string>

/// Which system calls are refused from now on, for ever: see seccomp(2). Both return why it could
/// not be done; empty: it is done.
namespace vdoc::confinement {

/// Starting processes, touching them, and what only an administrator does; in all threads.
std::string refuse_processes();

/// Those and sockets; in the calling thread, and those that it starts. Any thread.
std::string refuse_sockets_in_thread();

} // namespace vdoc::confinement
