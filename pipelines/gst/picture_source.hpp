#pragma once

#include "pipelines/fragment/access_unit.hpp"
#include "pipelines/fragment/fragment.hpp"
#include "pipelines/gst/activity.hpp"
#include "pipelines/gst/concealment.hpp"
#include "pipelines/gst/graph.hpp"
#include "pipelines/gst/transcode_graphs.hpp"

#include <atomic>
#include <deque>
#include <filesystem>
#include <optional>
#include <string>

namespace vdoc::gst {

/// Added to every time inside our pipelines, where times cannot be negative.
inline constexpr std::chrono::nanoseconds pipeline_zero = std::chrono::hours{1};

/// A decoded picture and when it is shown. Its buffer's own time may be wrong.
struct shown_picture {
  owned<GstSample> sample;
  fragment::timestamp pts{0};
};

/// The pictures of one run in the order they are shown, decoded as they are asked for. Stays open
/// from one fragment of a run to the next. One thread; waits for nothing.
class picture_source {
public:
  enum class pace : unsigned char {
    every_picture,
    key_pictures ///< only access units that are key are decoded: eleven times cheaper
  };

  /// Throws failure when the run is not readable (ours) or not decodable here (user).
  picture_source(std::filesystem::path run, decode_plan plan, pace how, shared_activity wake);

  /// True when this source can go on with that fragment: the same run, decoded the same way, and
  /// nothing of it has gone by yet.
  [[nodiscard]] bool serves(const std::filesystem::path& run, const decode_plan& plan, pace how,
                            const fragment::fragment& piece) const;

  /// Work for this fragment begins: the run may be read as far as it says.
  void open(const fragment::fragment& piece);

  enum class turnout : unsigned char {
    picture, ///< there is one, with begin <= pts < end
    nothing, ///< not yet
    end      ///< the fragment has no more
  };
  /// Feeds the decoder and takes what it has. Pictures before the fragment are dropped, the first
  /// one after it is kept for the next. Throws what the pipeline reports.
  turnout next(shown_picture& out);

  /// When those pictures of the fragment are shown that the decoder could read in part only. Asked
  /// at the end of the fragment; each is told once.
  [[nodiscard]] std::vector<fragment::timestamp> concealed();

  /// Changes whenever anything moved.
  [[nodiscard]] std::uint64_t progress() const noexcept { return pushed_ + pulled_; }
  /// When the first access unit of the fragment was pushed.
  [[nodiscard]] std::chrono::steady_clock::time_point began() const noexcept { return began_; }
  /// Nothing more can come of this source.
  [[nodiscard]] bool spent() const noexcept { return drained_; }
  [[nodiscard]] pipeline& graph_in_use() noexcept { return pipeline_; }

private:
  struct signals;
  void feed();
  bool push_next();
  void push(const fragment::access_unit& unit);
  void push_headers();
  void soften_start(const fragment::access_unit& first);
  void drain();
  bool pull(shown_picture& out);
  bool go_beyond();
  [[nodiscard]] bool idle() const;
  fragment::timestamp time_of(GstBuffer* buffer);

  std::filesystem::path run_;
  decode_plan plan_;
  pace how_;
  fragment::access_unit_reader reader_;
  pipeline pipeline_;
  concealment_watch concealment_;
  GstElement* units_;    ///< the appsrc; borrowed from the pipeline
  GstElement* pictures_; ///< the appsink
  std::shared_ptr<signals> signals_;
  fragment::fragment piece_;
  std::optional<shown_picture> kept_;
  std::deque<fragment::timestamp> order_; ///< `ordered_only`: times that no picture has yet, sorted
  fragment::timestamp gone_by_{INT64_MIN}; ///< every picture up to here was handed out or dropped
  std::chrono::steady_clock::time_point began_;
  std::uint64_t pushed_ = 0;
  std::uint64_t pulled_ = 0;
  bool prefix_done_ = false;
  bool told_end_ = false;
  bool drained_ = false;
  bool gave_up_ = false; ///< the decoder did, for the stream's sake
};

} // namespace vdoc::gst
