#pragma once

#include "cluster/ledger/spool.hpp"
#include "cluster/ledger/store.hpp"

#include <string>
#include <vector>

namespace vdoc::ledger {

/// What the database owes to a time when it was away.
struct arrears {
  std::string doubt; ///< of a batch that was in flight; or empty
  std::string spool; ///< id
  std::vector<spooled> records;
};

/// How far it got.
struct caught_up {
  std::string trouble; ///< not empty: it is still away; all is to be said again
  fate doubtful = fate::not_known_yet;
  std::uint64_t through = 0; ///< records up to this number are in the database
  std::size_t entries = 0;   ///< written now
};

/// Writes what was spooled, in order, each record exactly once: with every transaction goes the
/// document ("spool", id), whose body is the number of its last record, and what is known there
/// already, or came to be written after all, is left out. With nothing to write, tries whether the
/// database takes a write.
caught_up catch_up(store& with, const arrears& what, std::int64_t now_unix_ms);

/// Removes the document of a spool whose file is gone.
document end_of_spool(const std::string& id);

} // namespace vdoc::ledger
