#include "pipelines/fragment/picture_header.hpp"

#include <boost/test/unit_test.hpp>

#include <vector>

using namespace vdoc::fragment;

namespace {

picture_header read(bitstream codec, const std::vector<std::uint8_t>& bytes,
                    bool container_key = false) {
  return read_picture({codec, 4}, bytes, container_key);
}

} // namespace

BOOST_AUTO_TEST_SUITE(a_picture_header)

BOOST_AUTO_TEST_CASE(of_h264_is_a_key_frame_by_idr_or_recovery_point_alone) {
  const auto kind = [](const std::vector<std::uint8_t>& bytes) {
    return read(bitstream::h264, bytes).key;
  };
  BOOST_TEST((kind({0, 0, 0, 2, 0x67, 1, 0, 0, 0, 2, 0x65, 0x88}) == key_kind::idr));
  // SEI: another message first, then a recovery point with recovery_frame_cnt 0 (bit 1)
  BOOST_TEST((kind({0, 0, 0, 8, 0x06, 0x05, 0x01, 0xaa, 0x06, 0x01, 0xc4, 0x80, //
                    0, 0, 0, 2, 0x41, 0x9a}) == key_kind::open));
  // recovery_frame_cnt 3 (00100): pictures get clean only later
  BOOST_TEST(
      (kind({0, 0, 0, 5, 0x06, 0x06, 0x01, 0x24, 0x80, 0, 0, 0, 2, 0x41, 0x9a}) == key_kind::none));
  BOOST_TEST((kind({0, 0, 0, 2, 0x41, 0x88}) == key_kind::none));
  BOOST_TEST((kind({0, 0, 9, 0, 0x65}) == key_kind::idr)); // length beyond the end
  BOOST_TEST((kind({}) == key_kind::none));
}

BOOST_AUTO_TEST_CASE(of_hevc_tells_the_kinds_of_random_access) {
  const auto kind = [](unsigned type) {
    return read(bitstream::h265, {0, 0, 0, 3, static_cast<std::uint8_t>(type << 1U), 1, 0xaf}).key;
  };
  BOOST_TEST((kind(20) == key_kind::idr));
  BOOST_TEST((kind(19) == key_kind::closed));
  BOOST_TEST((kind(21) == key_kind::open));
  BOOST_TEST((kind(1) == key_kind::none));
  BOOST_TEST((kind(9) == key_kind::none)); // RASL
}

BOOST_AUTO_TEST_CASE(of_mpeg2_needs_a_sequence_or_group_header_to_start) {
  const std::vector<std::uint8_t> intra{0, 0, 1, 0, 0, 0x08, 0xff};
  BOOST_TEST((read(bitstream::mpeg_video, intra).key == key_kind::none));
  auto closed = std::vector<std::uint8_t>{0, 0, 1, 0xb8, 0, 8, 0, 0x40};
  closed.insert(closed.end(), intra.begin(), intra.end());
  BOOST_TEST((read(bitstream::mpeg_video, closed).key == key_kind::closed));
  closed[7] = 0;
  BOOST_TEST((read(bitstream::mpeg_video, closed).key == key_kind::open));
  const auto field = read(bitstream::mpeg_video,
                          {0, 0, 1, 0, 0, 0x18, 0xff, 0, 0, 1, 0xb5, 0x8f, 0xff, 0xf1, 0x80});
  BOOST_TEST((field.kind == picture_kind::bidirectional));
  BOOST_TEST(field.field);
}

BOOST_AUTO_TEST_CASE(of_mpeg4_tells_b_pictures_and_placeholders) {
  std::vector<std::uint8_t> vop(40, 0x55);
  vop[0] = vop[1] = 0;
  vop[2] = 1;
  vop[3] = 0xb6;
  vop[4] = 0x10;
  BOOST_TEST((read(bitstream::mpeg4, vop).key == key_kind::open));
  vop[4] = 0x90;
  BOOST_TEST((read(bitstream::mpeg4, vop).kind == picture_kind::bidirectional));
  vop[4] = 0x50;
  BOOST_TEST((read(bitstream::mpeg4, vop).kind == picture_kind::anchor));
  vop.resize(7);
  BOOST_TEST((read(bitstream::mpeg4, vop).kind == picture_kind::absent));
  vop[4] = 0x10;
  BOOST_TEST((read(bitstream::mpeg4, vop).kind == picture_kind::absent));
  BOOST_TEST((read(bitstream::mpeg4, vop).key == key_kind::none));
}

BOOST_AUTO_TEST_CASE(of_vp8_tells_hidden_references) {
  BOOST_TEST((read(bitstream::vp8, {0x10, 2, 0}).key == key_kind::idr));
  BOOST_TEST(!read(bitstream::vp8, {0x10, 2, 0}).hidden);
  BOOST_TEST((read(bitstream::vp8, {0x01, 2, 0}).key == key_kind::none));
  BOOST_TEST(read(bitstream::vp8, {0x01, 2, 0}).hidden);
}

BOOST_AUTO_TEST_CASE(of_vp9_is_intra_by_its_own_header) {
  BOOST_TEST((read(bitstream::vp9, {0x82, 0x49}).key == key_kind::idr)); // profile 0
  BOOST_TEST((read(bitstream::vp9, {0x92, 0x49}).key == key_kind::idr)); // profile 2
  BOOST_TEST((read(bitstream::vp9, {0x86, 0x00}).key == key_kind::none));
}

BOOST_AUTO_TEST_CASE(of_vp9_is_hidden_when_it_comes_alone_and_is_not_to_be_shown) {
  BOOST_TEST(!read(bitstream::vp9, {0x86, 0x00}).hidden);
  BOOST_TEST(read(bitstream::vp9, {0x84, 0x00}).hidden);
  BOOST_TEST(!read(bitstream::vp9, {0x84, 0x00, 0xc1}).hidden); // a superframe shows its last one
}

BOOST_AUTO_TEST_CASE(of_another_codec_is_what_the_container_says) {
  BOOST_TEST((read(bitstream::other, {1}, true).key == key_kind::idr));
  BOOST_TEST((read(bitstream::other, {1}, false).key == key_kind::none));
  BOOST_TEST((read(bitstream::theora, {0x30}).key == key_kind::idr));
  BOOST_TEST((read(bitstream::theora, {0x70}).key == key_kind::none));
}

BOOST_AUTO_TEST_SUITE_END()
