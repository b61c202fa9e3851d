#include "test/engine/engine_run.hpp"
#include "test/support/box_edits.hpp"
#include "test/support/exactness.hpp"
#include "test/support/folder_bytes.hpp"
#include "test/support/h264_units.hpp"
#include "test/support/media_catalogue.hpp"
#include "test/support/mp4_boxes.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace vdoc::test;

/// The slices of every picture, in decoding order, without what a container adds.
std::string slices_of(const track_seen& track) {
  const auto header =
      read_init(read_file(track.segments.front().file.parent_path() / track.playlist.map_uri));
  std::string all;
  for (const auto& segment : track.segments) {
    const auto bytes = read_file(segment.file);
    for (const auto& fragment : read_fragments(bytes, header))
      for (const auto& sample : fragment.samples)
        for (const auto unit : units_of_avc(sample.bytes))
          if (type_of(unit) == 1 || type_of(unit) == unit_idr)
            all += unit;
  }
  return all;
}

std::string slices_of_source(const std::filesystem::path& file) {
  const auto stream = run_or_throw({"ffmpeg", "-v", "error", "-i", file.string(), "-map", "0:v:0",
                                    "-c", "copy", "-bsf:v", "h264_mp4toannexb", "-f", "h264", "-"})
                          .out;
  std::string all;
  for (const auto unit : units_of_annex_b(stream))
    if (type_of(unit) == 1 || type_of(unit) == unit_idr)
      all += unit;
  return all;
}

void same_bytes(const std::string& name, const std::vector<std::string>& flags) {
  const auto file = make(source_named(name));
  const temp_folder one, other;
  auto lone = flags, crowd = flags;
  lone.insert(lone.end(), {"--workers", "1"});
  crowd.insert(crowd.end(), {"--workers", "3"});
  const auto first = run_engine({{file.string()}, lone, small_ladder()}, one.path());
  BOOST_REQUIRE_MESSAGE(first.succeeded(), first.story());
  const auto second = run_engine({{file.string()}, crowd, small_ladder()}, other.path());
  BOOST_REQUIRE_MESSAGE(second.succeeded(), second.story());
  const auto different = differences(one.path() / file.stem(), other.path() / file.stem());
  BOOST_TEST(different == std::vector<std::string>{}, boost::test_tools::per_element());
}

} // namespace

BOOST_AUTO_TEST_SUITE(two_runs_with_the_same_options)

BOOST_AUTO_TEST_CASE(give_the_same_bytes_whatever_the_number_of_workers) {
  same_bytes("mp4_h264_open_gop", renditions_only());
}

BOOST_AUTO_TEST_CASE(give_the_same_transport_streams) {
  auto flags = renditions_only();
  flags.insert(flags.end(), {"--container", "ts"});
  same_bytes("mkv_vfr", flags);
}

BOOST_AUTO_TEST_CASE(give_the_same_captions) {
  same_bytes("mkv_srt", {"--segment", "2s", "--mp4"});
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_source_that_is_a_rendition_already)

BOOST_AUTO_TEST_CASE(is_copied_bit_for_bit) {
  for (const char* name : {"mp4_copyable_720p", "mkv_copyable_uneven_keys"}) {
    const auto file = make(source_named(name));
    const temp_folder out;
    const auto result = run_engine(
        {{file.string()}, {"--no-document", "--captions", "off", "--preset", "ultrafast"}},
        out.path());
    BOOST_REQUIRE_MESSAGE(result.succeeded(), result.story());
    const auto folder = out / name;
    const auto wrong = check_everything(folder, truth_of(file.string(), true, true));
    BOOST_TEST(wrong.empty(), name << wrong);
    const auto package = read_package(folder);
    BOOST_REQUIRE(package.video.size() >= 2U);
    BOOST_TEST((slices_of(package.video.front().track) == slices_of_source(file)), name);
    BOOST_TEST(job_of(folder).at("renditions").at(0).at("copied") == true);
    BOOST_TEST(job_of(folder).at("renditions").at(1).at("copied") == false);
  }
}

BOOST_AUTO_TEST_CASE(is_encoded_all_the_same_when_its_gops_are_open) {
  const auto file = make(source_named("mp4_h264_open_gop"));
  const temp_folder out;
  BOOST_REQUIRE(run_engine({{file.string()}, renditions_only()}, out.path()).succeeded());
  BOOST_TEST(job_of(out / "mp4_h264_open_gop").at("renditions").at(0).at("copied") == false);
}

BOOST_AUTO_TEST_SUITE_END()
