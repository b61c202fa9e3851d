#include "cluster/artefacts/receipt.hpp"
#include "net/http/gateway.hpp"
#include "test/desk/plain_desk.hpp"
#include "test/http/watched_store.hpp"
#include "test/http/web_client.hpp"
#include "test/support/temp_folder.hpp"
#include "test/support/until.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <fstream>
#include <mutex>
#include <optional>

namespace {

using namespace std::chrono_literals;
using namespace vdoc;
using nlohmann::json;
namespace fs = std::filesystem;
using headers = test::web_client::headers;

constexpr const char* film_path = "/api/v1/jobs/id-0/files/video/film.mp4";

/// A job whose results only the store has, but for its report; and one whose results are here.
struct a_gateway_to_a_store {
  test::temp_folder folder, root;
  test::plain_desk desk;
  std::shared_ptr<test::watched_shelf> shelf = std::make_shared<test::watched_shelf>();
  net::http_terms terms;
  std::string film;
  std::mutex mutex;
  std::vector<std::string> breaker; ///< how it was, one after the other
  std::optional<net::http_gateway> door;
  std::optional<test::web_client> client;

  a_gateway_to_a_store() {
    terms.endpoint = "127.0.0.1:0";
    terms.links = std::make_shared<net::link_signer>(net::secret_key{7});
    terms.store = [this] { return std::make_unique<test::watched_store>(root.path(), shelf); };
    terms.show_breaker = [this](const resources::breaker_reading& now) {
      const std::scoped_lock lock{mutex};
      breaker.push_back(now.name + " " + now.state);
    };
    terms.limits.store_answer = 1'500ms;
    desk.folder = folder.path().string();
    desk.jobs["id-0"].source = "/a";
    desk.jobs["id-1"].source = "/b";
    for (int i = 0; i < 3'000'000; ++i)
      film += static_cast<char>(i * 7 + i / 251);
    write(root / "id-0/video/film.mp4", film);
    write(root / "id-0/master.m3u8", "#EXTM3U\n");
    write(root / "id-0/empty.txt", "");
    write(root / "id-0/job.json", "of the store");
    write(root / "id-0/.work/secret", "x");
    write(root / "id-1/other.txt", "of another job");
    write(folder / "id-0/job.json", "of the folder");
    write(artefacts::receipt_in(folder / "id-0"), "3000000 video/film.mp4\n");
    write(folder / "id-1/here.txt", "here");
    door.emplace(desk, terms);
    client.emplace(door->address());
  }
  ~a_gateway_to_a_store() { shelf->release(); }
  static void write(const fs::path& file, const std::string& text) {
    fs::create_directories(file.parent_path());
    std::ofstream{file, std::ios::binary} << text;
  }
  test::heard get(const std::string& name, const headers& with = {}) {
    return client->get("/api/v1/jobs/id-0/files/" + name, with);
  }
  [[nodiscard]] test::raw_client asks_for(const std::string& path) const {
    test::raw_client raw{door->address()};
    raw.say("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
    return raw;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(results_that_the_store_alone_has, a_gateway_to_a_store)

BOOST_AUTO_TEST_CASE(come_whole_with_their_type_length_and_tag) {
  const auto all = get("video/film.mp4");
  BOOST_TEST(all.status == 200u);
  BOOST_TEST((all.body == film));
  BOOST_TEST(all.header("content-type") == "video/mp4");
  BOOST_TEST(all.header("content-length") == "3000000");
  BOOST_TEST(all.header("accept-ranges") == "bytes");
  BOOST_TEST(all.header("cache-control") == "private, no-cache");
  BOOST_TEST(all.header("last-modified").ends_with(" GMT"));
  const auto tag = artefacts::directory_store{root.path()}.look("id-0/video/film.mp4")->etag;
  BOOST_TEST(all.header("etag") == tag);
  const auto before = shelf->reads.load();
  const auto again = get("video/film.mp4", {{"If-None-Match", tag}});
  BOOST_TEST(again.status == 304u);
  BOOST_TEST(again.body == "");
  BOOST_TEST(get("empty.txt").status == 200u);
  BOOST_TEST(get("empty.txt").header("content-length") == "0");
  BOOST_TEST(shelf->reads == before);
  BOOST_TEST(get("master.m3u8").header("content-type") == "application/vnd.apple.mpegurl");
  BOOST_TEST(shelf->longest_read <= 256U * 1024);
}

BOOST_AUTO_TEST_CASE(say_how_long_they_are_without_being_read) {
  const auto head = client->send("HEAD", film_path, "");
  BOOST_TEST(head.status == 200u);
  BOOST_TEST(head.header("content-length") == "3000000");
  BOOST_TEST(head.body == "");
  BOOST_TEST(shelf->reads == 0);
}

BOOST_AUTO_TEST_CASE(come_in_part) {
  const auto part = [&](const char* range, const headers& more = {}) {
    auto with = more;
    with.emplace_back("Range", range);
    return get("video/film.mp4", with);
  };
  const auto middle = part("bytes=1000000-2499999");
  BOOST_TEST(middle.status == 206u);
  BOOST_TEST((middle.body == film.substr(1'000'000, 1'500'000)));
  BOOST_TEST(middle.header("content-range") == "bytes 1000000-2499999/3000000");
  BOOST_TEST(middle.header("content-length") == "1500000");
  BOOST_TEST((part("bytes=-5").body == film.substr(film.size() - 5)));
  const auto beyond = part("bytes=3000000-");
  BOOST_TEST(beyond.status == 416u);
  BOOST_TEST(beyond.header("content-range") == "bytes */3000000");
  BOOST_TEST(part("bytes=0-1", {{"If-Range", middle.header("etag")}}).status == 206u);
  BOOST_TEST(part("bytes=0-1", {{"If-Range", "\"older\""}}).status == 200u);
}

BOOST_AUTO_TEST_CASE(are_asked_for_only_when_they_are_not_in_their_folder_any_more) {
  BOOST_TEST(get("job.json").body == "of the folder");
  BOOST_TEST(client->get("/api/v1/jobs/id-1/files/here.txt").body == "here");
  BOOST_TEST(client->get("/api/v1/jobs/id-1/files/other.txt").status == 404u); // no receipt
  BOOST_TEST(client->get("/api/v1/jobs/none/files/master.m3u8").status == 404u);
  for (const auto* wrong : {"", ".", "..", "../id-1/other.txt", "%2e%2e/id-1/other.txt",
                            "..%2fid-1%2fother.txt", ".work/secret", "video/", "video//film.mp4"})
    BOOST_TEST(get(wrong).status / 100 == 4u, wrong);
  BOOST_TEST(shelf->looks == 0);
  BOOST_TEST(get("none.txt").status == 404u);
  BOOST_TEST(get("video").status == 404u);
  BOOST_TEST(shelf->looks == 2);
}

BOOST_AUTO_TEST_CASE(are_refused_for_a_while_when_the_store_is_away_and_the_store_left_alone) {
  shelf->away = true;
  for (int i = 0; i < 5; ++i) {
    const auto no = get("master.m3u8");
    BOOST_TEST(no.status == 503u);
    const auto wait = std::stoi(no.header("retry-after"));
    BOOST_TEST(wait >= 1);
    BOOST_TEST(wait <= 2);
    BOOST_TEST(no.header("content-type") == "application/problem+json");
    const std::string words = json::parse(no.body)["message"];
    BOOST_TEST(words == "the artefact store does not give it now: shelf.example:9000: connection "
                        "refused");
  }
  BOOST_TEST(shelf->looks == 3); // the breaker is open
  BOOST_TEST(get("job.json").status == 200u);
  const std::string url =
      json::parse(client->send("POST", "/api/v1/jobs/id-0/links", "{}")
                      .body)["url"]; // strangers are not told where the store is
  const auto of_link = client->get(url + "master.m3u8");
  BOOST_TEST(of_link.status == 503u);
  BOOST_TEST(of_link.body.find("shelf.example") == std::string::npos);
  shelf->away = false;
  BOOST_TEST(test::until(60s, [&] { return get("master.m3u8").status == 200u; }));
  BOOST_TEST(shelf->looks == 4);
  BOOST_TEST(client->get(url + "master.m3u8").body == "#EXTM3U\n");
  const std::scoped_lock lock{mutex};
  BOOST_TEST(breaker ==
             (std::vector<std::string>{"artefacts read closed", "artefacts read open",
                                       "artefacts read half_open", "artefacts read closed"}));
}

BOOST_AUTO_TEST_CASE(hold_up_nobody_while_the_store_does_not_answer) {
  shelf->hold();
  auto waiting = asks_for(film_path);
  BOOST_TEST(test::until(60s, [&] { return shelf->looks == 1; }));
  for (int i = 0; i < 20; ++i)
    BOOST_TEST(client->get("/api/v1/jobs/id-1/files/here.txt").status == 200u);
  BOOST_TEST(waiting.hear_until("does not answer").find("HTTP/1.1 503") == 0U);
}

BOOST_AUTO_TEST_CASE(end_with_their_connection_when_the_store_goes_away_in_the_middle) {
  shelf->good_reads = 4;
  auto raw = asks_for(film_path);
  const auto got = raw.hear_all();
  const auto body = got.substr(got.find("\r\n\r\n") + 4);
  BOOST_TEST(got.starts_with("HTTP/1.1 200"));
  BOOST_TEST(body.size() < film.size());
  BOOST_TEST((body == film.substr(0, body.size())));
  shelf->good_reads = 1'000'000'000;
  shelf->away = false;
  const auto rest =
      get("video/film.mp4", {{"Range", "bytes=" + std::to_string(body.size()) + "-"}});
  BOOST_TEST((rest.body == film.substr(body.size())));
}

BOOST_AUTO_TEST_CASE(are_read_no_faster_than_their_client_takes_them) {
  constexpr std::uint64_t bytes = 80'000'000;
  write(root / "id-0/large.mp4", std::string(bytes, 'x'));
  std::vector<test::raw_client> lazy;
  for (int i = 0; i < 4; ++i)
    lazy.push_back(asks_for("/api/v1/jobs/id-0/files/large.mp4"));
  int seen = -1;
  BOOST_TEST(test::until(60s, [&] { // until it stands still for 200 ms
    const auto before = std::exchange(seen, shelf->reads.load());
    return before >= 4 && !test::until(200ms, [&] { return shelf->reads != before; });
  }));
  const auto most_in_the_kernel = static_cast<int>(4 * 20'000'000 / (256 * 1024));
  BOOST_TEST(shelf->reads < most_in_the_kernel); // of 1,220
  BOOST_TEST((get("video/film.mp4").body == film));
}

BOOST_AUTO_TEST_CASE(are_forgotten_with_their_clients) {
  shelf->hold();
  {
    const auto gone = asks_for(film_path);
    BOOST_TEST(test::until(60s, [&] { return shelf->looks == 1; }));
  }
  shelf->release();
  BOOST_TEST((get("video/film.mp4").body == film));
}

BOOST_AUTO_TEST_SUITE_END()
