#pragma once

#include "pipelines/fragment/access_unit.hpp"
#include "pipelines/gst/graph.hpp"
#include "pipelines/gst/matroska_padding.hpp"
#include "pipelines/gst/movie_boxes.hpp"
#include "pipelines/gst/movie_mender.hpp"
#include "pipelines/probe/growing_file.hpp"

#include <gst/gst.h>

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace vdoc::gst {

enum class stream_kind : unsigned char { video, audio, text, picture_text, other };

/// One elementary stream of a source that is being read. Belongs to the reader; looked at on its
/// streaming thread only.
struct source_stream {
  std::size_t number = 0; ///< in order of appearance
  std::string id;         ///< stays the same when the stream comes again (MPEG-TS)
  stream_kind kind = stream_kind::other;
  owned<GstCaps> offered;     ///< as the demuxer has it
  owned<GstCaps> caps;        ///< as the parser has it, once it knows; else none
  GstTagList* tags = nullptr; ///< of this stream; owned
  bool preferred = false;     ///< the source marks it as default
  GstSegment segment{};
  bool has_segment = false;
  bool ended = false; ///< its pad has seen the end

  source_stream() = default;
  ~source_stream();
  source_stream(const source_stream&) = delete;
  source_stream& operator=(const source_stream&) = delete;
};

/// A parsed access unit on the source's own timeline; negative before the edit.
struct source_unit {
  fragment::timestamp pts = fragment::unknown_time;
  fragment::timestamp dts = fragment::unknown_time;
  fragment::timestamp duration{0};
  bool key = false;                  ///< as the container or parser says
  bool clipped = false;              ///< outside the edit (MP4): decoded, not shown
  fragment::timestamp edit_begin{0}; ///< where the edit begins that it belongs to
  bool damaged = false;              ///< something is missing right before it
  GstBuffer* bytes = nullptr;        ///< borrowed for the call
};

/// What a reader tells, on its streaming thread.
class source_listener {
public:
  virtual ~source_listener() = default;
  /// A stream has appeared; false leaves it unread.
  virtual bool on_stream(source_stream& stream) = 0;
  /// `stream.caps` is set, for the first time or anew.
  virtual void on_format(source_stream& stream) = 0;
  /// False ends the reading. May block.
  virtual bool on_unit(source_stream& stream, const source_unit& unit) = 0;
};

/// Reads a local file with GStreamer: finds out what it is, takes it apart, and lets parsers bring
/// each stream into the form that decoders like best (avc and hvc1 with their configuration in the
/// caps, whole pictures, raw AAC). Only containers and parsers that are listed in source_formats
/// are used, so nothing that a file says makes it reach for the network. Buffers are taken by a
/// probe before any sink, so that nothing is clipped. A file that is still being uploaded is read
/// as far as it is there, and then waited for.
class source_reader {
public:
  /// `listener` must outlive the reader.
  /// Its listener may write in `own`, and nowhere else; empty: nowhere.
  source_reader(const std::filesystem::path& source, source_listener& listener,
                const std::filesystem::path& own = {});
  /// Stops; the listener must not block any more when this is called.
  ~source_reader();
  source_reader(const source_reader&) = delete;
  source_reader& operator=(const source_reader&) = delete;

  void start();
  /// Ends the reading; what was found may still be looked at.
  void stop();
  /// True when no streaming thread runs any more: everything readable has been told. To be asked
  /// again and again, by one thread.
  [[nodiscard]] bool over();
  /// The first error of the graph, as GStreamer put it.
  [[nodiscard]] std::optional<fault> error() { return pipeline_.first_error(); }
  [[nodiscard]] std::string launch_line() const;
  /// Grows with everything that is read, and while it waits for more of an upload.
  [[nodiscard]] std::uint64_t progress() const;
  /// Why not all of an upload came that is being read.
  [[nodiscard]] std::optional<fault> upload_trouble() const;

  /// Caps that the file was recognised by; empty until then, and for what is no media at all.
  [[nodiscard]] std::string file_type() const;
  /// True when the demuxer has said that no more streams will appear.
  [[nodiscard]] bool streams_complete() const noexcept { return complete_; }
  [[nodiscard]] fragment::timestamp duration() const; ///< 0 when unknown
  /// Tags of the whole file and its table of contents; owned by the reader. To be looked at while
  /// the listener is called, and after `stop()`.
  [[nodiscard]] const GstTagList* tags() const noexcept { return tags_; }
  [[nodiscard]] GstToc* contents() const noexcept { return contents_; }

private:
  struct lane;
  void attach(GstPad* pad, GstCaps* caps);
  void attach_container(GstPad* pad, const std::string& factory);
  void attach_leaf(GstPad* pad, GstCaps* caps);
  std::vector<GstElement*> add(const graph& more);
  static void wake(GstPad* from, const std::vector<GstElement*>& made);
  GstPadProbeReturn on_event(lane& at, GstEvent* event);
  GstPadProbeReturn on_buffer(lane& at, GstPadProbeInfo* info);
  static void when_typed(GstElement* element, guint probability, GstCaps* caps, gpointer self);
  static void when_pad_added(GstElement* element, GstPad* pad, gpointer self);
  static GstPadProbeReturn when_formatted(GstPad* pad, GstPadProbeInfo* info, gpointer self);
  static void when_no_more_pads(GstElement* element, gpointer self);
  static GstPadProbeReturn before_parser(GstPad* pad, GstPadProbeInfo* info, gpointer lane);
  static GstPadProbeReturn when_probed(GstPad* pad, GstPadProbeInfo* info, gpointer lane);
  [[nodiscard]] bool any_task_runs();

  source_listener& listener_;
  mutable std::mutex guard_; ///< of what the streaming thread adds and others ask for
  std::optional<probe::growing_file> growing_; ///< the source, while it is being uploaded
  graph plan_;
  std::string file_type_;
  std::vector<std::unique_ptr<lane>> lanes_;
  GstTagList* tags_ = nullptr;
  GstToc* contents_ = nullptr;
  std::filesystem::path source_;
  movie_boxes boxes_; ///< of ISO files: where segments are edits, not mere time bases
  std::vector<packet_padding> paddings_; ///< of Matroska
  bool as_stamped_ = false; ///< its first segment begins at whichever stream comes first: no base
  movie_mender mender_;
  std::atomic<bool> started_{false};
  std::atomic<bool> complete_{false};
  std::atomic<bool> stopping_{false};
  std::atomic<std::uint64_t> progress_{0};
  std::uint32_t named_ = 0;
  std::uint64_t looked_at_ = 0; ///< progress when `over` was asked last
  int idle_looks_ = 0;
  pipeline pipeline_; ///< last: its threads use all of the above
};

} // namespace vdoc::gst
