#pragma once

#include "cluster/desk/audit.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace vdoc::desk {

/// Which lines of the audit log to show. Empty fields match everything.
struct audit_query {
  std::string who;     ///< with or without what it came by: "ann" is "ann (<token>)", too
  std::string what;    ///< "cancel"
  std::string subject; ///< also one of several jobs of a submit
  std::int64_t from_unix_ms = 0;
  std::int64_t until_unix_ms = 0; ///< not included; 0: no end
  std::string cursor;             ///< `next` of the page before
  std::uint32_t most = 100;
};
struct parsed_audit_query {
  verdict how;
  audit_query what;
};
/// {"who": "ann", "what": "", "subject": "", "from": "2026-12-01T08:00:00Z", "until": ...,
/// "cursor": "", "most": 100}, all of it optional.
parsed_audit_query parse_audit_query(std::string_view json);

/// Which documents of the kind `audit_kind` to read for a page: so many from after this key on.
struct audit_read {
  std::string after_key;
  std::uint32_t most = 0;
};
audit_read read_for(const audit_query& asked);

struct audit_page {
  verdict how;
  std::vector<audit_line> lines; ///< the newest first
  std::string next; ///< cursor; a page may have fewer lines than asked for, or none, and yet
                    ///< another one after it
};
/// What the documents that were read for it come to.
audit_page page_of(const audit_query& asked, const std::vector<ledger::document>& read);

} // namespace vdoc::desk
