#include "actors/job/adoption.hpp"

#include "actors/job/orders.hpp"
#include "actors/job/trusted.hpp"
#include "pipelines/content/source_digest.hpp"
#include "pipelines/manifest/durable.hpp"

#include <algorithm>
#include <fcntl.h>
#include <numeric>
#include <stdexcept>
#include <system_error>
#include <unistd.h>

namespace vdoc::job {

namespace fs = std::filesystem;

namespace {

constexpr const char* manifest_name = "manifest.jsonl";
constexpr const char* entrance = "master.m3u8"; ///< published last

/// A folder or a file is on the disk when this returns.
void sync(const fs::path& what) {
  const int open = ::open(what.c_str(), O_RDONLY | O_CLOEXEC);
  const bool done = open >= 0 && ::fsync(open) == 0;
  const std::error_code why{errno, std::generic_category()};
  if (open >= 0)
    ::close(open);
  if (!done)
    throw std::system_error{why, "cannot write " + what.string()};
}

std::size_t segments_of(const manifest::state& known) {
  return std::accumulate(
      known.tracks.begin(), known.tracks.end(), std::size_t{0},
      [](std::size_t sum, const auto& track) { return sum + track.second.segments.size(); });
}

bool has_size(const fs::path& file, std::uint64_t bytes) {
  std::error_code absent;
  return fs::file_size(file, absent) == bytes && !absent;
}

/// Whether everything that the manifest names is there.
bool is_whole(const manifest::state& known, const spec& wanted, const fs::path& root) {
  const bool segments = segments_of(trusted(known, root)) == segments_of(known);
  const bool file = !known.remux || has_size(root / "video.mp4", known.remux->bytes) ||
                    has_size(root / "audio.m4a", known.remux->bytes);
  const bool page = !wanted.document || fs::exists(root / "document.md");
  const auto& made = known.composition;
  const bool captions = !made || std::ranges::all_of(made->captions, [&](const auto& track) {
    return fs::exists(root / track.uri);
  });
  return segments && file && page && captions && fs::exists(root / entrance);
}

/// What belongs to the attempt and not to the results.
bool is_the_twins_own(const manifest::record& one) {
  return std::holds_alternative<manifest::begun>(one) ||
         std::holds_alternative<manifest::source_opened>(one) ||
         std::holds_alternative<manifest::source_seen>(one) ||
         std::holds_alternative<manifest::source_digested>(one) ||
         std::holds_alternative<manifest::mishap>(one) ||
         std::holds_alternative<manifest::finished>(one) ||
         std::holds_alternative<manifest::reused>(one);
}

} // namespace

std::optional<twin_found> twin_in(const fs::path& folder, const std::string& job,
                                  const rules& mine) {
  const auto its = manifest::read(work_folder(folder) / manifest_name);
  const auto& source = mine.known().source;
  const bool same = its.outcome == "succeeded" && its.source && source &&
                    its.source->fingerprint == source->fingerprint &&
                    its.source->ladder == source->ladder && !its.digest.digest.empty() &&
                    its.digest.terms == terms_of(mine);
  if (!same || !is_whole(its, mine.wanted(), folder))
    return std::nullopt;
  return twin_found{job, its.digest.digest, its.reused_from.empty() ? job : its.reused_from};
}

adoption::adoption(fs::path from, fs::path to)
    : from_{std::move(from)}, to_{std::move(to)}, aside_{work_folder(to_) / "adopted"},
      manifest_identity_{content::identity_of(work_folder(from_) / manifest_name)} {
  fs::remove_all(aside_);
  fs::create_directories(aside_);
  folders_.emplace_back();
  for (fs::recursive_directory_iterator it{from_}, end; it != end; ++it) {
    const auto name = it->path().lexically_relative(from_);
    if (it->is_directory()) {
      if (name == work_folder({}))
        it.disable_recursion_pending();
      else
        folders_.push_back(name);
    } else if (it->is_regular_file() && name != "job.json" && name.extension() != ".part") {
      files_.push_back(name);
    }
  }
  for (const auto& folder : folders_)
    fs::create_directories(aside_ / folder);
}

bool adoption::take(std::size_t most_files) {
  const auto end = std::min(files_.size(), taken_ + most_files);
  for (; taken_ < end; ++taken_)
    take_one(files_[taken_]);
  return taken_ == files_.size();
}

void adoption::take_one(const fs::path& file) {
  std::error_code no_link;
  fs::create_hard_link(from_ / file, aside_ / file, no_link);
  if (!no_link)
    return;
  fs::copy_file(from_ / file, aside_ / file);
  sync(aside_ / file);
}

/// The entrance comes last: who finds it finds everything.
void adoption::publish() {
  std::vector<fs::path> names;
  for (const auto& entry : fs::directory_iterator{aside_})
    names.push_back(entry.path().filename());
  std::partition(names.begin(), names.end(), [](const auto& name) { return name != entrance; });
  for (const auto& folder : folders_)
    sync(aside_ / folder);
  for (const auto& name : names) {
    fs::remove_all(to_ / name);
    fs::rename(aside_ / name, to_ / name);
  }
  fs::remove_all(aside_);
  sync(to_);
}

std::vector<manifest::record> adoption::records(const rules& mine, const twin_found& whose) const {
  const auto& known = mine.known();
  std::vector<manifest::record> all{manifest::begun{canonical(mine.wanted())}, *known.source,
                                    manifest::source_seen{known.identity}, known.digest};
  const auto ours = all.size();
  manifest::read_records(work_folder(from_) / manifest_name, [&](manifest::record&& one) {
    if (std::holds_alternative<manifest::begun>(one)) // what was before does not count
      all.resize(ours);
    else if (!is_the_twins_own(one))
      all.push_back(std::move(one));
  });
  all.emplace_back(manifest::reused{whose.first_job});
  return all;
}

manifest::state adoption::finish(const rules& mine, const twin_found& whose) {
  const auto all = records(mine, whose);
  // Whoever removes or redoes a job begins with its manifest: it is there, so everything was.
  if (manifest_identity_.empty() ||
      content::identity_of(work_folder(from_) / manifest_name) != manifest_identity_)
    throw std::runtime_error{"that job has been removed or done again meanwhile"};
  publish();
  manifest::state known;
  std::string text;
  for (const auto& one : all) {
    known.apply(one);
    text += manifest::to_line(one) + "\n";
  }
  if (!is_whole(known, mine.wanted(), to_))
    throw std::runtime_error{"some of its results are missing"};
  manifest::write_durably(work_folder(to_) / manifest_name, std::string_view{text});
  return known;
}

} // namespace vdoc::job
