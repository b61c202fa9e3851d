#pragma once

#include <chrono>
#include <optional>

/// The signals that end a program: SIGINT and SIGTERM from outside, SIGUSR1 from a thread of our
/// own. Nothing but the main thread waits for them.
namespace vdoc::node {

/// To be called before there are threads: all of them then have the signals blocked.
void block_end_signals();
/// Any thread. Sends one of them to this process.
void send_end_signal(int number);
/// Which of them came.
int wait_for_end_signal();
/// Nothing: none has come within that time.
std::optional<int> wait_for_end_signal(std::chrono::milliseconds limit);

} // namespace vdoc::node
