#pragma once

#include "cluster/desk/desk.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace vdoc::desk {

struct archived {
  verdict how;
  std::vector<ledger::document> all;
};

/// The port to what the ledger keeps beside jobs: tokens, the audit log. Any thread; never blocks.
/// Every call is answered exactly once, within ten seconds, on a thread of the service: the answer
/// must not block.
class archive {
public:
  virtual ~archive() = default;

  /// Documents of a kind in the order of their keys, from after `after_key` on.
  virtual void read(const std::string& kind, const std::string& after_key, std::uint32_t most,
                    then<archived> answer) = 0;
  /// After the commit. What must not be lost is spooled while the ledger is away, and then counts
  /// as written.
  virtual void write(std::vector<ledger::document> what, bool must_not_be_lost,
                     then<verdict> answer) = 0;
};

} // namespace vdoc::desk
