#include "test/gst/audio_track_media.hpp"

#include "pipelines/gst/audio_decoder.hpp"

#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <numbers>

namespace vdoc::test {

using fragment::access_unit;
using fragment::timestamp;

namespace {

/// 20 ms that rise from 500 to 3000 Hz: correlates with itself at one place only.
std::vector<float> burst(int rate_hz) {
  std::vector<float> out(static_cast<std::size_t>(rate_hz / 50));
  const auto size = static_cast<double>(out.size());
  for (std::size_t i = 0; i < out.size(); ++i) {
    const double t = static_cast<double>(i) / rate_hz;
    const double fade = std::sin(std::numbers::pi * static_cast<double>(i) / size);
    out[i] = static_cast<float>(0.6 * fade *
                                std::sin(2 * std::numbers::pi * (500 * t + 62'500 * t * t)));
  }
  return out;
}

} // namespace

std::vector<float> bursts_at(const std::vector<double>& times, double seconds, int rate_hz) {
  std::vector<float> out(static_cast<std::size_t>(std::llround(seconds * rate_hz)));
  const auto one = burst(rate_hz);
  for (const double time : times)
    std::copy(one.begin(), one.end(), out.begin() + std::llround(time * rate_hz));
  return out;
}

double find_burst(const std::vector<float>& sound, double time, int rate_hz) {
  const auto one = burst(rate_hz);
  const auto middle = std::llround(time * rate_hz);
  const auto around = rate_hz / 20;
  double best = 1;
  double found = -1;
  for (auto at = std::max<long long>(0, middle - around); at <= middle + around; ++at) {
    if (at + static_cast<long long>(one.size()) > static_cast<long long>(sound.size()))
      break;
    double sum = 0;
    for (std::size_t i = 0; i < one.size(); ++i)
      sum += one[i] * sound[static_cast<std::size_t>(at) + i];
    if (sum > best) {
      best = sum;
      found = static_cast<double>(at) / rate_hz;
    }
  }
  return found;
}

std::string pcm_caps(int rate_hz, int channels) {
  return "audio/x-raw, format=F32LE, layout=interleaved, rate=" + std::to_string(rate_hz) +
         ", channels=" + std::to_string(channels) +
         (channels == 2   ? ", channel-mask=(bitmask)0x3"
          : channels == 6 ? ", channel-mask=(bitmask)0x3f"
                          : "");
}

std::vector<access_unit> pcm_units(const std::vector<float>& sound, int rate_hz, int channels,
                                   double begin) {
  std::vector<access_unit> out;
  const auto step = static_cast<std::size_t>(rate_hz / 50);
  for (std::size_t at = 0; at < sound.size(); at += step) {
    const auto count = std::min(step, sound.size() - at);
    std::vector<float> frames;
    for (std::size_t i = at; i < at + count; ++i)
      frames.insert(frames.end(), static_cast<std::size_t>(channels), sound[i]);
    access_unit unit;
    unit.pts = timestamp{std::llround((begin + static_cast<double>(at) / rate_hz) * 1e9)};
    unit.duration = timestamp{std::llround(static_cast<double>(count) / rate_hz * 1e9)};
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(frames.data());
    unit.bytes.assign(bytes, bytes + frames.size() * sizeof(float));
    out.push_back(std::move(unit));
  }
  return out;
}

compressed compress(const std::vector<float>& sound, int rate_hz, int channels,
                    const std::string& elements) {
  gst::initialise();
  const auto line = "appsrc name=in format=time max-bytes=0 ! audioconvert ! " + elements +
                    " ! appsink name=out sync=false";
  const gst::owned<GstElement> top{gst_parse_launch(line.c_str(), nullptr)};
  const gst::owned<GstElement> in{gst_bin_get_by_name(GST_BIN(top.get()), "in")};
  const gst::owned<GstElement> out{gst_bin_get_by_name(GST_BIN(top.get()), "out")};
  const gst::owned<GstCaps> caps{gst_caps_from_string(pcm_caps(rate_hz, channels).c_str())};
  gst_app_src_set_caps(GST_APP_SRC(in.get()), caps.get());
  gst_element_set_state(top.get(), GST_STATE_PLAYING);
  for (const auto& unit : pcm_units(sound, rate_hz, channels, 0)) {
    auto* buffer = gst_buffer_new_memdup(unit.bytes.data(), unit.bytes.size());
    GST_BUFFER_PTS(buffer) = static_cast<GstClockTime>(unit.pts.count());
    gst_app_src_push_buffer(GST_APP_SRC(in.get()), buffer);
  }
  gst_app_src_end_of_stream(GST_APP_SRC(in.get()));
  compressed result;
  while (gst::owned<GstSample> sample{gst_app_sink_pull_sample(GST_APP_SINK(out.get()))}) {
    const gst::owned<char> text{gst_caps_to_string(gst_sample_get_caps(sample.get()))};
    result.caps = text.get();
    auto* buffer = gst_sample_get_buffer(sample.get());
    access_unit unit;
    unit.bytes.resize(gst_buffer_get_size(buffer));
    gst_buffer_extract(buffer, 0, unit.bytes.data(), unit.bytes.size());
    unit.duration = timestamp{static_cast<std::int64_t>(GST_BUFFER_DURATION(buffer))};
    result.units.push_back(std::move(unit));
  }
  gst_element_set_state(top.get(), GST_STATE_NULL);
  return result;
}

void told_track::on_samples(timestamp begin, const std::vector<std::int16_t>& samples) {
  if (begin.count() == static_cast<std::int64_t>(speech.size()) * 62'500)
    speech.insert(speech.end(), samples.begin(), samples.end());
  else
    failures.push_back({culprit::ours, "samples do not follow each other", "", ""});
}

void told_track::on_end(std::uint64_t samples, const std::vector<std::string>& said) {
  length = samples;
  warnings = said;
  ++ends;
}

std::vector<float> told_track::decoded(const std::filesystem::path& work) const {
  std::vector<float> out;
  std::atomic<std::uint64_t> progress{0};
  std::unique_ptr<gst::audio_decoder> decoder;
  const auto take = [&](const gst::sound_block& block) {
    for (std::size_t i = 0; i < block.samples.size(); i += static_cast<std::size_t>(block.channels))
      out.push_back(block.samples[i]);
  };
  for (const auto& one : segments) {
    fragment::access_unit_reader reader{work / one.file};
    if (!decoder)
      decoder = std::make_unique<gst::audio_decoder>(reader.format().caps, take, progress);
    for (access_unit unit; reader.next(unit);)
      decoder->decode(unit);
  }
  if (decoder)
    decoder->finish();
  out.erase(out.begin(), out.begin() + std::min<std::ptrdiff_t>(1024, std::ssize(out)));
  return out;
}

std::string told_track::bytes(const std::filesystem::path& work) const {
  std::string out;
  for (const auto& one : segments) {
    std::ifstream in{work / one.file, std::ios::binary};
    out.append(std::istreambuf_iterator<char>{in}, {});
  }
  return out;
}

told_track encode(const std::filesystem::path& work, const std::vector<chunk_of_units>& chunks,
                  gst::audio_request request) {
  told_track out;
  request.work = work;
  gst::audio_encoder encoder{request, out};
  std::uint32_t index = 0;
  for (const auto& one : chunks) {
    gst::audio_chunk chunk;
    chunk.index = index++;
    chunk.file = "audio/" + std::to_string(chunk.index) + ".au";
    chunk.last = index == chunks.size();
    fragment::access_unit_writer writer{work / chunk.file, {one.caps, false}};
    for (const auto& unit : one.units)
      writer.append(unit);
    writer.flush();
    encoder.feed(chunk);
  }
  return out;
}

} // namespace vdoc::test
