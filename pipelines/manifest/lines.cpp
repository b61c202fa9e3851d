#include "pipelines/manifest/manifest.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <type_traits>

/// Times are whole nanoseconds in the journal.
template <> struct nlohmann::adl_serializer<std::chrono::nanoseconds> {
  static void to_json(json& out, const std::chrono::nanoseconds& x) { out = x.count(); }
  static void from_json(const json& in, std::chrono::nanoseconds& x) {
    x = std::chrono::nanoseconds{in.get<std::int64_t>()};
  }
};

namespace vdoc {

namespace fragment {
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(fragment, index, run, run_bytes, run_ends, skip, begin, end,
                                   frames, hash)
} // namespace fragment

namespace gst {

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(encoded_rendition, name, file, frames, bytes, codec_config,
                                   colorimetry)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(picture, pts, hash, luma, jpeg)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(damage, pictures, first, last)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(transcode_result, renditions, pictures, frames_decoded, lost,
                                   concealed, cpu, wall, overhead)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(audio_segment, track, index, file, begin, end, bytes, frames,
                                   codec_config, channels, rate_hz)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(timed_text, track, begin, end, text)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(demux_summary, duration, video_end, access_units, warnings)

} // namespace gst

namespace manifest {

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(begun, spec)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(sidecar, path, language)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(source_opened, local_path, fingerprint, probe, sidecars, ladder)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(fragment_cut, piece)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(fragment_encoded, index, part, result)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(fragment_bridged, index, why)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(segment_packed, track, index, uri, init_uri, codec, begin, end,
                                   bytes, frames, counters_after)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(audio_encoded, segment)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(audio_ended, track, samples, warnings)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(utterance_cut, index, track, file, begin, end)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(heard_word, text, begin, end, confidence)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(utterance_heard, index, engine, words, cpu)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(text_read, text)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(source_ended, summary)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(warned, text)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(caption_track, language, name, uri, cues)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(composed, captions, words, key_pictures)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(remuxed, bytes)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(finished, state)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(mishap, task, host, reason, host_lost)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(source_seen, identity)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(source_digested, digest, terms)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(reused, job)

namespace {

/// What a record is called in the journal, in the order of the variant.
constexpr std::array<const char*, std::variant_size_v<record>> names{
    "begun",          "source_opened", "fragment_cut", "fragment_encoded", "fragment_bridged",
    "segment_packed", "audio_encoded", "audio_ended",  "utterance_cut",    "utterance_heard",
    "text_read",      "source_ended",  "warned",       "composed",         "remuxed",
    "finished",       "mishap",        "source_seen",  "source_digested",  "reused"};

template <std::size_t Index = 0>
std::optional<record> parse(const std::string& name, const nlohmann::json& body) {
  if constexpr (Index < std::variant_size_v<record>) {
    if (name == names[Index])
      return body.get<std::variant_alternative_t<Index, record>>();
    return parse<Index + 1>(name, body);
  } else {
    return std::nullopt;
  }
}

} // namespace

std::string to_line(const record& one) {
  nlohmann::json line;
  line["is"] = names.at(one.index());
  std::visit([&](const auto& x) { line["of"] = x; }, one);
  return line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::optional<record> from_line(const std::string& line) {
  const auto parsed = nlohmann::json::parse(line, nullptr, false);
  if (!parsed.is_object() || !parsed.contains("is") || !parsed.contains("of"))
    return std::nullopt;
  try {
    return parse(parsed["is"].get<std::string>(), parsed["of"]);
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;
  }
}

} // namespace manifest
} // namespace vdoc
