#pragma once

#include "cluster/desk/desk.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace vdoc::desk {

/// {"id": "<job id>", "cause": "...", "spec": {...}}: which job, and for an order why and how. A
/// spec is refused unless it `may_have_spec`.
struct parsed_reference {
  verdict how;
  std::string id;
  std::string cause;
  std::string spec; ///< as it is stored
};
parsed_reference parse_reference(std::string_view json, bool may_have_spec);

/// {"name": "nightly", "tenant": "default"}: which schedule. The tenant may be left out: the
/// caller's own, or "default".
struct parsed_name {
  verdict how;
  std::string name;
  std::string tenant;
};
parsed_name parse_name(std::string_view json, const caller& who);

/// {"states": ["failed"], "tenant": "", "queue": "", "text": "", "cursor": "", "most": 100}, all of
/// it optional.
struct parsed_filter {
  verdict how;
  ledger::job_filter which;
  std::string cursor;
  std::uint32_t most = 100;
};
parsed_filter parse_filter(std::string_view json);

} // namespace vdoc::desk
