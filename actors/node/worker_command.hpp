#pragma once

#include "actors/node/serve_command.hpp"
#include "conf/settings.hpp"

namespace vdoc::node {

/// `video-doc serve --role worker`: works for whoever leads the cluster until SIGINT or SIGTERM.
/// Signals as for `serve`.
serve_exit serve_as_worker(const conf::settings& settings);

} // namespace vdoc::node
