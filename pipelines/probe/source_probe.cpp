#include "pipelines/probe/source_probe.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <utility>

namespace vdoc::probe {

using nlohmann::json;

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(orientation, mirrored, clockwise_degrees)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(color_description, colorimetry, primaries, transfer,
                                                matrix, full_range, hdr)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(video_stream, codec, codec_name, caps,
                                                coded_width_px, coded_height_px, display_width_px,
                                                display_height_px, fps_numerator, fps_denominator,
                                                bit_depth, chroma, interlaced, alpha, turn,
                                                aspect_numerator, aspect_denominator, color,
                                                bitrate_bps)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(audio_stream, codec, caps, channels, rate_hz,
                                                language, title, is_default)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(subtitle_stream, codec, is_text, language, title)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(refused_stream, what, why)

void to_json(json& out, const chapter& one) {
  out = {{"begin_ns", one.begin.count()}, {"end_ns", one.end.count()}, {"title", one.title}};
}

void from_json(const json& in, chapter& one) {
  one.begin = std::chrono::nanoseconds{in.value("begin_ns", std::int64_t{0})};
  one.end = std::chrono::nanoseconds{in.value("end_ns", std::int64_t{0})};
  one.title = in.value("title", std::string{});
}

void to_json(json& out, const source_probe& probe) {
  out = {{"container", probe.container}, {"duration_ns", probe.duration.count()},
         {"bytes", probe.bytes},         {"title", probe.title},
         {"video", probe.video},         {"audio", probe.audio},
         {"subtitles", probe.subtitles}, {"chapters", probe.chapters},
         {"refused", probe.refused},     {"warnings", probe.warnings}};
}

void from_json(const json& in, source_probe& probe) {
  probe.container = in.value("container", std::string{});
  probe.duration = std::chrono::nanoseconds{in.value("duration_ns", std::int64_t{0})};
  probe.bytes = in.value("bytes", std::uint64_t{0});
  probe.title = in.value("title", std::string{});
  probe.video = in.value("video", std::vector<video_stream>{});
  probe.audio = in.value("audio", std::vector<audio_stream>{});
  probe.subtitles = in.value("subtitles", std::vector<subtitle_stream>{});
  probe.chapters = in.value("chapters", std::vector<chapter>{});
  probe.refused = in.value("refused", std::vector<refused_stream>{});
  probe.warnings = in.value("warnings", std::vector<std::string>{});
}

std::string audio_codec_name(std::string_view codec) {
  constexpr std::array names{std::pair{"aac", "AAC"},
                             std::pair{"mp3", "MP3"},
                             std::pair{"mp2", "MP2"},
                             std::pair{"ac3", "AC-3"},
                             std::pair{"eac3", "E-AC-3"},
                             std::pair{"opus", "Opus"},
                             std::pair{"vorbis", "Vorbis"},
                             std::pair{"flac", "FLAC"},
                             std::pair{"dts", "DTS"},
                             std::pair{"alac", "ALAC"},
                             std::pair{"speex", "Speex"},
                             std::pair{"amr_nb", "AMR-NB"},
                             std::pair{"amr_wb", "AMR-WB"},
                             std::pair{"wma", "WMA"},
                             std::pair{"pcm", "PCM"},
                             std::pair{"pcm_mulaw", "PCM (mu-law)"},
                             std::pair{"pcm_alaw", "PCM (A-law)"}};
  for (const auto& [ours, theirs] : names)
    if (codec == ours)
      return theirs;
  return std::string{codec};
}

} // namespace vdoc::probe
