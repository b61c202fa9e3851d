#pragma once

#include "cluster/desk/submission.hpp"

#include <string_view>

namespace vdoc::watch {

/// What files become, as a job of cluster/desk/submission.hpp without what is each file's own:
/// {"queue": "incoming", "priority": "low", "spec": {"ladder": "720"}}.
desk::parsed_job parse_template(std::string_view json);

} // namespace vdoc::watch
