#pragma once

#include "actors/canceller/protocol.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include <string>

namespace vdoc::fetcher {

/// Asks for a source out of the net to be there as the file `source` of a job's work folder.
struct fetch_source {
  std::string source; ///< an http: or https: URL
  std::string work;   ///< a folder that is there
};
struct fetched {
  std::string file; ///< all of it, synced
};

/// FETCHER: has one source fetched by a process of its own, which opens no media and writes nowhere
/// but in a folder for that; then it ends. So does it when the call is cancelled, whatever its
/// name, and takes the process along. What cannot be had is an error with a fault.
using actor = caf::typed_actor<caf::replies_to<fetch_source>::with<fetched>,
                               caf::reacts_to<canceller::cancel>>;

/// Whether there is anything to do for it: the source is remote, and was not fetched before.
bool is_needed(const std::string& source, const std::string& work);

} // namespace vdoc::fetcher

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::fetcher::fetch_source)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::fetcher::fetched)
