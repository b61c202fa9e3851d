#pragma once

#include "actors/job/protocol.hpp"
#include "actors/job/rules.hpp"
#include "actors/package/protocol.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

/// What a job shows: tracks, playlists, report. Pure functions of what the rules know.
namespace vdoc::job {

/// Folder of an audio track's segments, relative to the job's folder: "audio/en", "audio/2-en".
std::string audio_folder(const probe::source_probe& probe, std::uint32_t track);
std::string video_folder(const std::string& rendition); ///< "video/720p"

/// What PACKAGE needs to know of a track. `root` is the job's folder. The track must have been
/// encoded at least once.
package::track video_track(const rules& job, const std::string& rendition,
                           const std::filesystem::path& root);
package::track audio_track(const rules& job, std::uint32_t track,
                           const std::filesystem::path& root);

/// A file of the presentation: path relative to the job's folder, and its text.
using text_file = std::pair<std::string, std::string>;

/// Media playlists of every track that has a segment, then the master playlist; nothing before the
/// first segment. `ended` makes them VOD.
std::vector<text_file> playlists(const rules& job, bool ended);

/// How many segments of each track the playlists name, by track.
using listed_counts = std::map<std::string, std::uint32_t>;
listed_counts count_listed(const rules& job);
/// Those behind the first `told` of their tracks; `told` is brought up to date.
std::vector<listed_segment> newly_listed(const rules& job, listed_counts& told);

/// Time that one kind of work took, summed over its tasks.
struct stage_time {
  std::uint32_t tasks = 0;
  std::uint32_t attempts = 0;
  std::chrono::nanoseconds wall{0}; ///< sum over tasks; tasks run side by side
  std::chrono::nanoseconds cpu{0};  ///< where the stage reports it
};

/// That the artefact store does not take the results.
struct left_results {
  std::string because; ///< empty: it has them
  std::string in;      ///< name of the fallback store that has them; empty: the data folder
};

/// What the node knows besides: for the report.
struct circumstances {
  std::string job_id;
  std::string state; ///< "running", "succeeded", "failed", "interrupted"
  fault why;
  std::string started_at, ended_at; ///< ISO 8601, UTC
  double wall_s = 0;
  bool resumed = false;
  std::map<work, stage_time> stages;
  std::map<std::string, std::uint32_t> hosts; ///< tasks that each has ended
  std::map<std::string, std::string> graphs;  ///< stage -> gst-launch lines
  left_results left;
};
/// The warning of that.
std::string warning_of(const left_results& left);
/// All that a job has to say of itself, that one too if there is a reason for it.
std::vector<std::string> warnings_of(const rules& job, const left_results& left);

/// job.json.
std::string report(const rules& job, const circumstances& around);
/// Whether that is a report of this job, of an attempt that has succeeded, with nothing else to be
/// warned of.
bool says_all(const std::string& report, const rules& job);

} // namespace vdoc::job
