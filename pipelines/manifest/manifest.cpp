#include "pipelines/manifest/manifest.hpp"

#include <cerrno>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>

namespace vdoc::manifest {

std::string audio_track_name(std::uint32_t track) {
  return "audio" + std::to_string(track);
}

namespace {

/// Changes the state by one record; one overload for each kind.
struct applier {
  state& into;

  /// A job that begins afresh forgets what was before.
  void operator()(const begun& x) const {
    into = {};
    into.spec = x.spec;
  }
  void operator()(const source_opened& x) const { into.source = x; }
  void operator()(const fragment_cut& x) const { into.fragments[x.piece.index] = x.piece; }
  void operator()(const fragment_encoded& x) const {
    for (const auto& one : x.result.renditions) {
      auto& track = into.tracks[one.name];
      track.codec_config = one.codec_config;
      track.colorimetry = one.colorimetry;
    }
    into.encoded[{x.index, x.part}] = x.result;
  }
  void operator()(const fragment_bridged& x) const { into.bridged[x.index] = x.why; }
  void operator()(const segment_packed& x) const { into.tracks[x.track].segments[x.index] = x; }
  void operator()(const audio_encoded& x) const {
    auto& track = into.tracks[audio_track_name(x.segment.track)];
    track.video = false;
    track.codec_config = x.segment.codec_config;
    into.audio[{x.segment.track, x.segment.index}] = x.segment;
  }
  void operator()(const audio_ended& x) const {
    into.audio_done[x.track] = x;
    into.warnings.insert(into.warnings.end(), x.warnings.begin(), x.warnings.end());
  }
  void operator()(const utterance_cut& x) const { into.utterances[x.index] = x; }
  void operator()(const utterance_heard& x) const { into.heard[x.index] = x; }
  void operator()(const text_read& x) const { into.texts.push_back(x.text); }
  void operator()(const source_ended& x) const {
    into.ended = x.summary;
    into.warnings.insert(into.warnings.end(), x.summary.warnings.begin(), x.summary.warnings.end());
  }
  void operator()(const warned& x) const { into.warnings.push_back(x.text); }
  void operator()(const composed& x) const { into.composition = x; }
  void operator()(const remuxed& x) const { into.remux = x; }
  void operator()(const finished& x) const { into.outcome = x.state; }
  void operator()(const mishap& x) const { into.mishaps.push_back(x); }
  void operator()(const source_seen& x) const { into.identity = x.identity; }
  void operator()(const source_digested& x) const { into.digest = x; }
  void operator()(const reused& x) const { into.reused_from = x.job; }
};

} // namespace

void state::apply(const record& one) {
  std::visit(applier{*this}, one);
}

void read_records(const std::filesystem::path& file, const std::function<void(record&&)>& take) {
  std::ifstream in{file};
  for (std::string line; std::getline(in, line) && !in.eof();) {
    auto one = from_line(line);
    if (!one)
      break;
    take(std::move(*one));
  }
}

state read(const std::filesystem::path& file) {
  state known;
  read_records(file, [&](record&& one) { known.apply(one); });
  return known;
}

namespace {

/// Length of the journal up to the last line that is whole and ours.
std::uintmax_t whole_length(const std::filesystem::path& file) {
  std::ifstream in{file, std::ios::binary};
  std::uintmax_t length = 0;
  for (std::string line; std::getline(in, line) && !in.eof() && from_line(line);)
    length += line.size() + 1;
  return length;
}

[[noreturn]] void throw_errno(const std::filesystem::path& file) {
  throw std::system_error{errno, std::generic_category(), "cannot write " + file.string()};
}

} // namespace

journal::journal(std::filesystem::path file) : path_{std::move(file)} {
  if (std::filesystem::exists(path_))
    std::filesystem::resize_file(path_, whole_length(path_));
  errno = 0;
  out_.open(path_, std::ios::binary | std::ios::app);
  if (!out_)
    throw_errno(path_);
}

void journal::append(const record& one) {
  errno = 0;
  out_ << to_line(one) + '\n' << std::flush;
  if (!out_)
    throw_errno(path_);
}

void journal::sync() {
  const int descriptor = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0)
    throw_errno(path_);
  const int result = ::fdatasync(descriptor);
  ::close(descriptor);
  if (result != 0)
    throw_errno(path_);
}

} // namespace vdoc::manifest
