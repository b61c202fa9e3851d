#pragma once

#include "actors/ledger/protocol.hpp"
#include "actors/ledger/reader_protocol.hpp"
#include "cluster/desk/archive.hpp"

#include <caf/fwd.hpp>

#include <functional>
#include <memory>

namespace vdoc::front_desk {

/// What the archive needs of the world. The handles are the newest; null while there is none. Any
/// thread.
struct archive_means {
  std::function<ledger::actor()> find_ledger;
  std::function<ledger::reader()> find_reader;
};

/// The archive over LEDGER and READER. Ends its actor when it is destroyed: destroy it before the
/// actor system.
std::unique_ptr<desk::archive> open_archive(caf::actor_system& system, archive_means with);

} // namespace vdoc::front_desk
