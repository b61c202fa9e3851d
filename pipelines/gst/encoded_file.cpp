#include "pipelines/gst/encoded_file.hpp"

#include "pipelines/fragment/aside_name.hpp"
#include "pipelines/fragment/result_names.hpp"
#include "pipelines/gst/avc.hpp"

#include <algorithm>
#include <system_error>

namespace vdoc::gst {

namespace {

using fragment::timestamp;

/// Each unit lasts until the next one that is shown; the last one, until the fragment's end.
void set_durations(std::vector<fragment::access_unit>& units, timestamp end) {
  std::vector<fragment::access_unit*> shown;
  shown.reserve(units.size());
  for (auto& unit : units)
    shown.push_back(&unit);
  std::sort(shown.begin(), shown.end(), [](auto* a, auto* b) { return a->pts < b->pts; });
  for (std::size_t i = 0; i < shown.size(); ++i)
    shown[i]->duration = (i + 1 < shown.size() ? shown[i + 1]->pts : end) - shown[i]->pts;
}

} // namespace

encoded_rendition store(const std::filesystem::path& work, const fragment::fragment& piece,
                        const std::string& name, encoded_units made) {
  encoded_rendition out;
  out.name = name;
  out.file = fragment::encoded_file(piece.index, name);
  out.frames = static_cast<std::uint32_t>(made.units.size());
  out.codec_config = codec_data(made.caps);
  set_durations(made.units, piece.end);
  const auto file = work / out.file;
  const auto aside = fragment::aside_name(file);
  try {
    std::filesystem::create_directories(file.parent_path());
    fragment::access_unit_writer writer{aside, {made.caps, false}};
    for (const auto& unit : made.units) {
      writer.append(unit);
      out.bytes += unit.bytes.size();
    }
    writer.flush();
    std::filesystem::rename(aside, file);
  } catch (const std::system_error& why) {
    throw failure{fault{culprit::peer, why.what(), "make room on the disk", out.file}};
  }
  return out;
}

} // namespace vdoc::gst
