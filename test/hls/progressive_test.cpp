#include "pipelines/hls/progressive.hpp"
#include "pipelines/hls/sample_table.hpp"
#include "test/hls/small_tracks.hpp"
#include "test/support/mp4_boxes.hpp"
#include "test/support/temp_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <iterator>

namespace vdoc::test {

namespace {

namespace fs = std::filesystem;

struct remux_folder {
  temp_folder folder;
  fs::path target = folder / "video.mp4";

  fs::path file(const std::string& name, const std::vector<hls::access_unit>& units) {
    auto path = folder / name;
    fragment::access_unit_writer out{path, {"any", false}};
    for (const auto& one : units)
      out.append(one);
    out.flush();
    return path;
  }
  std::string written() const {
    std::ifstream in{target, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
  }
};

/// I P B B from `first` on.
std::vector<hls::access_unit> group(std::int64_t first) {
  return {picture(first, true), picture(first + 3003, false), picture(first + 1001, false),
          picture(first + 2002, false)};
}

/// Content of the nth box of a type.
std::string content_of(const std::string& boxes, const std::string& type, std::size_t nth = 0) {
  std::size_t at = 0;
  for (std::size_t found = 0;; ++found) {
    at = boxes.find('/' + type + ':', at + 1);
    if (at == std::string::npos)
      return "none";
    if (found == nth)
      return boxes.substr(at + type.size() + 2, boxes.find('\n', at) - at - type.size() - 2);
  }
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_progressive_file, remux_folder)

BOOST_AUTO_TEST_CASE(has_its_index_in_front_and_tables_that_say_all) {
  hls::write_progressive_mp4(
      target,
      {{video_track(), {file("0.au", group(0)), file("1.au", group(4004))}, video_time(8008)}});
  const auto all = written();
  const auto top = boxes_in(all, 0, all.size());
  BOOST_REQUIRE(top.size() == 3U);
  BOOST_TEST(top[0].type + top[1].type + top[2].type == "ftypmoovmdat");
  const auto boxes = box_tree(all);
  BOOST_TEST(content_of(boxes, "elst") ==
             tree("01000000 00000001 0000000000001f48 00000000000003e9 00010000"));
  BOOST_TEST(content_of(boxes, "stts") == tree("00000000 00000001 00000008 000003e9"));
  BOOST_TEST(content_of(boxes, "ctts") ==
             tree("00000000 00000006 00000001 000003e9 00000001 00000bbb 00000002 00000000 "
                  "00000001 000003e9 00000001 00000bbb 00000002 00000000"));
  BOOST_TEST(content_of(boxes, "stss") == tree("00000000 00000002 00000001 00000005"));
  BOOST_TEST(content_of(boxes, "stsc") == tree("00000000 00000001 00000001 00000008 00000001"));
  const auto offset = big_endian(all, box_at(all, "moov/trak/mdia/minf/stbl/stco").body + 8, 4);
  BOOST_TEST(offset == top[2].body);
  BOOST_TEST(to_hex(std::string_view{all}.substr(offset, 14)) ==
             tree("00000003650000 00000003410303"));
}

BOOST_AUTO_TEST_CASE(takes_turns_every_half_second) {
  std::vector<hls::access_unit> pictures, sounds;
  for (std::int64_t i = 0; i < 30; ++i)
    pictures.push_back(picture(i * 1001, i == 0));
  for (std::int64_t i = 0; i < 48; ++i)
    sounds.push_back(sound(i));
  auto second = audio_track();
  second.language = "de";
  hls::write_progressive_mp4(target, {{video_track(), {file("v.au", pictures)}, video_time(30'030)},
                                      {audio_track(), {file("a.au", sounds)}, audio_time(48'000)},
                                      {second, {file("b.au", sounds)}, audio_time(48'000)}});
  const auto boxes = box_tree(written());
  BOOST_TEST(content_of(boxes, "stsc", 0) == tree("00000000 00000001 00000001 0000000f 00000001"));
  // 25 frames begin before 0.5 s, the first of them at -1024; 48 in all.
  BOOST_TEST(content_of(boxes, "stsc", 1) ==
             tree("00000000 00000002 00000001 00000019 00000001 00000002 00000017 00000001"));
  BOOST_TEST(
      content_of(boxes, "elst", 1).ends_with(tree("000000000003a980 0000000000000400 00010000")));
  BOOST_TEST(content_of(boxes, "mdhd", 2) ==
             tree("00000000 00000000 00000000 0000bb80 0000bf80 10b5 0000"));
  BOOST_TEST(content_of(boxes, "tkhd", 1).starts_with("00000007"));
  BOOST_TEST(content_of(boxes, "tkhd", 2).starts_with("00000006")); // the other language is not on
  BOOST_TEST(content_of(boxes, "stss", 1) == "none");
}

BOOST_AUTO_TEST_CASE(leaves_room_before_a_track_that_starts_late) {
  hls::write_progressive_mp4(
      target, {{video_track(), {file("v.au", {picture(60'060, true)})}, video_time(61'061)}});
  BOOST_TEST(content_of(box_tree(written()), "elst") ==
             tree("01000000 00000002 000000000000ea9c ffffffffffffffff 00010000 00000000000003e9 "
                  "0000000000000000 00010000"));
}

BOOST_AUTO_TEST_CASE(decodes_but_does_not_show_what_lies_before_zero) {
  hls::write_progressive_mp4(
      target, {{video_track(),
                {file("v.au", {picture(-2002, true), picture(-1001, false), picture(0, false)})},
                video_time(1001)}});
  BOOST_TEST(content_of(box_tree(written()), "elst") ==
             tree("01000000 00000001 00000000000003e9 00000000000007d2 00010000"));
}

BOOST_AUTO_TEST_CASE(has_offsets_of_64_bits_where_it_is_large) {
  hls::sample_table table{video_track()};
  for (const auto& one : group(0))
    table.add(one);
  table.finish(video_time(4004));
  auto chunks = table.chunks(std::chrono::milliseconds{500});
  BOOST_REQUIRE(chunks.size() == 1U);
  chunks[0].offset = 0x123456789a;
  bytes out;
  hls::byte_writer writer{out};
  table.write_tables(writer, chunks, true);
  BOOST_TEST(
      to_hex(as_text(out)).ends_with(tree("00000018 636f3634 00000000 00000001 000000123456789a")));
}

BOOST_AUTO_TEST_CASE(appears_whole_or_not_at_all) {
  const auto good = file("good.au", group(0));
  fs::path cut = folder / "cut.au";
  fs::copy_file(good, cut);
  fs::resize_file(cut, fs::file_size(cut) - 1);
  std::ofstream{target} << "what was there before";
  BOOST_CHECK_THROW(
      hls::write_progressive_mp4(target, {{video_track(), {good, cut}, video_time(8008)}}),
      std::runtime_error);
  BOOST_CHECK_THROW(hls::write_progressive_mp4(target, {{video_track(), {}, video_time(0)}}),
                    std::runtime_error);
  BOOST_CHECK_THROW(hls::write_progressive_mp4(target, {}), std::runtime_error);
  BOOST_CHECK_THROW(hls::write_progressive_mp4(folder / "no/such/folder.mp4",
                                               {{video_track(), {good}, video_time(4004)}}),
                    std::system_error);
  BOOST_TEST(written() == "what was there before");
  BOOST_TEST(!fs::exists(target.string() + ".part"));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace vdoc::test
