#include "pipelines/gst/audio_segmenter.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace vdoc::gst {

namespace {

/// Shorter than what rounds the target duration of a playlist up.
constexpr std::chrono::milliseconds shortest_rest{250};

std::string file_of(std::uint32_t track, std::uint32_t index) {
  char name[64];
  std::snprintf(name, sizeof name, "encoded/audio%u/%05u.au", track, index);
  return name;
}

void sync(const std::filesystem::path& file) {
  const int opened = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  const bool synced = opened >= 0 && ::fsync(opened) == 0;
  const int why = errno;
  if (opened >= 0)
    ::close(opened);
  if (!synced)
    throw std::system_error{why, std::generic_category(), "cannot write " + file.string()};
}

} // namespace

audio_segmenter::audio_segmenter(const audio_request& request, taker take)
    : request_{request}, take_{std::move(take)} {}

audio_segmenter::~audio_segmenter() {
  if (!writer_)
    return;
  writer_.reset();
  std::error_code ignored;
  std::filesystem::remove(aside(), ignored);
}

void audio_segmenter::describe(std::string caps, std::vector<std::uint8_t> codec_config,
                               int channels, int rate_hz) {
  format_.caps = std::move(caps);
  now_.track = request_.track;
  now_.codec_config = std::move(codec_config);
  now_.channels = channels;
  now_.rate_hz = rate_hz;
}

std::uint32_t audio_segmenter::segment_of(const fragment::access_unit& unit) const {
  const auto begin = std::max(unit.pts, fragment::timestamp{0});
  return static_cast<std::uint32_t>(begin / fragment::timestamp{request_.segment});
}

std::filesystem::path audio_segmenter::aside() const {
  return (request_.work / now_.file).concat(".part");
}

void audio_segmenter::open(const fragment::access_unit& first) {
  now_.index = segment_of(first);
  now_.file = file_of(request_.track, now_.index);
  now_.begin = first.pts;
  now_.bytes = 0;
  now_.frames = 0;
  open_ = true;
  if (now_.index < request_.first_wanted)
    return;
  std::filesystem::create_directories((request_.work / now_.file).parent_path());
  writer_ = std::make_unique<fragment::access_unit_writer>(aside(), format_);
}

void audio_segmenter::add(const fragment::access_unit& unit) {
  if (!open_)
    open(unit);
  if (segment_of(unit) == now_.index) {
    put(unit);
    return;
  }
  held_.push_back(unit);
  if (unit.pts + unit.duration - held_.front().pts < shortest_rest)
    return;
  close();
  for (const auto& one : std::exchange(held_, {})) {
    if (open_ && segment_of(one) != now_.index)
      close();
    if (!open_)
      open(one);
    put(one);
  }
}

void audio_segmenter::put(const fragment::access_unit& unit) {
  now_.end = unit.pts + unit.duration;
  now_.bytes += unit.bytes.size();
  ++now_.frames;
  if (writer_)
    writer_->append(unit);
}

void audio_segmenter::close() {
  open_ = false;
  if (!writer_)
    return;
  writer_->flush();
  writer_.reset();
  sync(aside());
  std::filesystem::rename(aside(), request_.work / now_.file);
  take_(now_);
}

void audio_segmenter::finish() {
  for (const auto& one : std::exchange(held_, {}))
    put(one);
  if (open_)
    close();
}

} // namespace vdoc::gst
