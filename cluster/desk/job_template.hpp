#pragma once

#include "cluster/desk/submission.hpp"

#include <string_view>

namespace vdoc::desk {

/// What every file of a watched folder becomes: a job of cluster/desk/submission.hpp without what
/// is each file's own: {"queue": "incoming", "priority": "low", "spec": {"ladder": "720"}}.
parsed_job parse_template(std::string_view json);

} // namespace vdoc::desk
