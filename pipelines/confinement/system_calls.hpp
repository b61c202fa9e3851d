#pragma once

#include <string>

/// Which system calls are refused from now on, for ever: see seccomp(2). All return why it could
/// not be done; empty: it is done.
namespace vdoc::confinement {

/// Starting processes, touching them, being dialled, odd sockets, and what only an administrator
/// does; in all threads.
std::string refuse_processes();

/// Opening sockets, and connecting or sending to anywhere with those that are open; in all threads.
/// Fails when some thread is confined already in another way.
std::string refuse_dialling();

/// Processes and sockets; in the calling thread, and those that it starts. Any thread.
std::string refuse_sockets_in_thread();

} // namespace vdoc::confinement
