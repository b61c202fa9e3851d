#pragma once

#include <cstdint>

namespace vdoc::uploads {

/// Where an upload stands that is the source of a job.
enum class upload_standing : std::uint8_t {
  gone,  ///< taken back, or nobody has continued it in time: its job fails, and says so
  waits, ///< for its rest, and nothing can be done before
  flows, ///< more of it comes, and what is there can be worked on already
  whole,
};

} // namespace vdoc::uploads
