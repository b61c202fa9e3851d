#include "pipelines/probe/growing_file.hpp"
#include "test/support/temp_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>

namespace {

using namespace vdoc::probe;
namespace fs = std::filesystem;

constexpr std::size_t enough = 256UL * 1024;
constexpr std::uint64_t long_file = 10UL << 20U;

struct an_upload {
  vdoc::test::temp_folder folder;
  fs::path place = folder / "0123456789abcdef0123456789abcdef/talk.mp4";
  fs::path sidecar = folder / "0123456789abcdef0123456789abcdef.json";

  an_upload() {
    fs::create_directories(place.parent_path());
    std::ofstream{sidecar} << R"({"tenant":"ours","name":"talk.mp4","length":10485760})";
    add("");
  }
  void add(const std::string& bytes) const {
    std::ofstream{place, std::ios::app | std::ios::binary} << bytes;
  }
  void be(std::string bytes, std::size_t size = enough) const {
    bytes.resize(std::max(size, bytes.size()), '\0');
    std::ofstream{place, std::ios::binary} << bytes;
  }
  [[nodiscard]] beginning now() const { return beginning_of(place, long_file); }
};

std::string box(const std::string& kind, std::uint32_t size, bool with_bytes = true) {
  std::string out;
  for (int shift = 24; shift >= 0; shift -= 8)
    out += static_cast<char>(size >> static_cast<unsigned>(shift));
  out += kind;
  return with_bytes ? out + std::string(size - 8, '\0') : out;
}

std::string packets(std::size_t before, std::size_t step) {
  std::string out(before, '\0');
  for (int i = 0; i < 5; ++i) {
    out += 'G';
    out += std::string(step - 1, '\0');
  }
  return out;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_file_that_is_being_uploaded, an_upload)

BOOST_AUTO_TEST_CASE(is_known_by_what_lies_beside_it) {
  const auto growing = growing_file::at(place);
  BOOST_TEST_REQUIRE(growing.has_value());
  BOOST_TEST(growing->length().value() == 10'485'760u);
  add("abc");
  BOOST_TEST(growing->bytes() == 3u);
  BOOST_TEST(!growing->is_given_up());
  fs::remove(sidecar);
  BOOST_TEST(growing->is_given_up());
  BOOST_TEST(!growing_file::at(place).has_value());
  BOOST_TEST(!upload_id_of(place).has_value());
}

BOOST_AUTO_TEST_CASE(may_be_of_a_length_that_is_not_known_yet) {
  std::ofstream{sidecar} << R"({"tenant":"ours","name":"talk.mp4","length":null})";
  add("abc");
  const auto growing = growing_file::at(place);
  BOOST_TEST_REQUIRE(growing.has_value());
  BOOST_TEST(!growing->length().has_value());
  BOOST_TEST(!growing->is_whole());
  std::ofstream{sidecar} << R"({"tenant":"ours","name":"talk.mp4","length":4})";
  BOOST_TEST(growing->length().value() == 4u);
  BOOST_TEST(!growing->is_whole());
  add("d");
  BOOST_TEST(growing->is_whole());
  fs::remove(sidecar);
  BOOST_TEST(growing->length().value() == 4u);
}

BOOST_AUTO_TEST_CASE(is_enough_to_begin_with_though_nobody_knows_its_length) {
  be(packets(0, 188));
  BOOST_TEST((beginning_of(place, UINT64_MAX) == beginning::useful));
  be(box("ftyp", 24) + box("moov", 1'000) + box("mdat", 8, false));
  BOOST_TEST((beginning_of(place, UINT64_MAX) == beginning::useful));
  be(box("ftyp", 24) + box("mdat", 0, false));
  BOOST_TEST((beginning_of(place, UINT64_MAX) == beginning::not_alone));
  be("abc", 3);
  BOOST_TEST((beginning_of(place, UINT64_MAX) == beginning::unclear));
}

BOOST_AUTO_TEST_CASE(is_an_upload_but_grows_no_more_when_it_is_whole) {
  be("", 10'485'760);
  BOOST_TEST(!growing_file::at(place).has_value());
  BOOST_TEST(upload_id_of(place).value_or("") == "0123456789abcdef0123456789abcdef");
}

BOOST_AUTO_TEST_CASE(is_no_other_file) {
  for (const auto* name : {"0123/talk.mp4", "talk.mp4"}) {
    const auto other = folder.path() / name;
    fs::create_directories(other.parent_path());
    std::ofstream{other} << "abc";
    BOOST_TEST(!growing_file::at(other).has_value(), name);
  }
}

BOOST_AUTO_TEST_CASE(is_useful_as_a_stream_once_there_is_enough_of_it) {
  be("\x1a\x45\xdf\xa3", enough - 1);
  BOOST_TEST((now() == beginning::unclear));
  BOOST_TEST((beginning_of(place, enough - 1) == beginning::useful));
  for (const auto& head : {std::string{"\x1a\x45\xdf\xa3"}, std::string{"FLV\x01"}, packets(0, 188),
                           packets(4, 192), packets(0, 204)}) {
    be(head);
    BOOST_TEST((now() == beginning::useful));
  }
  for (const auto& head : {std::string{"RIFF....AVI "}, std::string{"GGGG"}, packets(0, 187)}) {
    be(head);
    BOOST_TEST((now() == beginning::not_alone));
  }
}

BOOST_AUTO_TEST_CASE(is_useful_as_mp4_once_its_whole_index_is_there) {
  be(box("ftyp", 24) + box("moov", 1'000));
  BOOST_TEST((now() == beginning::useful));
  be(box("ftyp", 24) + box("free", 100) + box("moov", 300'000, false));
  BOOST_TEST((now() == beginning::unclear));
  be(box("ftyp", 24) + box("free", 100) + box("moov", 300'000, false), 300'124);
  BOOST_TEST((now() == beginning::useful));
  be(box("ftyp", 24) + box("free", 400'000, false));
  BOOST_TEST((now() == beginning::unclear));
  for (const auto* first : {"mdat", "moof"}) {
    be(box("ftyp", 24) + box(first, 5'000'000, false));
    BOOST_TEST((now() == beginning::not_alone), first);
  }
  be(box("ftyp", 24) + box("free", 3, false));
  BOOST_TEST((now() == beginning::not_alone));
}

BOOST_AUTO_TEST_SUITE_END()
