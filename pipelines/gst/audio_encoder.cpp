#include "pipelines/gst/audio_encoder.hpp"

#include "pipelines/gst/aac_encoder.hpp"
#include "pipelines/gst/audio_decoder.hpp"
#include "pipelines/gst/audio_mp3_tag.hpp"
#include "pipelines/gst/audio_segmenter.hpp"
#include "pipelines/gst/audio_timeline.hpp"
#include "pipelines/gst/sound_bed.hpp"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <deque>
#include <system_error>

namespace vdoc::gst {

using fragment::access_unit;
using fragment::timestamp;

namespace {

constexpr sound_format for_speech{1, 16'000, true};
constexpr std::size_t speech_block = 8000; ///< half a second
constexpr std::size_t most_in_flight = 128;
constexpr int most_restarts = 20;
constexpr timestamp slack{1'000'000};

} // namespace

struct audio_encoder::engine {
  engine(audio_request what, audio_listener& to)
      : request{std::move(what)}, listener{to}, segmenter{request, [this](const auto& one) {
                                                            listener.on_segment(one);
                                                          }} {}

  void take_chunk(const audio_chunk& chunk);
  void use_format(const std::string& caps);
  void make_decoder();
  void take_access_unit(access_unit& unit);
  void decode(const access_unit& unit);
  [[nodiscard]] std::optional<timestamp> track_end() const;
  void drain_decoder();
  void go_on_after(const failure& why);
  void take_sound(std::span<const std::uint8_t> samples);
  void take_unit(access_unit& unit, std::uint64_t n);
  void take_speech(std::span<const std::uint8_t> samples);
  void give_speech(std::size_t count);
  void begin_output();
  void end_track();

  audio_request request;
  audio_listener& listener;
  std::atomic<std::uint64_t> progress{0};
  bool over = false;
  std::string caps;
  std::unique_ptr<audio_decoder> decoder;
  std::deque<access_unit> in_flight; ///< the latest units: some are decoded again after a restart
  int restarts = 0;
  std::uint64_t units = 0;
  std::optional<mp3_tag> tag;
  std::optional<timestamp> end; ///< of the latest unit, if it says how long it is
  sound_bed bed{[this](auto samples) { take_sound(samples); }};
  std::unique_ptr<aac_encoder> encoder;
  audio_segmenter segmenter;
  std::unique_ptr<sound_converter> to_speech;
  std::vector<std::int16_t> speech;
  std::uint64_t speech_given = 0;
  std::uint64_t samples = 0; ///< frames at the output's rate
};

void audio_encoder::engine::make_decoder() {
  decoder = std::make_unique<audio_decoder>(
      caps, [this](const sound_block& block) { bed.put(block); }, progress);
}

void audio_encoder::engine::use_format(const std::string& wanted) {
  if (wanted.empty() || (decoder && wanted == caps))
    return;
  drain_decoder();
  caps = wanted;
  in_flight.clear();
  make_decoder();
}

/// An MP3 file may begin with a frame that says how much of the rest is not sound.
void audio_encoder::engine::take_access_unit(access_unit& unit) {
  if (units++ == 0)
    tag = read_mp3_tag(unit.bytes);
  if (tag && units == 1)
    return;
  if (tag && tag->skipped() > 0 && unit.pts != fragment::unknown_time)
    unit.pts -= sample_time(tag->skipped(), tag->rate_hz);
  decode(unit);
}

/// Where the sound ends by what the source says.
std::optional<timestamp> audio_encoder::engine::track_end() const {
  if (!end || !tag || !tag->length())
    return end;
  const auto by_tag = sample_time(*tag->length(), tag->rate_hz);
  const bool whole =
      *end - by_tag < sample_time(std::int64_t{4} * tag->samples_per_frame, tag->rate_hz);
  return whole ? std::min(*end, by_tag) : end;
}

void audio_encoder::engine::decode(const access_unit& unit) {
  if (unit.pts != fragment::unknown_time)
    end = unit.duration.count() > 0 ? std::optional{unit.pts + unit.duration} : std::nullopt;
  in_flight.push_back(unit);
  if (in_flight.size() > most_in_flight)
    in_flight.pop_front();
  if (!decoder)
    return;
  try {
    decoder->decode(unit);
  } catch (const failure& why) {
    go_on_after(why);
  }
}

/// A decoder that gave up is replaced. The unit after the last sound that came out is taken for the
/// cause and left out; those behind it, lost with the decoder, are decoded again.
void audio_encoder::engine::go_on_after(const failure& why) {
  for (bool again = true; again;) {
    again = false;
    bed.warn("the decoder gave up: " + why.why().what);
    decoder.reset();
    if (++restarts > most_restarts) {
      bed.warn("the rest of the sound is not decoded");
      return;
    }
    std::erase_if(in_flight, [&](const access_unit& one) {
      return one.pts == fragment::unknown_time || one.pts + slack < bed.decoded_until();
    });
    if (!in_flight.empty())
      in_flight.pop_front();
    make_decoder();
    try {
      for (const auto& unit : in_flight)
        decoder->decode(unit);
    } catch (const failure&) {
      again = true;
    }
  }
}

void audio_encoder::engine::drain_decoder() {
  while (decoder) {
    try {
      decoder->finish();
      decoder.reset();
    } catch (const failure& why) {
      go_on_after(why);
    }
  }
}

void audio_encoder::engine::begin_output() {
  const auto format = *bed.format();
  if (request.encode && !encoder)
    encoder = std::make_unique<aac_encoder>(
        format.channels, format.rate_hz, request.bitrate_bps,
        [this](access_unit& unit, std::uint64_t n) { take_unit(unit, n); }, progress);
  if (request.listen && !to_speech)
    to_speech = std::make_unique<sound_converter>(format, for_speech,
                                                  [this](auto heard) { take_speech(heard); });
}

void audio_encoder::engine::take_sound(std::span<const std::uint8_t> sound) {
  begin_output();
  const auto channels = static_cast<std::size_t>(bed.format()->channels);
  samples += sound.size() / (sizeof(float) * channels);
  if (encoder)
    encoder->push(sound);
  if (to_speech)
    to_speech->convert(
        {reinterpret_cast<const float*>(sound.data()), sound.size() / sizeof(float)});
}

void audio_encoder::engine::take_unit(access_unit& unit, std::uint64_t n) {
  if (n == 0)
    segmenter.describe(encoder->caps(), encoder->codec_config(), bed.format()->channels,
                       bed.format()->rate_hz);
  segmenter.add(unit);
}

void audio_encoder::engine::take_speech(std::span<const std::uint8_t> heard) {
  const auto before = speech.size();
  speech.resize(before + heard.size() / sizeof(std::int16_t));
  std::memcpy(speech.data() + before, heard.data(), heard.size());
  while (speech.size() >= speech_block)
    give_speech(speech_block);
}

void audio_encoder::engine::give_speech(std::size_t count) {
  const auto split = speech.begin() + static_cast<std::ptrdiff_t>(count);
  const std::vector<std::int16_t> block(speech.begin(), split);
  speech.erase(speech.begin(), split);
  listener.on_samples(sample_time(static_cast<std::int64_t>(speech_given), for_speech.rate_hz),
                      block);
  speech_given += block.size();
}

void audio_encoder::engine::end_track() {
  drain_decoder();
  bed.finish(track_end());
  if (units > 0 && samples == 0)
    bed.warn("no sound could be decoded from " + audio_codec_name(caps));
  if (encoder) {
    encoder->finish();
    segmenter.finish();
  }
  if (to_speech)
    to_speech->finish();
  if (!speech.empty())
    give_speech(speech.size());
  over = true;
  listener.on_end(samples, bed.warnings());
}

void audio_encoder::engine::take_chunk(const audio_chunk& chunk) {
  const auto file = request.work / chunk.file;
  std::error_code none;
  if (!chunk.file.empty() && std::filesystem::file_size(file, none) > 0 && !none) {
    fragment::access_unit_reader reader{file};
    access_unit unit;
    for (bool first = true; reader.next(unit); first = false) {
      if (first)
        use_format(reader.format().caps);
      take_access_unit(unit);
    }
  } else if (!chunk.file.empty() && !chunk.last) {
    throw std::runtime_error{chunk.file + " is missing"};
  }
  ++progress;
  if (chunk.last)
    end_track();
}

audio_encoder::audio_encoder(audio_request request, audio_listener& listener)
    : engine_{std::make_unique<engine>(std::move(request), listener)} {
  initialise();
}

audio_encoder::~audio_encoder() = default;

void audio_encoder::feed(const audio_chunk& chunk) {
  if (engine_->over)
    return;
  const auto fail = [this](fault why) {
    engine_->over = true;
    why.where = "audio track " + std::to_string(engine_->request.track) +
                (why.where.empty() ? "" : ": " + why.where);
    engine_->listener.on_failure(why);
  };
  try {
    engine_->take_chunk(chunk);
  } catch (const failure& why) {
    fail(why.why());
  } catch (const std::system_error& why) {
    fail({culprit::peer, why.what(), "make room on the disk and resume", chunk.file});
  } catch (const std::exception& why) {
    fail({culprit::ours, why.what(), "", chunk.file});
  }
}

std::uint64_t audio_encoder::progress() const noexcept {
  return engine_->progress;
}

std::string audio_encoder::launch_line() const {
  const auto& format = engine_->bed.format();
  const auto out = format.value_or(sound_format{});
  const auto& caps = engine_->caps.empty() ? engine_->request.source.caps : engine_->caps;
  return vdoc::gst::launch_line(audio_decoder::plan(choose_audio_decoder(caps))) + '\n' +
         vdoc::gst::launch_line(
             aac_encoder::plan(out.channels, out.rate_hz, engine_->request.bitrate_bps));
}

} // namespace vdoc::gst
