#pragma once

#include "pipelines/gst/graph.hpp"
#include "pipelines/gst/transcoder.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace vdoc::gst {

/// The decoder for a stream: an element that was opened once in this process and works.
struct decoder_choice {
  std::string factory;                                         ///< empty: there is none
  std::vector<std::pair<std::string, std::string>> properties; ///< one thread, no dropping
  friend bool operator==(const decoder_choice&, const decoder_choice&) = default;
};

/// Software decoders only, by rank, but libav's before others for what both can do (libvpx and
/// libmpeg2 are slower); for uncompressed pictures a converter. `caps` as given to the decoder: see
/// `decodable_caps`.
decoder_choice choose_decoder(const std::string& caps);

/// The caps of a run as a decoder shall see them: without the flag for alpha, which would select
/// decoders for two streams, and without a pixel aspect that cannot be (AVI stored bottom up).
std::string decodable_caps(const std::string& caps);

/// How a stored stream becomes upright pictures of one size.
struct decode_plan {
  std::string caps;
  decoder_choice decoder;
  int width_px = 0; ///< of the pictures that come out, upright
  int height_px = 0;
  probe::orientation turn;
  friend bool operator==(const decode_plan&, const decode_plan&) = default;
};

/// Decoder, deinterlacer (does nothing to progressive pictures), scaler, turner. Access units go
/// into the appsrc "units", pictures (I420, 8 bit, square pixels) come out of the appsink
/// "pictures".
graph decode_graph(const decode_plan& plan);

/// The values of GstVideoFlip for an orientation.
std::string flip_method(const probe::orientation& turn);

/// What the encoders are told about the pictures.
struct encode_plan {
  std::vector<ladder::rendition> rungs; ///< to be made by scaling, largest first; never copied ones
  std::vector<std::string> wanted;      ///< of these, the ones that are encoded
  encode_options options;
  std::uint32_t frames = 0; ///< of the fragment: no key frame is forced within it
  int fps_numerator = 0;    ///< 0: variable
  int fps_denominator = 1;
  std::string colorimetry;
};

/// The largest pictures go into the appsrc "pictures"; every rung is scaled from the one above it,
/// down to the smallest wanted. The largest is encoded in a thread of its own. Access units of a
/// rung come out of its appsink (see `sink_name`).
graph encode_graph(const encode_plan& plan);

std::string sink_name(const std::string& rendition);

/// x264's settings for a rung: what ffmpeg's libx264 has by default with the same preset and CRF,
/// with one thread, so that the bytes are a function of the pictures.
element x264(const ladder::rendition& rung, const encode_plan& plan);

/// Renditions of the ladder that are not copied, largest first.
std::vector<ladder::rendition> scaled_rungs(const std::vector<ladder::rendition>& ladder);

/// What the encoded stream shall say about its colour: what the source says, what its decoder
/// found, or by size (see `usual_matrix`). `decoded` is the colorimetry in the decoder's caps.
std::string carried_colorimetry(const probe::video_stream& source, const std::string& stream_caps,
                                const std::string& decoded);

} // namespace vdoc::gst
