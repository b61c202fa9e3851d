#include "actors/job/trusted.hpp"

#include "actors/job/orders.hpp"
#include "actors/job/presentation.hpp"

#include <algorithm>

namespace vdoc::job {

namespace fs = std::filesystem;

namespace {

/// One job's files, asked whether they are whole.
class files {
public:
  explicit files(const fs::path& root) : root_{root} {}

  [[nodiscard]] bool result(const fs::path& name, std::uint64_t bytes) const {
    return size(root_ / name) == bytes;
  }
  /// Intermediate files have a header of their own, and runs may have grown since.
  [[nodiscard]] bool work(const fs::path& name, std::uint64_t bytes) const {
    return size(work_folder(root_) / name) >= std::max<std::uint64_t>(bytes, 1);
  }

private:
  [[nodiscard]] static std::uint64_t size(const fs::path& file) {
    std::error_code absent;
    const auto bytes = fs::file_size(file, absent);
    return absent ? 0 : bytes;
  }

  fs::path root_;
};

fs::path folder_of(const manifest::state& known, const std::string& name, bool video) {
  if (!video)
    for (std::uint32_t i = 0; i < known.source->probe.audio.size(); ++i)
      if (manifest::audio_track_name(i) == name)
        return audio_folder(known.source->probe, i);
  return video_folder(name);
}

void check_segments(manifest::state& known, const files& there) {
  for (auto& [name, track] : known.tracks) {
    const auto folder = folder_of(known, name, track.video);
    std::erase_if(track.segments, [&](const auto& one) {
      return !there.result(folder / one.second.uri, one.second.bytes);
    });
  }
}

bool is_packed(const manifest::state& known, const std::string& track, std::uint32_t index) {
  const auto found = known.tracks.find(track);
  return found != known.tracks.end() && found->second.segments.contains(index);
}

/// What is encoded is needed until it is packed.
void check_encoded(manifest::state& known, const files& there) {
  std::erase_if(known.encoded, [&](const auto& one) {
    const auto& renditions = one.second.renditions;
    return std::any_of(renditions.begin(), renditions.end(),
                       [&, fragment = one.first.first](const auto& rendition) {
                         return !is_packed(known, rendition.name, fragment) &&
                                !there.work(rendition.file, rendition.bytes);
                       });
  });
  std::erase_if(known.audio, [&](const auto& one) {
    const auto& [key, segment] = one;
    const auto lost = !is_packed(known, manifest::audio_track_name(key.first), key.second) &&
                      !there.work(segment.file, segment.bytes);
    if (lost)
      known.audio_done.erase(key.first);
    return lost;
  });
}

/// A fragment may be encoded in several parts.
bool is_encoded(const manifest::state& known, std::uint32_t index) {
  const auto& ladder = known.source->ladder;
  return std::all_of(ladder.begin(), ladder.end(), [&](const auto& wanted) {
    return std::any_of(known.encoded.begin(), known.encoded.end(), [&](const auto& one) {
      const auto& made = one.second.renditions;
      return one.first.first == index && std::any_of(made.begin(), made.end(), [&](const auto& it) {
               return it.name == wanted.name;
             });
    });
  });
}

/// From the first fragment on that is still to be encoded and whose run is gone, the source is cut
/// again: into the same fragments.
void check_runs(manifest::state& known, const files& there) {
  const auto lost =
      std::find_if(known.fragments.begin(), known.fragments.end(), [&](const auto& one) {
        const auto& [index, piece] = one;
        return !there.work(piece.run, piece.run_bytes) && !is_encoded(known, index);
      });
  if (lost == known.fragments.end())
    return;
  const auto first = lost->first;
  known.fragments.erase(lost, known.fragments.end());
  known.ended.reset();
  std::erase_if(known.encoded, [&](const auto& one) { return one.first.first >= first; });
  for (auto& [name, track] : known.tracks)
    if (track.video)
      std::erase_if(track.segments, [&](const auto& one) { return one.first >= first; });
}

/// Speech that is cut and not yet heard, with its sound gone, is cut again.
void check_speech(manifest::state& known, const files& there) {
  const auto lost =
      std::find_if(known.utterances.begin(), known.utterances.end(), [&](const auto& one) {
        return !known.heard.contains(one.first) && !there.work(one.second.file, 1);
      });
  if (lost == known.utterances.end())
    return;
  const auto first = lost->first;
  known.audio_done.erase(lost->second.track);
  known.utterances.erase(lost, known.utterances.end());
  std::erase_if(known.heard, [&](const auto& one) { return one.first >= first; });
}

} // namespace

manifest::state trusted(manifest::state known, const fs::path& root) {
  if (!known.source)
    return known;
  const files there{root};
  check_segments(known, there);
  check_encoded(known, there);
  check_runs(known, there);
  check_speech(known, there);
  return known;
}

} // namespace vdoc::job
