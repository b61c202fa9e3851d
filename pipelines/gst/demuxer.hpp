#pragma once

#include "pipelines/fault.hpp"
#include "pipelines/fragment/fragment.hpp"
#include "pipelines/ladder/ladder.hpp"
#include "pipelines/probe/source_probe.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace vdoc::gst {

/// Call once per process before anything else of this folder. Also sets up the element that scales.
void initialise();

struct inspect_limits {
  int largest_width_px = 8192;
  int largest_height_px = 8192;
  std::int64_t largest_pixels = 36'000'000;
  int most_audio_tracks = 16;
  std::chrono::seconds patience{10}; ///< without any progress
};

struct inspection {
  probe::source_probe probe;
  ladder::copy_evidence copy;
};

/// Looks at a local file without decoding pictures: at its headers, and for the copy evidence at
/// the first 30 s of its access units. Ends within `patience` of the last sign of progress. Throws
/// vdoc::failure; sizes are checked before any decoder is made.
inspection inspect(const std::filesystem::path& source, const inspect_limits& limits);

/// Some compressed audio of one track, in its own file of access units.
struct audio_chunk {
  std::uint32_t track = 0; ///< index in source_probe::audio
  std::uint32_t index = 0;
  std::string file; ///< relative to the work folder
  fragment::timestamp begin{0}, end{0};
  bool last = false; ///< nothing of this track follows (may come with an empty file)
};

/// One timed text of a subtitle track, markup removed except line breaks.
struct timed_text {
  std::uint32_t track = 0;
  fragment::timestamp begin{0}, end{0};
  std::string text;
};

struct demux_summary {
  fragment::timestamp duration{0}; ///< end of the last picture or sound
  fragment::timestamp video_end{0};
  std::uint64_t access_units = 0;
  std::vector<std::string> warnings; ///< "damaged at 12.3 s: 3 pictures missing"
};

struct demux_request {
  std::filesystem::path source;
  std::filesystem::path work; ///< runs go to work/runs, audio to work/audio
  probe::source_probe probe;
  bool video = true; ///< off: only audio and subtitles
  std::vector<std::uint32_t> audio_tracks;
  std::vector<std::uint32_t> subtitle_tracks;
  std::chrono::milliseconds segment{4000};
  bool cut_only_at_idr = false; ///< copy mode: every fragment begins with an IDR
  /// Fragments below this are known already: they are cut again (the same way) but not reported
  /// and their runs not written.
  std::uint32_t first_wanted = 0;
  std::uint32_t credit = 8; ///< fragments that may be outstanding at first
};

/// Told on a GStreamer thread: hand it on and return. Never called after ~demuxer has returned.
/// Files are complete and flushed when their event comes.
class demux_listener {
public:
  virtual ~demux_listener() = default;
  virtual void on_fragment(const fragment::fragment& one) = 0;
  virtual void on_audio(const audio_chunk& one) = 0;
  virtual void on_text(const timed_text& one) = 0;
  virtual void on_end(const demux_summary& summary) = 0;
  virtual void on_failure(const fault& why) = 0;
};

/// Reads a source once from start to end and cuts it into fragments (see fragment.hpp for the
/// rule). The same source always gives the same fragments. Waits when its credit is used up:
/// memory and disk stay bounded whatever the length. All methods from one thread.
class demuxer {
public:
  /// `listener` must outlive the demuxer.
  demuxer(demux_request request, demux_listener& listener);
  ~demuxer(); ///< stops; waits for the streaming threads, at most a few seconds
  demuxer(const demuxer&) = delete;
  demuxer& operator=(const demuxer&) = delete;

  void start();
  void grant(std::uint32_t more); ///< so many more fragments may be cut
  /// Grows with every access unit and while it waits for credit: no growth is a hang.
  [[nodiscard]] std::uint64_t progress() const noexcept;
  [[nodiscard]] std::string launch_line() const; ///< the graph in gst-launch's notation

private:
  struct engine;
  std::unique_ptr<engine> engine_;
};

} // namespace vdoc::gst
