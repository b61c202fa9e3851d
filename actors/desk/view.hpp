#pragma once

#include "actors/desk/spawn.hpp"

namespace vdoc::front_desk {

/// A job with what only the service knows of it: how far it is, or its upload.
desk::job_view view_of(const means& with, const ledger::job_record& job);

} // namespace vdoc::front_desk
