#pragma once

#include "actors/desk/spawn.hpp"
#include "cluster/desk/desk.hpp"

#include <memory>
#include <vector>

namespace vdoc::front_desk {

/// The same answer to a submit, counted on its way: what became of the jobs, and the seconds from
/// now until it is given.
desk::then<std::vector<desk::admission>> counted(const std::shared_ptr<means>& with,
                                                 const desk::caller& who,
                                                 desk::then<std::vector<desk::admission>> answer);

} // namespace vdoc::front_desk
