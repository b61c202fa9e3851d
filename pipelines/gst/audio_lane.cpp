#include "pipelines/gst/audio_lane.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

namespace vdoc::gst {

namespace {

std::string chunk_name(std::uint32_t track, std::uint32_t index) {
  std::array<char, 48> name{};
  std::snprintf(name.data(), name.size(), "audio/%02u-%06u.au", track, index);
  return name.data();
}

} // namespace

audio_lane::audio_lane(const demux_request& request, std::uint32_t track,
                       std::function<void(const audio_chunk&)> tell)
    : work_{request.work}, length_{request.segment}, tell_{std::move(tell)} {
  chunk_.track = track;
  std::filesystem::create_directories(work_ / "audio");
}

void audio_lane::set_format(const std::string& caps) {
  if (caps == format_.caps)
    return;
  if (out_)
    close(false);
  format_.caps = caps;
}

void audio_lane::open() {
  chunk_.file = chunk_name(chunk_.track, chunk_.index);
  out_ = std::make_unique<fragment::access_unit_writer>(aside(), format_);
}

std::filesystem::path audio_lane::aside() const {
  return work_ / (chunk_.file + ".part");
}

void audio_lane::put(fragment::access_unit unit) {
  ++units_;
  if (unit.pts == fragment::unknown_time)
    unit.pts = end_;
  if (out_ && unit.pts - chunk_.begin >= length_)
    close(false);
  if (!out_) {
    chunk_.begin = unit.pts;
    chunk_.end = unit.pts;
    open();
  }
  const auto step = unit.pts - std::exchange(last_, unit.pts);
  if (unit.duration.count() == 0 && units_ > 1 && step > fragment::timestamp{0})
    unit.duration = step; // of the one before, where the container does not say
  end_ = unit.pts + unit.duration;
  chunk_.end = std::max(chunk_.end, end_);
  unit.key = true;
  out_->append(unit);
}

void audio_lane::close(bool last) {
  out_->flush();
  out_.reset();
  std::filesystem::rename(aside(), work_ / chunk_.file);
  chunk_.last = last;
  tell_(chunk_);
  ++chunk_.index;
}

void audio_lane::end() {
  if (!out_) {
    chunk_.begin = chunk_.end = end_;
    open();
  }
  close(true);
}

} // namespace vdoc::gst
