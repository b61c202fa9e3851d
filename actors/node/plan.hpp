#pragma once

#include "actors/jobs/spawn.hpp"
#include "actors/node/run_command.hpp"
#include "actors/queue/spawn.hpp"
#include "cluster/uploads/upload_store.hpp"

#include <filesystem>
#include <vector>

namespace vdoc::node {

/// The jobs that a command asks for: settings made into specs, one result folder for each input.
std::vector<jobs::planned> plan(const run_request& request);

/// The job of a service: what its spec does not say is as the settings say. Throws vdoc::failure
/// when the spec cannot be followed any more, or the upload is gone that is its source.
queue::work_plan plan_of(const conf::settings& settings, const std::filesystem::path& folder,
                         const ledger::job& what, const uploads::upload_store& uploads);

/// How many media hosts: as asked, else one for each core this process may use.
std::uint16_t host_count(const conf::settings& settings);
/// What this machine is and what is said of it: words that work may need.
std::vector<std::string> offers_of(const conf::settings& settings);

} // namespace vdoc::node
