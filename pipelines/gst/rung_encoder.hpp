#pragma once

#include "pipelines/fragment/access_unit.hpp"
#include "pipelines/gst/activity.hpp"
#include "pipelines/gst/graph.hpp"
#include "pipelines/gst/transcode_graphs.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace vdoc::gst {

/// The access units that x264 made of one rung, in decoding order.
struct encoded_units {
  std::vector<fragment::access_unit> units;
  std::string caps; ///< avc, with codec_data
};

/// Scales and encodes the pictures of one fragment. One thread; waits for nothing.
class rung_encoder {
public:
  rung_encoder(const encode_plan& plan, shared_activity wake);
  ~rung_encoder();

  /// Room for another picture.
  [[nodiscard]] bool ready() const;
  /// Takes a picture; throws what the pipeline reports.
  void push(GstBuffer* picture, fragment::timestamp pts);
  void end();
  /// All that was pushed has come out. Throws what the pipeline reports.
  [[nodiscard]] bool done();
  /// Of one rendition, once done.
  [[nodiscard]] encoded_units take(const std::string& rendition);
  /// Changes whenever anything moved.
  [[nodiscard]] std::uint64_t progress() const;
  [[nodiscard]] pipeline& graph_in_use() noexcept { return pipeline_; }

private:
  struct outcome;
  pipeline pipeline_;
  GstElement* pictures_; ///< the appsrc; borrowed from the pipeline
  std::shared_ptr<outcome> outcome_;
};

} // namespace vdoc::gst
