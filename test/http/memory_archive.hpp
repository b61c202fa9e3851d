#pragma once

#include "cluster/desk/archive.hpp"

#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace vdoc::test {

/// An archive in memory, by the ledger's rules. Answers at once.
class memory_archive final : public desk::archive {
public:
  std::mutex mutex;
  std::map<std::pair<std::string, std::string>, ledger::document> all; ///< by kind and key
  std::string trouble; ///< not empty: the ledger is away

  void read(const std::string& kind, const std::string& after_key, std::uint32_t most,
            desk::then<desk::archived> answer) override;
  void write(std::vector<ledger::document> what, bool must_not_be_lost,
             desk::then<desk::verdict> answer) override;

  /// "cancel id-0 by ann", the newest first.
  std::vector<std::string> audit();

private:
  bool put(ledger::document one);
};

} // namespace vdoc::test
