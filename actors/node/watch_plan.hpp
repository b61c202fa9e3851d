#pragma once

#include "cluster/ledger/records.hpp"
#include "conf/settings.hpp"

#include <chrono>
#include <filesystem>
#include <optional>

namespace vdoc::node {

/// Which folder is watched, and what its files become.
struct watch_plan {
  std::filesystem::path folder; ///< absolute
  ledger::job job;
  std::chrono::milliseconds settle;
};

/// Nothing: none is watched. Throws vdoc::failure when it is no folder, when it holds `kept`, where
/// the service writes its results (they would become jobs, and so on), or when the job is wrong.
std::optional<watch_plan> watch_plan_of(const conf::service_settings& from,
                                        const std::filesystem::path& kept);

} // namespace vdoc::node
