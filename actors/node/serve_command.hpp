#pragma once

#include "cluster/desk/gateway.hpp"
#include "conf/settings.hpp"

#include <vector>

namespace vdoc::node {

/// `video-doc serve`, all options read.
struct serve_request {
  conf::settings settings;
  bool quiet = false;
  std::vector<desk::gateway_opener> gateways; ///< opened in this order, once the desk is there
};

/// Exit codes of `video-doc serve`.
enum class serve_exit : int { stopped = 0, failed = 1, wrong_use = 2 };

/// Serves until SIGINT or SIGTERM, which must be blocked in every thread: then running jobs are
/// interrupted into a state that the next start resumes, within five seconds.
serve_exit serve(const serve_request& request);

} // namespace vdoc::node
