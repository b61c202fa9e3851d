#include "net/http/artefact.hpp"
#include "test/support/temp_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <sys/stat.h>

using namespace vdoc::net;
using vdoc::test::temp_folder;
namespace fs = std::filesystem;

namespace {

struct a_job_folder {
  temp_folder folder;

  a_job_folder() {
    fs::create_directories(folder / "job/video");
    write("job/master.m3u8", "#EXTM3U\n");
    write("job/video/1.m4s", std::string(1'000, 'x'));
    write("job/.hidden", "x");
    write("secret.txt", "x");
  }
  void write(const char* name, const std::string& text) const {
    std::ofstream{folder / name} << text;
  }
  [[nodiscard]] bool opens(std::string_view path) const {
    return open_artefact(folder / "job", path).has_value();
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_result, a_job_folder)

BOOST_AUTO_TEST_CASE(is_a_plain_file_below_the_folder_of_its_job) {
  BOOST_TEST(opens("master.m3u8"));
  BOOST_TEST(opens("video/1.m4s"));
  BOOST_TEST(open_artefact(folder / "job", "video/1.m4s")->facts.size == 1'000u);
  for (const auto* wrong : {"", "video", "video/", "none", "master.m3u8/", "/master.m3u8",
                            "video//1.m4s", "./master.m3u8", ".hidden", "master.m3u8/x"})
    BOOST_TEST(!opens(wrong), wrong);
  BOOST_TEST(!open_artefact(folder / "none", "master.m3u8").has_value());
}

BOOST_AUTO_TEST_CASE(is_nothing_that_a_path_or_a_link_leads_out_to) {
  fs::create_symlink(folder / "secret.txt", folder / "job/link.txt");
  fs::create_directory_symlink(folder.path(), folder / "job/out");
  fs::create_symlink("master.m3u8", folder / "job/inside.m3u8");
  for (const auto* wrong : {"../secret.txt", "video/../../secret.txt", "video/../master.m3u8", "..",
                            "link.txt", "out/secret.txt", "inside.m3u8"})
    BOOST_TEST(!opens(wrong), wrong);
  BOOST_TEST(!opens(std::string_view{"master.m3u8\0.txt", 16}));
}

BOOST_AUTO_TEST_CASE(is_no_pipe_that_nobody_writes_into) {
  BOOST_REQUIRE(::mkfifo((folder / "job/pipe").c_str(), 0600) == 0);
  BOOST_TEST(!opens("pipe"));
}

BOOST_AUTO_TEST_CASE(has_another_tag_once_it_has_changed) {
  const auto tag = [&] { return open_artefact(folder / "job", "master.m3u8")->facts.etag; };
  const auto before = tag();
  BOOST_TEST(before == tag());
  BOOST_TEST(before.front() == '"');
  write("job/next", "#EXTM3U\n");
  fs::rename(folder / "job/next", folder / "job/master.m3u8");
  BOOST_TEST(before != tag());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_range)

BOOST_AUTO_TEST_CASE(is_first_last_open_or_of_the_end) {
  using kind = byte_range::kind;
  const auto is = [](std::string_view header, const byte_range& expected) {
    return range_in(header, 1'000) == expected;
  };
  const byte_range whole{kind::whole, 0, 1'000};
  const byte_range none{kind::none, 0, 0};
  BOOST_TEST(is("bytes=0-0", {kind::part, 0, 1}));
  BOOST_TEST(is("bytes=10-19", {kind::part, 10, 10}));
  BOOST_TEST(is("bytes=990-5000", {kind::part, 990, 10}));
  BOOST_TEST(is("bytes=999-", {kind::part, 999, 1}));
  BOOST_TEST(is("bytes=-100", {kind::part, 900, 100}));
  BOOST_TEST(is("bytes=-5000", {kind::part, 0, 1'000}));
  BOOST_TEST(is(" bytes= 0-1", {kind::part, 0, 2}));
  for (const auto* out : {"bytes=1000-", "bytes=1000-2000", "bytes=-0"})
    BOOST_TEST(is(out, none), out);
  for (const auto* other :
       {"", "bytes", "bytes=", "bytes=-", "bytes=5-2", "bytes=0-1,5-6", "lines=0-1", "bytes=a-b",
        "bytes=1-b", "bytes=--5", "bytes=18446744073709551616-", "bytes=+1-2"})
    BOOST_TEST(is(other, whole), other);
  BOOST_TEST((range_in("bytes=0-", 0) == none));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_tag)

BOOST_AUTO_TEST_CASE(is_named_alone_in_a_list_weakly_or_by_a_star) {
  BOOST_TEST(names_etag("\"a\"", "\"a\""));
  BOOST_TEST(names_etag("\"x\", W/\"a\"", "\"a\""));
  BOOST_TEST(names_etag("*", "\"a\""));
  BOOST_TEST(!names_etag("", "\"a\""));
  BOOST_TEST(!names_etag("\"ab\"", "\"a\""));
  BOOST_TEST(!names_etag("a", "\"a\""));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_path_of_a_result)

BOOST_AUTO_TEST_CASE(names_the_job_and_perhaps_a_link) {
  const auto own = file_named_by("/api/v1/jobs/id-1/files/video/1.m4s");
  BOOST_REQUIRE(own.has_value());
  BOOST_TEST(own->job_id == "id-1");
  BOOST_TEST(own->link == "");
  BOOST_TEST(own->path == "video/1.m4s");
  const auto shared = file_named_by("/api/v1/shared/id-1/5-abc/master.m3u8");
  BOOST_REQUIRE(shared.has_value());
  BOOST_TEST(shared->link == "5-abc");
  BOOST_TEST(shared->path == "master.m3u8");
  for (const auto* other : {"/api/v1/jobs/id-1", "/api/v1/jobs/id-1/history", "/files/x", "/"})
    BOOST_TEST(!file_named_by(other).has_value(), other);
}

BOOST_AUTO_TEST_CASE(ends_in_what_it_is) {
  BOOST_TEST(media_type_of("master.m3u8") == "application/vnd.apple.mpegurl");
  BOOST_TEST(media_type_of("a.b.m4s") == "video/iso.segment");
  BOOST_TEST(media_type_of("video.mp4") == "video/mp4");
  BOOST_TEST(media_type_of("1.ts") == "video/mp2t");
  BOOST_TEST(media_type_of("en.vtt") == "text/vtt; charset=utf-8");
  BOOST_TEST(media_type_of("index.html") == "text/html; charset=utf-8");
  BOOST_TEST(media_type_of("mp4") == "application/octet-stream");
  BOOST_TEST(media_type_of("x.exe") == "application/octet-stream");
}

BOOST_AUTO_TEST_SUITE_END()
