#pragma once

#include "conf/settings.hpp"

namespace vdoc::node {

/// Exit codes of `video-doc serve`.
enum class serve_exit : int { stopped = 0, failed = 1 };

/// Serves until SIGINT or SIGTERM, which must be blocked in every thread, as must SIGUSR1: then
/// running jobs are interrupted into a state that the next start resumes, within five seconds.
serve_exit serve(const conf::settings& settings);

} // namespace vdoc::node
