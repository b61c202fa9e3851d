#pragma once

#include "cluster/desk/desk.hpp"
#include "cluster/uploads/upload_book.hpp"

#include <optional>

namespace vdoc::front_desk {

/// What the desk makes sure of before anything is asked of anybody. Pure.

/// To a caller who comes while more is asked than can be answered.
desk::verdict overload();
/// Nothing when the caller has that role.
desk::verdict check_role(const desk::caller& who, desk::role needed);
/// A submitted job: role and tenant.
desk::verdict check_submit(const desk::caller& who, const ledger::job& what);
/// A submitted job whose source is an upload: that has to be there, and its tenant's.
desk::verdict check_upload(const ledger::job& what,
                           const std::optional<uploads::upload_view>& source);
/// An order: role, and a spec that can be read (it is brought into its stored form). The cause says
/// who ordered it.
desk::verdict check_order(const desk::caller& who, desk::job_order& what);
/// A change of a queue: role, and a name that a queue may have.
desk::verdict check_queue(const desk::caller& who, const std::string& queue);
/// A change of what a tenant may have: an admin of all tenants, and a name that one may have.
desk::verdict check_tenant(const desk::caller& who, const std::string& tenant);
/// An order on a node: role, and a tenant that may order what concerns all.
desk::verdict check_node(const desk::caller& who);
desk::verdict check_breaker(const desk::caller& who);
/// What concerns the whole service: a tenant that sees all.
desk::verdict check_whole(const desk::caller& who);
/// Narrows a filter to what the caller may see.
desk::verdict check_filter(const desk::caller& who, ledger::job_filter& which);

} // namespace vdoc::front_desk
