#include "cluster/ledger/job_id.hpp"
#include "net/http/gateway.hpp"
#include "test/desk/plain_desk.hpp"
#include "test/http/web_client.hpp"
#include "test/support/temp_folder.hpp"
#include "test/support/until.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <fstream>
#include <thread>

namespace {

using namespace std::chrono_literals;
using namespace vdoc;
using nlohmann::json;
namespace fs = std::filesystem;

/// A job of each of two tenants, with results.
struct a_gateway_to_results {
  test::temp_folder folder;
  test::plain_desk desk;
  net::http_terms terms;
  std::string film;

  a_gateway_to_results() {
    terms.endpoint = "127.0.0.1:0";
    terms.links = std::make_shared<net::link_signer>(net::secret_key{7});
    desk.folder = folder.path().string();
    desk.jobs["id-0"].source = "/a";
    desk.jobs["id-1"].source = "/b";
    for (int i = 0; i < 3'000'000; ++i)
      film += static_cast<char>(i * 7 + i / 251);
    write("id-0/video.mp4", film);
    write("id-0/master.m3u8", "#EXTM3U\n");
    write("id-0/empty.txt", "");
    write("secret.txt", "x");
  }
  void write(const std::string& name, const std::string& text) const {
    fs::create_directories((folder / name).parent_path());
    std::ofstream{folder / name, std::ios::binary} << text;
  }
};

struct a_running_one : a_gateway_to_results {
  net::http_gateway door{desk, terms};
  test::web_client client{door.address()};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(results_over_http, a_running_one)

BOOST_AUTO_TEST_CASE(come_whole_with_their_type_length_and_tag) {
  const auto all = client.get("/api/v1/jobs/id-0/files/video.mp4");
  BOOST_TEST(all.status == 200u);
  BOOST_TEST((all.body == film));
  BOOST_TEST(all.header("content-type") == "video/mp4");
  BOOST_TEST(all.header("content-length") == "3000000");
  BOOST_TEST(all.header("accept-ranges") == "bytes");
  BOOST_TEST(all.header("cache-control") == "private, no-cache");
  const auto again =
      client.get("/api/v1/jobs/id-0/files/video.mp4", {{"If-None-Match", all.header("etag")}});
  BOOST_TEST(again.status == 304u);
  BOOST_TEST(again.body == "");
  BOOST_TEST(client.get("/api/v1/jobs/id-0/files/empty.txt").status == 200u);
}

BOOST_AUTO_TEST_CASE(say_how_long_they_are_without_coming) {
  const auto head = client.send("HEAD", "/api/v1/jobs/id-0/files/video.mp4", "");
  BOOST_TEST(head.status == 200u);
  BOOST_TEST(head.header("content-length") == "3000000");
  BOOST_TEST(head.body == "");
}

BOOST_AUTO_TEST_CASE(come_in_part) {
  const auto part = [&](const char* range, const test::web_client::headers& more = {}) {
    auto with = more;
    with.emplace_back("Range", range);
    return client.get("/api/v1/jobs/id-0/files/video.mp4", with);
  };
  const auto middle = part("bytes=1000000-2499999");
  BOOST_TEST(middle.status == 206u);
  BOOST_TEST((middle.body == film.substr(1'000'000, 1'500'000)));
  BOOST_TEST(middle.header("content-range") == "bytes 1000000-2499999/3000000");
  BOOST_TEST((part("bytes=-5").body == film.substr(film.size() - 5)));
  const auto beyond = part("bytes=3000000-");
  BOOST_TEST(beyond.status == 416u);
  BOOST_TEST(beyond.header("content-range") == "bytes */3000000");
  BOOST_TEST((part("bytes=0-1,5-6").body == film));
  BOOST_TEST(part("bytes=0-1", {{"If-Range", middle.header("etag")}}).status == 206u);
  BOOST_TEST(part("bytes=0-1", {{"If-Range", "\"older\""}}).status == 200u);
}

BOOST_AUTO_TEST_CASE(are_those_of_the_job_and_no_others) {
  for (const auto* wrong : {"none.txt", "", ".", "..", "../secret.txt", "%2e%2e/secret.txt",
                            "..%2fsecret.txt", "%2fetc%2fpasswd", "video.mp4/"}) {
    const auto answer = client.get(std::string{"/api/v1/jobs/id-0/files/"} + wrong);
    BOOST_TEST(answer.status >= 400u, wrong);
    BOOST_TEST(answer.status < 500u, wrong);
  }
  test::raw_client raw{door.address()};
  raw.say("GET /api/v1/jobs/id-0/files/../../secret.txt HTTP/1.1\r\nHost: localhost\r\n\r\n");
  BOOST_TEST(raw.hear_until("\r\n\r\n").starts_with("HTTP/1.1 4"));
  BOOST_TEST(client.get("/api/v1/jobs/none/files/video.mp4").status == 404u);
  BOOST_TEST(client.send("POST", "/api/v1/jobs/id-0/files/video.mp4", "{}").status == 404u);
}

BOOST_AUTO_TEST_CASE(are_seen_as_they_are_now) {
  const auto first = client.get("/api/v1/jobs/id-0/files/master.m3u8");
  BOOST_TEST(first.header("content-type") == "application/vnd.apple.mpegurl");
  write("id-0/next", "#EXTM3U\nmore\n");
  fs::rename(folder / "id-0/next", folder / "id-0/master.m3u8");
  const auto then =
      client.get("/api/v1/jobs/id-0/files/master.m3u8", {{"If-None-Match", first.header("etag")}});
  BOOST_TEST(then.status == 200u);
  BOOST_TEST(then.body == "#EXTM3U\nmore\n");
}

BOOST_AUTO_TEST_CASE(reach_others_while_somebody_reads_none_of_a_large_one) {
  constexpr std::size_t megabyte = 1'000'000;
  std::string large;
  for (int i = 0; i < 40; ++i)
    large.append(megabyte, 'x');
  write("id-0/large.mp4", large);
  test::raw_client lazy{door.address()};
  lazy.say("GET /api/v1/jobs/id-0/files/large.mp4 HTTP/1.1\r\nHost: localhost\r\n\r\n");
  for (int i = 0; i < 20; ++i)
    BOOST_TEST(client.get("/api/v1/jobs/id-0/files/master.m3u8").status == 200u);
}

BOOST_AUTO_TEST_CASE(reach_strangers_by_a_link_for_a_time) {
  const auto made = client.send("POST", "/api/v1/jobs/id-0/links", R"({"expires_in_s": 60})");
  BOOST_TEST(made.status == 201u);
  const std::string url = json::parse(made.body)["url"];
  BOOST_TEST(url.starts_with("/api/v1/shared/id-0/"));
  BOOST_TEST(client.get(url + "master.m3u8").body == "#EXTM3U\n");
  auto of_other = url;
  of_other.replace(of_other.find("id-0"), 4, "id-1");
  BOOST_TEST(client.get(of_other + "master.m3u8").status == 403u);
  const auto old = terms.links->sign("id-0", ledger::unix_ms_now() / 1'000 - 1);
  BOOST_TEST(client.get("/api/v1/shared/id-0/" + old + "/master.m3u8").status == 403u);
  BOOST_TEST(client.send("POST", "/api/v1/jobs/none/links", "{}").status == 404u);
  for (const auto* wrong : {R"({"expires_in_s": 0})", R"({"expires_in_s": 604801})",
                            R"({"expires_in_s": "1"})", R"({"for": 1})", "[]"})
    BOOST_TEST(client.send("POST", "/api/v1/jobs/id-0/links", wrong).status == 400u, wrong);
}

BOOST_AUTO_TEST_SUITE_END()
