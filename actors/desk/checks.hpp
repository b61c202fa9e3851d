#pragma once

#include "cluster/desk/desk.hpp"

#include <optional>
#include <string>

namespace vdoc::front_desk {

/// What the desk makes sure of before anything is asked of anybody. Pure.

/// Nothing when the caller has that role.
desk::verdict check_role(const desk::caller& who, desk::role needed);
/// Which role an order takes.
desk::role role_for(desk::job_action what) noexcept;
/// A submitted job: role, tenant, limits of its fields.
desk::verdict check_submit(const desk::caller& who, const ledger::job& what);
/// An order: role, priority in range, spec that can be read (it is brought into its stored form).
desk::verdict check_order(const desk::caller& who, desk::job_order& what);
desk::verdict check_queue_change(const desk::caller& who, const desk::queue_change& what);
/// Narrows a filter to what the caller may see.
desk::verdict check_filter(const desk::caller& who, ledger::job_filter& which);

/// One line of the audit log.
struct deed {
  std::string action; ///< "cancel", "queue.change"
  std::string target; ///< what it was done to
  std::string detail; ///< JSON, or empty
};
ledger::document audit_of(const desk::caller& who, const deed& what, const std::string& id,
                          std::int64_t now_unix_ms);

} // namespace vdoc::front_desk
