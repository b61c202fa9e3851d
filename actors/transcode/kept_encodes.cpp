#include "actors/transcode/kept_encodes.hpp"

#include "pipelines/manifest/durable.hpp"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

namespace vdoc::transcode {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view aside_prefix = "aside-";

std::string content_of(const fs::path& file) {
  std::ifstream in{file, std::ios::binary};
  std::string content{std::istreambuf_iterator<char>{in}, {}};
  if (!in)
    throw std::system_error{EIO, std::generic_category(), "cannot read " + file.string()};
  return content;
}

/// What others remove meanwhile is left out.
std::uint64_t bytes_in(const fs::path& folder) {
  std::uint64_t all = 0;
  std::error_code wrong;
  for (fs::recursive_directory_iterator at{folder, wrong}, end; !wrong && at != end;
       at.increment(wrong)) {
    std::error_code gone;
    if (const auto bytes = at->file_size(gone); !gone && at->is_regular_file(gone))
      all += bytes;
  }
  return all;
}

} // namespace

struct kept_encodes::entry {
  fs::path path;
  fs::file_time_type at;
  std::uint64_t bytes = 0;
  bool is_whole = false;
};

kept_encodes::taken::taken(fs::path folder)
    : folder_{std::move(folder)}, said_{content_of(folder_ / "said")} {}

kept_encodes::taken::~taken() {
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

kept_encodes::kept_encodes(fs::path folder, std::string self)
    : kept_encodes{std::move(folder), std::move(self), limits{}} {}

kept_encodes::kept_encodes(fs::path folder, std::string self, limits within)
    : folder_{std::move(folder)}, self_{std::move(self)}, within_{within} {}

fs::path kept_encodes::aside() {
  return folder_ / (std::string{aside_prefix} + self_ + "-" + std::to_string(++asides_));
}

void kept_encodes::keep(const std::string& key, const fs::path& from,
                        const std::vector<std::string>& names, std::string_view said) {
  std::uint64_t bytes = said.size();
  for (const auto& name : names)
    bytes += fs::file_size(from / name);
  if (bytes > within_.bytes)
    return;
  const auto made = aside();
  try {
    fs::create_directories(made / "files");
    for (const auto& name : names) {
      const auto target = made / "files" / name;
      fs::create_directories(target.parent_path());
      manifest::write_durably(target, std::string_view{content_of(from / name)});
    }
    manifest::write_durably(made / "said", said);
    drop(folder_ / key);      // of the same bytes
    std::error_code is_there; // again: another host has done the same
    fs::rename(made, folder_ / key, is_there);
    if (is_there)
      drop(made);
  } catch (...) {
    drop(made);
    throw;
  }
  sweep();
}

std::unique_ptr<kept_encodes::taken> kept_encodes::take(const std::string& key) {
  sweep();
  const auto ours = aside();
  std::error_code wrong;
  fs::rename(folder_ / key, ours, wrong); // one of those who try has it
  if (wrong)
    return nullptr;
  fs::last_write_time(ours, fs::file_time_type::clock::now(), wrong);
  try {
    return std::make_unique<taken>(ours);
  } catch (const std::system_error&) { // of no use
    drop(ours);
    return nullptr;
  }
}

std::vector<kept_encodes::entry> kept_encodes::all() const {
  std::vector<entry> found;
  std::error_code wrong;
  for (fs::directory_iterator each{folder_, wrong}, end; !wrong && each != end;
       each.increment(wrong)) {
    std::error_code gone; // it has just been taken
    const auto at = fs::last_write_time(each->path(), gone);
    if (gone || !each->is_directory(gone))
      continue;
    const bool is_aside = each->path().filename().string().starts_with(aside_prefix);
    found.push_back({each->path(), at, bytes_in(each->path()), !is_aside});
  }
  std::ranges::sort(found, {}, &entry::at);
  return found;
}

std::vector<std::string> kept_encodes::keys() const {
  std::vector<std::string> told;
  const auto found = all();
  for (auto one = found.rbegin(); one != found.rend() && told.size() < within_.told; ++one)
    if (one->is_whole)
      told.push_back(one->path.filename().string());
  return told;
}

void kept_encodes::sweep() {
  const auto oldest = fs::file_time_type::clock::now() - within_.age;
  auto found = all();
  std::uint64_t sum = 0;
  for (const auto& one : found)
    sum += one.is_whole ? one.bytes : 0;
  for (const auto& one : found) {
    if (one.at >= oldest && (!one.is_whole || sum <= within_.bytes))
      continue;
    sum -= one.is_whole ? one.bytes : 0;
    drop(one.path);
  }
}

/// Renamed first: who would take it has all of it, or nothing.
void kept_encodes::drop(const fs::path& what) {
  const auto gone = aside();
  std::error_code wrong;
  fs::rename(what, gone, wrong);
  if (!wrong)
    fs::remove_all(gone, wrong);
}

} // namespace vdoc::transcode
