#pragma once

#include "actors/ledger/protocol.hpp"
#include "actors/ledger/reader_protocol.hpp"
#include "actors/survey/protocol.hpp"
#include "cluster/resources/kept_book.hpp"

#include <caf/fwd.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>

namespace vdoc::survey {

/// What SURVEY needs of the world.
struct means {
  std::function<ledger::actor()> find_ledger; ///< the newest; null while there is none
  std::function<ledger::reader()> find_reader;
  std::function<std::int64_t()> unix_ms;
  std::filesystem::path jobs; ///< one folder of results for each job, by id
  std::shared_ptr<resources::kept_book> book;
  std::function<void()> take_up_uploads = {}; ///< first of all; it may take seconds, and throw
  bool detached = true;                       ///< false in stepped tests
};

/// Starts SURVEY, which looks what tenants have stored: their uploads first, then their results. It
/// takes up what the ledger knows, and compares that with the folders there
/// are: one that is gone counts no more, and one that nobody has counted since it was last written
/// to, because the service died or is older than this, is counted now if its job has ended.
actor spawn(caf::actor_system& system, means with);

} // namespace vdoc::survey
