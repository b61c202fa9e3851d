#pragma once

#include "cluster/desk/desk.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace vdoc::desk {

/// One line of the audit log: who has changed what. It is written in the transaction of the change,
/// wherever that is one of the ledger's: neither can be there without the other.
struct audit_line {
  std::int64_t at_unix_ms = 0;
  std::string who;
  std::string what;    ///< "cancel", "retry", "reprioritise", "submit", "set queue", ...
  std::string subject; ///< id of a job or a token, name of a queue or a node
  std::string detail;  ///< JSON object, or empty
};
std::string to_json(const audit_line& what);

/// Kind of the ledger's documents that are lines of the audit log. Their keys run backwards, so
/// that the newest are read first.
inline constexpr const char* audit_kind = "audit";
ledger::document to_document(const audit_line& what, const std::string& chance);
std::optional<audit_line> audit_line_from(const ledger::document& stored);
/// From after this key on are the lines that are older than that moment.
std::string key_of_older_lines(std::int64_t than_unix_ms);

/// What is said of a change that `who` asks for; the time is still to be filled in.
audit_line line_of(const caller& who, const std::string& job_id, const job_order& what);
audit_line line_of(const caller& who, const std::string& queue, const queue_change& what);
audit_line line_of(const caller& who, const std::string& tenant, const tenant_change& what);
audit_line line_of(const caller& who, const node_change& what);
audit_line line_of(const caller& who, const breaker_reset& what);
audit_line line_of(const caller& who, const schedule& put);
audit_line line_of_removal(const caller& who, const std::string& tenant,
                           const std::string& schedule);
/// One line for all jobs of a call: the ledger adds the ids of those that are new (`ledger::roll`),
/// of which the first is then the subject.
audit_line line_of_submit(const caller& who);
/// Of a link by which whoever has it reads the results of a job until then.
audit_line line_of_link(const caller& who, const std::string& job_id, std::int64_t until_unix_ms);

} // namespace vdoc::desk
