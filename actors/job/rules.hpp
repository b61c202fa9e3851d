#pragma once

#include "actors/job/headroom.hpp"
#include "actors/job/spec.hpp"
#include "actors/job/suspects.hpp"
#include "actors/job/task.hpp"
#include "cluster/dispatch/task.hpp"
#include "pipelines/fault.hpp"
#include "pipelines/manifest/manifest.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <variant>
#include <vector>

namespace vdoc::job {

// What happens to a job.
struct start {};
struct granted {
  task what;
  std::string host;
  std::uint32_t heavy_slots = 0; ///< of all hosts, at present
};
/// A task that runs is begun on that host, too; the first result counts.
struct twin_granted {
  task what;
  std::string host;
};
struct lost {
  task what;
  host_gone gone;
};
struct failed {
  task what;
  fault why;
  std::string host = {}; ///< where; empty: where it was granted last
};
struct opened {
  manifest::source_opened source; ///< ladder not filled in yet
  ladder::copy_evidence copy;
  std::string identity = {}; ///< of the file (content/source_digest.hpp)
};
/// An earlier job with the same options succeeded with a source that looks the same.
struct twin_found {
  std::string job;
  std::string digest;    ///< of its source
  std::string first_job; ///< the one that did the work, if it did not do so itself
};
struct no_twin {};
struct digested {
  std::string digest;
};
struct undigested { ///< the source cannot be read, or is written to
  std::string why;
};
/// The twin's results lie in this job's folder, and this is what they are.
struct adopted {
  manifest::state known;
};
struct not_adopted {
  std::string why;
};
struct cut {
  fragment::fragment piece;
};
struct audio_cut {
  gst::audio_chunk chunk;
};
struct text_read {
  gst::timed_text text;
};
struct read_to_end {
  gst::demux_summary summary;
};
struct encoded {
  task what;
  gst::transcode_result result;
  bool by_twin = false;
};
struct packed {
  task what;
  std::vector<manifest::segment_packed> segments;
};
struct audio_encoded {
  gst::audio_segment segment;
};
struct audio_ended {
  manifest::audio_ended what;
};
struct utterance_cut {
  manifest::utterance_cut what;
};
struct heard {
  manifest::utterance_heard what;
  bool language_known = true;
};
struct remuxed {
  std::uint64_t bytes = 0;
};
struct composed {
  manifest::composed what;
  std::vector<std::string> warnings;
};
struct interrupted {};
struct poison_known { ///< what has brought down hosts on two nodes for other jobs; before `start`
  std::map<std::string, std::string> reasons; ///< by the hash of a fragment's content
};
struct store_failed { ///< the shell could not write what it was told to remember or publish
  fault why;
};

using event =
    std::variant<start, granted, twin_granted, lost, failed, opened, cut, audio_cut, text_read,
                 read_to_end, encoded, packed, audio_encoded, audio_ended, utterance_cut, heard,
                 remuxed, composed, interrupted, store_failed, twin_found, no_twin, digested,
                 undigested, adopted, not_adopted, poison_known>;

// What the shell is to do.
struct want_slot {
  task what;
  std::uint64_t rank = 0;     ///< smaller goes first
  std::string affinity;       ///< the run, so that an open decoder goes on
  std::string failed_at = {}; ///< host where it has failed; elsewhere, if that can be
};
struct give_up_slot { ///< an unfinished want or a finished run: the slot is not ours any more, nor
  task what;          ///< that of its twin, whose result nobody needs
  dispatch::task_end how = dispatch::task_end::unsaid;
  std::string cause = {}; ///< of a failure
};
struct give_up_one { ///< of two that run: the other one goes on, as if there had been no twin
  task what;
  dispatch::task_end how = dispatch::task_end::failed;
  std::string cause;
};
struct run {
  task what;
  std::string host;
  bool twin = false; ///< beside the one that runs
};
struct grant_fragments {
  std::uint32_t more = 1;
};
struct feed_audio {
  gst::audio_chunk chunk;
};
struct remember {
  manifest::record what;
};
struct publish { ///< playlists anew; ended: for good
  bool ended = false;
};
struct discard { ///< files below the work folder that nobody needs any more
  std::vector<std::string> files;
};
struct note { ///< for the ledger and the log
  std::string kind;
  std::string text;
  std::string task = {}; ///< that it is about
};
struct finish {
  std::string state; ///< "succeeded", "failed", "interrupted"
  fault why;         ///< of a failure
};
struct found_poison {       ///< on two nodes: other jobs are to know it
  std::string hash, reason; ///< of the fragment's content
};
struct look_for_twin {}; ///< then say `twin_found` or `no_twin`
struct take_digest {};   ///< of the source, then say `digested` or `undigested`
struct adopt {           ///< take the results over, then say `adopted` or `not_adopted`
  twin_found twin;
};
using effect =
    std::variant<want_slot, give_up_slot, give_up_one, run, grant_fragments, feed_audio, remember,
                 publish, discard, note, finish, look_for_twin, take_digest, adopt, found_poison>;
using effects = std::vector<effect>;

/// The rules of a JOB: from a source to renditions, captions and a document, fragment by fragment.
///
///     open -> read -> encode* -> pack* ---------+
///               |-> audio* -> pack_audio* ------+-> remux, compose -> succeeded
///               |        `-> hear* -------------+
///
/// Before `read`, the results of an earlier job are taken over where they would be the same
/// (rules_reuse.cpp).
///
/// Every piece of work is wanted, granted by whoever has a free slot, run, and remembered. A lost
/// one is wanted again; one that keeps killing hosts is poison. `resumed` is what an earlier run of
/// the same spec remembered: it is not done again.
class rules {
public:
  rules(spec what, manifest::state resumed);

  effects on(const event& what);

  [[nodiscard]] const spec& wanted() const noexcept { return spec_; }
  [[nodiscard]] const manifest::state& known() const noexcept { return known_; }
  /// Media hosts that were lost under this job.
  [[nodiscard]] std::uint32_t hosts_lost() const;
  [[nodiscard]] std::uint32_t attempt_of(const task& what) const {
    return suspects_.attempt_of(what);
  }
  [[nodiscard]] bool over() const noexcept { return over_; }
  /// Tasks that were begun a second time, and those of them that the second one has done.
  [[nodiscard]] std::uint32_t twins_begun() const noexcept { return twins_begun_; }
  [[nodiscard]] std::uint32_t twins_won() const noexcept { return twins_won_; }

  /// The renditions that an encode or pack task makes.
  [[nodiscard]] std::vector<std::string> renditions_of(const task& what) const;
  /// Audio tracks to encode, and the one to listen to (or none).
  [[nodiscard]] std::vector<std::uint32_t> audio_tracks() const;
  [[nodiscard]] std::optional<std::uint32_t> listening_track() const;
  /// The file that plays without a playlist, video.mp4 or audio.m4a; empty when none is wanted.
  [[nodiscard]] std::string progressive_file() const;
  /// The rendition that video.mp4 is made of; empty when none is.
  [[nodiscard]] std::string progressive_rendition() const;
  /// Fragments that a reader may cut when it begins: after it was granted.
  [[nodiscard]] std::uint32_t credit_of_reader() const noexcept { return reader_credit_; }
  /// First fragment, audio segment, utterance that is not remembered.
  [[nodiscard]] std::uint32_t first_missing_fragment() const;
  [[nodiscard]] std::uint32_t first_missing_audio(std::uint32_t track) const;
  [[nodiscard]] std::uint32_t first_missing_utterance() const;
  /// How far the work is: media time of packed fragments, pictures packed.
  [[nodiscard]] fragment::timestamp media_done() const noexcept { return media_done_; }
  [[nodiscard]] std::uint64_t frames_done() const noexcept { return frames_done_; }

private:
  void handle(const start&);
  void handle(const granted& x);
  void handle(const twin_granted& x);
  void handle(const lost& x);
  void handle(const failed& x);
  void handle(const opened& x);
  void handle(const cut& x);
  void handle(const audio_cut& x);
  void handle(const text_read& x);
  void handle(const read_to_end& x);
  void handle(const encoded& x);
  void handle(const packed& x);
  void handle(const audio_encoded& x);
  void handle(const audio_ended& x);
  void handle(const utterance_cut& x);
  void handle(const heard& x);
  void handle(const remuxed& x);
  void handle(const composed& x);
  void handle(const interrupted&);
  void handle(const store_failed& x);
  void handle(const twin_found& x);
  void handle(const no_twin&);
  void handle(const digested& x);
  void handle(const undigested& x);
  void handle(const adopted& x);
  void handle(const not_adopted& x);
  void handle(const poison_known& x) { poison_ = x.reasons; }

  void look_for_results(const std::string& identity);
  void want_digest();
  void grant_what_fits();
  void want(const task& what);
  void done(const task& what, dispatch::task_end how = dispatch::task_end::done,
            const std::string& cause = {});
  void keep(manifest::record what);
  void begin_work();
  void want_encode(std::uint32_t index);
  void want_parts(std::uint32_t index);
  void want_pack(const task& what);
  void tell_damage(const gst::damage& found, std::uint32_t frames, const char* what);
  void fragment_packed(std::uint32_t index);
  [[nodiscard]] bool fragment_is_packed(std::uint32_t index) const;
  [[nodiscard]] bool part_is_packed(const task& what) const;
  [[nodiscard]] std::vector<std::uint32_t> parts_of(std::uint32_t index) const;
  void want_again(const task& what);
  void heavy_ended(const task& what);
  void leave_out(const task& what, const std::string& reason);
  void poison(const task& what, const std::string& reason);
  [[nodiscard]] std::string place_of(const task& what) const;
  void fail(fault why);
  void feed_what_fits();
  void continue_to_end();
  [[nodiscard]] bool media_complete() const;
  [[nodiscard]] bool wants_progressive() const;
  [[nodiscard]] std::uint64_t rank_of(const task& what) const;
  spec spec_;
  manifest::state known_;
  ladder::copy_evidence copy_;
  suspects suspects_;
  headroom ahead_;
  std::uint32_t reader_credit_ = 0;
  std::set<task> wanted_; ///< asked for, not granted
  std::set<task> running_;
  std::set<task> doubled_; ///< of these, those that run twice
  std::map<std::uint32_t, std::vector<gst::audio_chunk>> chunks_; ///< by track, all of them
  std::map<std::uint32_t, std::size_t> fed_;                      ///< chunks given to AUDIO
  std::map<std::string, std::string> poison_; ///< known from other jobs: reasons by hash
  std::set<std::string> down_;                ///< hosts that were lost and have not come back
  fragment::timestamp media_done_{0};
  std::uint64_t frames_done_ = 0;
  std::optional<twin_found> twin_; ///< whose results are likely to be the same
  enum class digesting : std::uint8_t { not_asked, asked, over } digest_ = digesting::not_asked;
  std::uint32_t twins_begun_ = 0;
  std::uint32_t twins_won_ = 0;
  bool language_unknown_ = false;
  bool media_published_ = false;
  bool over_ = false;
  effects out_;
};
/// Of the document: the source's own, or else what the job says. The source is known.
std::string title_of(const rules& job);
/// Everything but the source's content that results depend on, as one text.
std::string terms_of(const rules& job);

} // namespace vdoc::job
