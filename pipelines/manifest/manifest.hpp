#pragma once

#include "pipelines/gst/audio_encoder.hpp"
#include "pipelines/gst/demuxer.hpp"
#include "pipelines/gst/transcoder.hpp"

#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

/// What a job has done so far: a journal of one JSON object a line, appended as things become true.
/// Whatever a record names lies complete on disk before the record is written, so a journal cut off
/// anywhere is a state to go on from.
namespace vdoc::manifest {

using fragment::timestamp;

/// First line, and again where a resumed job starts afresh because its spec or its source differs:
/// what was before does not count any more.
struct begun {
  std::string spec; ///< canonical text of all options that bytes depend on
  friend bool operator==(const begun&, const begun&) = default;
};
/// Captions beside the source.
struct sidecar {
  std::string path;
  std::string language;
  friend bool operator==(const sidecar&, const sidecar&) = default;
};
struct source_opened {
  std::string local_path;
  std::string fingerprint;
  probe::source_probe probe;
  std::vector<sidecar> sidecars;
  std::vector<ladder::rendition> ladder;
  friend bool operator==(const source_opened&, const source_opened&) = default;
};
struct fragment_cut {
  fragment::fragment piece;
};
/// Some renditions of a fragment; a fragment may come in several parts.
struct fragment_encoded {
  std::uint32_t index = 0;
  std::uint32_t part = 0;
  gst::transcode_result result;
};
/// A fragment that kills hosts was left out and bridged with black.
struct fragment_bridged {
  std::uint32_t index = 0;
  std::string why;
};
struct segment_packed {
  std::string track; ///< "720p" or "audio0"
  std::uint32_t index = 0;
  std::string uri;      ///< relative to the track's folder
  std::string init_uri; ///< "" for TS
  std::string codec;
  timestamp begin{0}, end{0};
  std::uint64_t bytes = 0;
  std::uint32_t frames = 0;
  std::vector<std::uint8_t> counters_after; ///< PAT, PMT, stream; TS only
};
struct audio_encoded {
  gst::audio_segment segment;
};
struct audio_ended {
  std::uint32_t track = 0;
  std::uint64_t samples = 0;
  std::vector<std::string> warnings;
};
struct utterance_cut {
  std::uint32_t index = 0;
  std::uint32_t track = 0;
  std::string file;
  timestamp begin{0}, end{0};
};
struct heard_word {
  std::string text;
  timestamp begin{0}, end{0};
  double confidence = 0;
  friend bool operator==(const heard_word&, const heard_word&) = default;
};
struct utterance_heard {
  std::uint32_t index = 0;
  std::string engine;
  std::vector<heard_word> words;
  std::chrono::nanoseconds cpu{0};
};
struct text_read {
  gst::timed_text text;
};
struct source_ended {
  gst::demux_summary summary;
};
struct warned {
  std::string text;
};
/// A caption track of the master playlist.
struct caption_track {
  std::string language, name, uri;
  std::uint32_t cues = 0;
  friend bool operator==(const caption_track&, const caption_track&) = default;
};
struct composed {
  std::vector<caption_track> captions;
  std::uint32_t words = 0;
  std::uint32_t key_pictures = 0;
};
struct remuxed {
  std::uint64_t bytes = 0;
};
/// An attempt at a piece of work that did not end well. Kept, so that job.json tells of those of
/// earlier runs too.
struct mishap {
  std::string task; ///< "encode/12.0"
  std::string host;
  std::string reason;
  bool host_lost = false; ///< the media host is gone, and this is the first that tells of it
};
struct finished {
  std::string state; ///< "succeeded", "failed"
};
/// Which file the source was when it was opened (content/source_digest.hpp).
struct source_seen {
  std::string identity;
};
/// What all of it is: of the file that was seen, which was not written to meanwhile.
struct source_digested {
  std::string digest;
  std::string terms; ///< everything else that results depend on
};
/// Everything else that is known was found out by another job, whose results these are.
struct reused {
  std::string job; ///< id of the one that did the work
};

using record = std::variant<begun, source_opened, fragment_cut, fragment_encoded, fragment_bridged,
                            segment_packed, audio_encoded, audio_ended, utterance_cut,
                            utterance_heard, text_read, source_ended, warned, composed, remuxed,
                            finished, mishap, source_seen, source_digested, reused>;

/// One track of the presentation as far as it is made.
struct track_state {
  bool video = true;
  std::vector<std::uint8_t> codec_config;
  std::string colorimetry;
  std::map<std::uint32_t, segment_packed> segments; ///< by index
};

/// Everything that is known, derived from the records alone.
struct state {
  std::string spec;
  std::optional<source_opened> source;
  std::map<std::uint32_t, fragment::fragment> fragments;
  std::map<std::pair<std::uint32_t, std::uint32_t>, gst::transcode_result> encoded; ///< index, part
  std::map<std::uint32_t, std::string> bridged;
  std::map<std::string, track_state> tracks;
  std::map<std::pair<std::uint32_t, std::uint32_t>, gst::audio_segment> audio; ///< track, index
  std::map<std::uint32_t, audio_ended> audio_done;
  std::map<std::uint32_t, utterance_cut> utterances;
  std::map<std::uint32_t, utterance_heard> heard;
  std::vector<gst::timed_text> texts;
  std::optional<gst::demux_summary> ended;
  std::vector<std::string> warnings;
  std::vector<mishap> mishaps;
  std::optional<composed> composition;
  std::optional<remuxed> remux;
  std::string outcome;
  std::string identity;
  source_digested digest;
  std::string reused_from;

  void apply(const record& one);
};

/// Name of an audio track's folder and playlist: "audio0".
std::string audio_track_name(std::uint32_t track);

std::string to_line(const record& one);
/// Nothing for a line that is cut off or not ours.
std::optional<record> from_line(const std::string& line);

/// Calls `take` with each record of a journal; a line that is cut off ends it.
void read_records(const std::filesystem::path& file, const std::function<void(record&&)>& take);
/// Reads a journal; a line that is cut off ends it. An absent file is an empty state.
state read(const std::filesystem::path& file);

/// Appends to a journal. One thread.
class journal {
public:
  /// Truncates what lies after the last whole line, then appends. Throws std::system_error.
  explicit journal(std::filesystem::path file);
  /// Throws std::system_error when the disk is full.
  void append(const record& one);
  /// What was appended is on the disk when this returns.
  void sync();

private:
  std::filesystem::path path_;
  std::ofstream out_;
};

} // namespace vdoc::manifest
