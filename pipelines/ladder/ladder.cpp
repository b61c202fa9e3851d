#include "pipelines/ladder/ladder.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace vdoc::ladder {

namespace {

/// Heights this close to each other are the same step: 1088 and 1072 are 1080.
constexpr double same_step = 0.02;
/// The next step below the source's own size is at least this much smaller: less is not worth an
/// encode.
constexpr double worth_a_step = 0.9;
constexpr double widescreen = 16.0 / 9.0;
/// Bits grow slower than pixels.
constexpr double bits_by_pixels = 0.75;
constexpr double longest_key_distance_s = 6.0;

bool near(int a, int b) {
  return std::abs(a - b) <= same_step * std::max(a, b);
}

int even_below(int pixels) {
  return std::max(2, pixels - pixels % 2);
}

int even_nearest(double pixels) {
  return std::max(2, static_cast<int>(std::lround(pixels / 2)) * 2);
}

/// The upright picture with square pixels, made even.
struct frame_size {
  int width_px = 0;
  int height_px = 0;
  [[nodiscard]] int short_side() const { return std::min(width_px, height_px); }
  [[nodiscard]] bool portrait() const { return height_px > width_px; }
};

frame_size even_size(const probe::video_stream& source) {
  return {even_below(source.display_width_px), even_below(source.display_height_px)};
}

/// The source with its short side brought to `height`; the other side keeps the proportions of the
/// display size, which may be odd.
frame_size scaled(const probe::video_stream& source, int height) {
  const auto own = even_size(source);
  const int short_side = even_below(height);
  const auto [low, high] = std::minmax(source.display_width_px, source.display_height_px);
  const int long_side = std::min(even_nearest(static_cast<double>(high) * short_side / low),
                                 std::max(own.width_px, own.height_px));
  return own.portrait() ? frame_size{short_side, long_side} : frame_size{long_side, short_side};
}

/// Limits of the lowest rung that is at least as high. A picture wider than 16:9 gets more.
void set_limits(rendition& one, const std::vector<rung>& rungs) {
  const int height = std::min(one.width_px, one.height_px);
  const rung* limit = nullptr;
  for (const auto& step : rungs)
    if ((step.height_px >= height || near(step.height_px, height)) &&
        (limit == nullptr || step.height_px < limit->height_px))
      limit = &step;
  if (limit == nullptr) {
    const auto highest = std::ranges::max_element(rungs, {}, &rung::height_px);
    if (highest == rungs.end())
      return;
    limit = &*highest;
  }
  const auto pixels = static_cast<double>(one.width_px) * one.height_px;
  const auto usual = widescreen * limit->height_px * limit->height_px;
  const double more = pixels > 1.05 * usual ? std::pow(pixels / usual, bits_by_pixels) : 1.0;
  one.max_bitrate_kbps = static_cast<int>(std::lround(limit->max_bitrate_kbps * more));
  one.buffer_kbit = static_cast<int>(std::lround(limit->buffer_kbit * more));
}

/// The name of the source's own size: that of the step it is, else its own height.
std::string own_name(int height, const std::vector<int>& steps) {
  for (const int step : steps)
    if (near(step, height))
      return std::to_string(step) + "p";
  return std::to_string(height) + "p";
}

std::vector<int> falling(std::vector<int> heights) {
  std::erase_if(heights, [](int height) { return height <= 0; });
  std::ranges::sort(heights, std::greater{});
  heights.erase(std::unique(heights.begin(), heights.end(), near), heights.end());
  return heights;
}

/// Whether the source's own size is the top: it is a step, or lies below the highest one, or was
/// asked for by naming nothing that it has.
bool own_size_is_top(int height, const std::vector<int>& steps, bool automatic) {
  if (steps.empty() || near(steps.front(), height))
    return true;
  if (automatic)
    return height < steps.front();
  const bool is_step = std::ranges::any_of(steps, [&](int step) { return near(step, height); });
  return is_step || height < steps.back();
}

bool may_copy(const probe::video_stream& source, const copy_evidence& evidence,
              const rendition& one) {
  const bool as_shown =
      source.turn == probe::orientation{} && source.aspect_numerator == source.aspect_denominator &&
      source.coded_width_px == one.width_px && source.coded_height_px == one.height_px &&
      source.display_width_px == one.width_px && source.display_height_px == one.height_px;
  const bool plain = source.codec == "h264" && source.bit_depth == 8 && !source.interlaced &&
                     (source.chroma.empty() || source.chroma == "4:2:0");
  return as_shown && plain && evidence.h264_high_or_lower && evidence.yuv420_8bit_progressive &&
         evidence.closed_gop && evidence.longest_key_distance_s <= longest_key_distance_s &&
         evidence.bitrate_bps > 0 &&
         evidence.bitrate_bps <= std::int64_t{one.max_bitrate_kbps} * 1000;
}

} // namespace

std::vector<rung> default_rungs() {
  return {{2160, 40'000, 80'000}, {1440, 20'000, 40'000}, {1080, 12'000, 24'000},
          {720, 6'000, 12'000},   {480, 3'000, 6'000},    {360, 1'500, 3'000},
          {240, 800, 1'600}};
}

std::vector<rendition> plan(const probe::video_stream& source, const copy_evidence& evidence,
                            const options& wanted, const std::vector<rung>& rungs) {
  if (source.display_width_px <= 0 || source.display_height_px <= 0)
    return {};
  std::vector<int> steps = wanted.heights_px;
  if (wanted.automatic) {
    steps.clear();
    for (const auto& step : rungs)
      steps.push_back(step.height_px);
  }
  steps = falling(std::move(steps));
  const auto own = even_size(source);
  const int height = own.short_side();

  std::vector<rendition> renditions;
  const auto add = [&](std::string name, frame_size size) {
    const bool again = !renditions.empty() && renditions.back().width_px == size.width_px &&
                       renditions.back().height_px == size.height_px;
    if (again) // a picture too small for both steps
      return;
    rendition one;
    one.name = std::move(name);
    one.width_px = size.width_px;
    one.height_px = size.height_px;
    set_limits(one, rungs);
    renditions.push_back(std::move(one));
  };
  const bool own_is_top = own_size_is_top(height, steps, wanted.automatic);
  if (own_is_top)
    add(own_name(height, steps), own);
  for (const int step : steps) {
    const bool is_own =
        own_is_top && (near(step, height) || (wanted.automatic && step > worth_a_step * height));
    if (step <= height && !is_own)
      add(std::to_string(step) + "p", scaled(source, step));
  }
  renditions.front().copied = wanted.may_copy && may_copy(source, evidence, renditions.front());
  return renditions;
}

void to_json(nlohmann::json& out, const rendition& one) {
  out = {{"name", one.name},
         {"width_px", one.width_px},
         {"height_px", one.height_px},
         {"max_bitrate_kbps", one.max_bitrate_kbps},
         {"buffer_kbit", one.buffer_kbit},
         {"copied", one.copied}};
}

void from_json(const nlohmann::json& in, rendition& one) {
  in.at("name").get_to(one.name);
  in.at("width_px").get_to(one.width_px);
  in.at("height_px").get_to(one.height_px);
  in.at("max_bitrate_kbps").get_to(one.max_bitrate_kbps);
  in.at("buffer_kbit").get_to(one.buffer_kbit);
  in.at("copied").get_to(one.copied);
}

} // namespace vdoc::ladder
