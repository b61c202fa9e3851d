#pragma once

#include "actors/document/protocol.hpp"
#include "actors/ingest/protocol.hpp"
#include "actors/job/rules.hpp"
#include "actors/package/protocol.hpp"
#include "actors/transcode/protocol.hpp"
#include "actors/transcribe/protocol.hpp"
#include "net/blobs/loan_book.hpp"

#include <filesystem>

/// The messages that carry a task to its stage, made of what the rules know. Pure.
namespace vdoc::job {

ingest::open_source open_order(const rules& job, const std::filesystem::path& root);
transcode::encode_fragment encode_order(const rules& job, const task& what,
                                        const std::filesystem::path& root, std::uint32_t stall_s);
package::make_segments pack_order(const rules& job, const task& what,
                                  const std::filesystem::path& root);
transcribe::recognize hear_order(const rules& job, const task& what,
                                 const std::filesystem::path& root);
package::remux remux_order(const rules& job, const std::filesystem::path& root);
document::compose compose_order(const rules& job, const std::filesystem::path& root);

/// What of the work folder the host needs that was given this task, and may write. Work that stays
/// where the folder is needs nothing.
blobs::loan_terms loan_of(const rules& job, const task& what, const std::filesystem::path& root,
                          const std::string& host);

/// What PACKAGE's reply means for the manifest.
std::vector<manifest::segment_packed> to_records(const rules& job, const task& what,
                                                 const package::segments_made& made);

/// The job's work folder, where everything lies that is not a result.
std::filesystem::path work_folder(const std::filesystem::path& root);

} // namespace vdoc::job
