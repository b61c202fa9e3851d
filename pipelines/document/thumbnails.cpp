#include "pipelines/document/thumbnails.hpp"

#include "pipelines/captions/write.hpp"
#include "pipelines/document/aside.hpp"
#include "pipelines/document/jpeg.hpp"
#include "pipelines/document/key_pictures.hpp"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iterator>

namespace vdoc::document {

namespace {

using namespace std::chrono_literals;

/// The shortest of the usual intervals that keeps within the number of tiles; longer ones for
/// videos of many hours.
std::chrono::milliseconds interval_for(timestamp duration, std::size_t most_tiles) {
  for (const auto usual : {1s, 2s, 5s, 10s, 15s, 20s, 30s, 60s})
    if (duration <= usual * static_cast<std::int64_t>(most_tiles))
      return usual;
  const auto each = std::chrono::ceil<std::chrono::minutes>(duration) /
                    static_cast<std::int64_t>(std::max<std::size_t>(most_tiles, 1));
  return std::chrono::ceil<std::chrono::minutes>(each) + 1min;
}

const picture& nearest(std::span<const picture> pictures, timestamp when) {
  const auto after =
      std::lower_bound(pictures.begin(), pictures.end(), when,
                       [](const picture& one, timestamp value) { return one.pts < value; });
  if (after == pictures.begin())
    return pictures.front();
  if (after == pictures.end() || when - std::prev(after)->pts <= after->pts - when)
    return *std::prev(after);
  return *after;
}

image_size tile_size(image_size whole, int side) {
  const int longer = std::max(whole.width_px, whole.height_px);
  const auto part = [&](int px) { return std::max(2, (px * side / longer + 1) / 2 * 2); };
  return {part(whole.width_px), part(whole.height_px)};
}

void paste(image& sheet, const image& tile, int left, int top) {
  const auto row_bytes = static_cast<std::size_t>(tile.size.width_px) * 3;
  for (int row = 0; row < tile.size.height_px; ++row) {
    const auto from = static_cast<std::size_t>(row) * row_bytes;
    const auto to =
        (static_cast<std::size_t>(top + row) * static_cast<std::size_t>(sheet.size.width_px) +
         static_cast<std::size_t>(left)) *
        3;
    std::copy_n(tile.rgb.begin() + static_cast<std::ptrdiff_t>(from), row_bytes,
                sheet.rgb.begin() + static_cast<std::ptrdiff_t>(to));
  }
}

std::string sheet_name(std::size_t number) {
  char name[40];
  std::snprintf(name, sizeof name, "sprite-%02zu.jpg", number);
  return name;
}

/// One sheet of tiles `first`, `first` + 1, ... of which there are `count` in all.
image make_sheet(std::span<const picture> pictures, const std::filesystem::path& picture_folder,
                 const sprites& plan, std::size_t first) {
  const auto columns = static_cast<std::size_t>(plan.columns);
  const std::size_t here =
      std::min(plan.count - first, columns * static_cast<std::size_t>(plan.rows));
  const auto rows = static_cast<int>((here + columns - 1) / columns);
  image sheet{
      {plan.tile_width_px * static_cast<int>(std::min(here, columns)), plan.tile_height_px * rows},
      {}};
  sheet.rgb.resize(static_cast<std::size_t>(sheet.size.width_px) *
                   static_cast<std::size_t>(sheet.size.height_px) * 3);
  const image_size tile{plan.tile_width_px, plan.tile_height_px};
  for (std::size_t at = 0; at < here; ++at) {
    const timestamp middle =
        plan.interval * static_cast<std::int64_t>(first + at) + timestamp{plan.interval} / 2;
    const auto whole = read_jpeg(picture_folder / nearest(pictures, middle).jpeg, tile);
    if (whole)
      paste(sheet, scaled(*whole, tile), static_cast<int>(at % columns) * tile.width_px,
            static_cast<int>(at / columns) * tile.height_px);
  }
  return sheet;
}

std::string thumbnails_vtt(const sprites& plan, timestamp duration) {
  std::vector<captions::cue> cues;
  const auto columns = static_cast<std::size_t>(plan.columns);
  const auto on_sheet = columns * static_cast<std::size_t>(plan.rows);
  for (std::size_t at = 0; at < plan.count; ++at) {
    const timestamp begin = plan.interval * static_cast<std::int64_t>(at);
    const auto x = static_cast<int>(at % columns) * plan.tile_width_px;
    const auto y = static_cast<int>(at % on_sheet / columns) * plan.tile_height_px;
    cues.push_back({begin, std::min<timestamp>(begin + plan.interval, duration),
                    plan.hrefs[at / on_sheet] + "#xywh=" + std::to_string(x) + "," +
                        std::to_string(y) + "," + std::to_string(plan.tile_width_px) + "," +
                        std::to_string(plan.tile_height_px)});
  }
  return captions::write_vtt(cues);
}

std::string bytes_of(const std::filesystem::path& file) {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

} // namespace

std::size_t choose_poster(std::span<const picture> pictures, timestamp duration) {
  const timestamp early = std::clamp<timestamp>(duration / 10, 20s, 2min);
  double best = 0;
  for (const bool only_early : {true, false}) {
    for (const auto& one : pictures)
      if (!is_blank(one) && (!only_early || one.pts <= early))
        best = std::max(best, detail(one));
    for (std::size_t at = 0; best > 0 && at < pictures.size(); ++at)
      if (!is_blank(pictures[at]) && detail(pictures[at]) >= 0.7 * best)
        return at;
  }
  return 0;
}

sprites write_thumbnails(std::span<const picture> pictures,
                         const std::filesystem::path& picture_folder, timestamp duration,
                         const std::filesystem::path& folder, const thumbnail_limits& limits) {
  if (pictures.empty() || duration <= 0s)
    return {};
  auto poster = pictures.begin() + static_cast<std::ptrdiff_t>(choose_poster(pictures, duration));
  auto size = jpeg_size(picture_folder / poster->jpeg);
  for (auto other = pictures.begin(); !size && other != pictures.end(); ++other) {
    poster = other;
    size = jpeg_size(picture_folder / poster->jpeg);
  }
  if (!size)
    return {};
  const auto tile = tile_size(*size, limits.tile_side_px);
  sprites plan{{},
               tile.width_px,
               tile.height_px,
               limits.columns,
               limits.rows,
               interval_for(duration, limits.most_tiles),
               0};
  plan.count = static_cast<std::size_t>((duration + plan.interval - 1ns) / plan.interval);

  aside_folder aside{folder};
  write_file(aside.path() / "poster.jpg", bytes_of(picture_folder / poster->jpeg));
  const auto on_sheet =
      static_cast<std::size_t>(limits.columns) * static_cast<std::size_t>(limits.rows);
  for (std::size_t first = 0; first < plan.count; first += on_sheet) {
    plan.hrefs.push_back(sheet_name(plan.hrefs.size() + 1));
    const auto sheet = make_sheet(pictures, picture_folder, plan, first);
    write_file(aside.path() / plan.hrefs.back(), encode_jpeg(sheet, limits.quality));
  }
  write_file(aside.path() / "thumbnails.vtt", thumbnails_vtt(plan, duration));
  aside.commit();
  return plan;
}

} // namespace vdoc::document
