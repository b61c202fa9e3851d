#pragma once

#include "cluster/ledger/store.hpp"

#include <string>
#include <vector>

namespace vdoc::desk {

/// The kind of documents by which a node tells the leader of jobs that it has taken in: written
/// with them, removed by the leader when it has taken them up. PostgreSQL says that there is one
/// (channel `inbox_channel`, by a trigger); elsewhere one has to look.
constexpr const char* inbox_kind = "inbox";
constexpr const char* inbox_channel = "video_doc_inbox";

/// What is written with jobs of one call: the ledger lists in it those that are new.
ledger::roll letter_about(const std::vector<ledger::job>& jobs, const std::string& key,
                          const std::string& node);

/// The ids of the jobs in it, as the ledger wrote them.
std::vector<std::string> jobs_in(const ledger::document& letter);

} // namespace vdoc::desk
