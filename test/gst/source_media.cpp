#include "test/gst/source_media.hpp"

#include "pipelines/gst/demuxer.hpp"
#include "pipelines/gst/transcode_graphs.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <utility>

namespace vdoc::gst::test {

using namespace std::chrono_literals;

with_source::with_source() {
  initialise();
}

void with_source::make(const std::string& arguments, const std::string& container,
                       const std::string& elements, int width_px, int height_px) {
  file = work.path() / ("source." + container);
  ffmpeg(arguments, file);
  source = parse(file, elements);
  pieces = cut(source, work.path(), 900ms);
  request.work = work.path();
  request.source.coded_width_px = request.source.display_width_px = width_px;
  request.source.coded_height_px = request.source.display_height_px = height_px;
  request.source.fps_numerator = 30;
  request.options.crf = 12;
  ladder({rung("large", width_px, height_px)});
}

void with_source::make_plain(int seconds) {
  make("-f lavfi -i testsrc2=s=320x180:r=30:d=" + std::to_string(seconds) +
           " -c:v libx264 -preset veryfast -g 30 -bf 2",
       "mkv", avc, 320, 180);
}

void with_source::ladder(std::vector<ladder::rendition> rungs) {
  request.ladder = std::move(rungs);
  request.wanted.clear();
  for (const auto& one : request.ladder)
    request.wanted.push_back(one.name);
}

transcode_result with_source::run(transcoder& by, const fragment::fragment& piece) {
  request.piece = piece;
  return by.run(request, no);
}

transcode_result with_source::run_all() {
  transcode_result last;
  for (const auto& piece : pieces) {
    transcoder fresh;
    last = run(fresh, piece);
    BOOST_TEST(last.lost.pictures == 0U);
  }
  return last;
}

std::filesystem::path with_source::as_h264(const std::string& name,
                                           const transcode_result& result) {
  auto out = work.path() / (name + ".h264");
  for (const auto& one : result.renditions)
    if (one.name == name)
      write_h264(out, one.codec_config, encoded(work.path(), name));
  return out;
}

double with_source::worst_difference(const std::filesystem::path& made, const std::string& filter) {
  const auto& large = request.ladder.front();
  const auto got = luma(made, large.width_px, large.height_px);
  const auto expected = luma(file, large.width_px, large.height_px, filter);
  BOOST_TEST(got.size() == source.units.size());
  BOOST_REQUIRE(got.size() == expected.size());
  double worst = 0;
  for (std::size_t i = 0; i < got.size(); ++i)
    worst = std::max(worst, difference(got[i], expected[i]));
  return worst;
}

std::string tell(const std::filesystem::path& made, const std::string& entries) {
  return shell("ffprobe -v error -select_streams v -show_entries stream=" + entries +
               " -of csv=p=0 " + made.string());
}

} // namespace vdoc::gst::test
