#include "net/http/gateway.hpp"
#include "test/desk/plain_desk.hpp"
#include "test/http/memory_archive.hpp"
#include "test/http/web_client.hpp"
#include "test/support/temp_folder.hpp"
#include "test/support/until.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <iterator>

namespace {

using namespace std::chrono_literals;
using namespace vdoc;
using nlohmann::json;
using headers = test::web_client::headers;

constexpr const char* type = "application/offset+octet-stream";
constexpr const char* place = "/api/v1/uploads";

uploads::tenant_room four_mib_each(const std::string& /*tenant*/) {
  return {4UL << 20U};
}

/// A gateway that takes uploads of at most 3 MiB, and 4 MiB of each tenant.
struct a_gateway_for_uploads {
  test::temp_folder folder;
  test::plain_desk desk;
  std::shared_ptr<uploads::upload_store> store = open();
  std::optional<net::http_gateway> door;
  std::optional<test::web_client> client;

  a_gateway_for_uploads() { begin(); }

  [[nodiscard]] std::shared_ptr<uploads::upload_store> open() const {
    return std::make_shared<uploads::upload_store>(
        folder / "uploads", uploads::upload_terms{3UL << 20U, 60'000, four_mib_each});
  }
  void begin() {
    net::http_terms terms;
    terms.endpoint = "127.0.0.1:0";
    terms.uploads = store;
    door.emplace(desk, terms);
    client.emplace(door->address());
  }
  void restart() {
    client.reset();
    door.reset();
    store = open();
    begin();
  }

  test::heard ask(const std::string& method, const std::string& path, headers with = {},
                  const std::string& body = "") {
    with.emplace_back("Tus-Resumable", "1.0.0");
    return client->send(method, path, body, with);
  }
  std::string create(std::uint64_t length, const std::string& metadata = "filename dGFsay5tcDQ=") {
    const auto made = ask(
        "POST", place, {{"Upload-Length", std::to_string(length)}, {"Upload-Metadata", metadata}});
    BOOST_TEST_REQUIRE(made.status == 201u, made.body);
    return made.header("location");
  }
  test::heard append(const std::string& where, std::uint64_t offset, const std::string& bytes,
                     const headers& more = {}) {
    headers with{{"Upload-Offset", std::to_string(offset)}, {"Content-Type", type}};
    with.insert(with.end(), more.begin(), more.end());
    return ask("PATCH", where, with, bytes);
  }
  std::string offset_of(const std::string& where) {
    return ask("HEAD", where).header("upload-offset");
  }
  [[nodiscard]] std::string content_of(const std::string& where) const {
    const auto id = where.substr(where.rfind('/') + 1);
    std::ifstream in{folder / "uploads" / id / "talk.mp4", std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
  }
};

/// Bytes of which every part looks different.
std::string bytes_of(std::size_t size) {
  std::string all(size, '\0');
  std::uint32_t state = 1;
  for (auto& one : all) {
    state = state * 1'664'525U + 1'013'904'223U;
    one = static_cast<char>(state >> 24U);
  }
  return all;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(uploads_over_http, a_gateway_for_uploads)

BOOST_AUTO_TEST_CASE(say_what_the_service_takes) {
  const auto said = client->send("OPTIONS", place, "");
  BOOST_TEST(said.status == 204u);
  BOOST_TEST(said.header("tus-version") == "1.0.0");
  BOOST_TEST(said.header("tus-max-size") == "3145728");
  BOOST_TEST(said.header("tus-extension") ==
             "creation,creation-defer-length,creation-with-upload,termination,expiration,checksum");
}

BOOST_AUTO_TEST_CASE(come_in_pieces_and_stand_where_the_last_one_ended) {
  const auto all = bytes_of(2'500'000);
  const auto where = create(all.size());
  BOOST_TEST(offset_of(where) == "0");
  const auto first = append(where, 0, all.substr(0, 1'000'001));
  BOOST_TEST(first.status == 204u);
  BOOST_TEST(first.header("upload-offset") == "1000001");
  BOOST_TEST(!first.header("upload-expires").empty());
  const auto last = append(where, 1'000'001, all.substr(1'000'001));
  BOOST_TEST(last.header("upload-offset") == "2500000");
  BOOST_TEST(last.header("upload-expires").empty());
  BOOST_TEST((content_of(where) == all));
  const auto head = ask("HEAD", where);
  BOOST_TEST(head.header("upload-length") == "2500000");
  BOOST_TEST(head.header("upload-metadata") == "filename dGFsay5tcDQ=");
}

BOOST_AUTO_TEST_CASE(come_over_one_connection) {
  const auto where = create(6);
  test::raw_client raw{door->address()};
  for (const auto* offset : {"0", "3"})
    raw.say("PATCH " + where +
            " HTTP/1.1\r\nHost: localhost\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: " + offset +
            "\r\nContent-Type: application/offset+octet-stream\r\nContent-Length: 3\r\n\r\nabc");
  BOOST_TEST(raw.hear_until("Upload-Offset: 6").find("Upload-Offset: 6") != std::string::npos);
  BOOST_TEST(content_of(where) == "abcabc");
}

BOOST_AUTO_TEST_CASE(may_begin_with_their_first_bytes) {
  const auto made = ask("POST", place, {{"Upload-Length", "5"}, {"Content-Type", type}}, "abc");
  BOOST_TEST(made.status == 201u);
  BOOST_TEST(made.header("upload-offset") == "3");
  BOOST_TEST(append(made.header("location"), 3, "de").header("upload-offset") == "5");
}

BOOST_AUTO_TEST_CASE(are_refused_for_what_is_wrong_with_them) {
  const auto where = create(10);
  BOOST_TEST(client->send("HEAD", where, "").status == 412u);
  BOOST_TEST(append(where, 4, "abc").status == 409u);
  BOOST_TEST(append(where, 4, "abc").header("upload-offset") == "0");
  BOOST_TEST(append(where, 0, "abcdefghijk").status == 413u);
  BOOST_TEST(
      ask("PATCH", where, {{"Upload-Offset", "0"}, {"Content-Type", "text/plain"}}, "abc").status ==
      415u);
  BOOST_TEST(ask("PATCH", where, {{"Content-Type", type}}, "abc").status == 400u);
  BOOST_TEST(ask("HEAD", std::string{place} + "/00000000000000000000000000000000").status == 404u);
  BOOST_TEST(ask("POST", place, {{"Upload-Length", "3145729"}}).status == 413u);
  BOOST_TEST(ask("POST", place).status == 400u);
  BOOST_TEST(ask("GET", where).status == 405u);
  BOOST_TEST(offset_of(where) == "0");
}

BOOST_AUTO_TEST_CASE(have_a_quota_in_bytes_for_each_tenant) {
  const auto where = create(3UL << 20U);
  const auto more = ask("POST", place, {{"Upload-Length", "1048577"}});
  BOOST_TEST(more.status == 429u);
  BOOST_TEST(more.body.find("service.tenant_upload_gb") != std::string::npos);
  create(1UL << 20U);
  BOOST_TEST(ask("DELETE", where).status == 204u);
  create(3UL << 20U);
}

BOOST_AUTO_TEST_CASE(may_begin_before_their_length_is_known) {
  const auto begin_one = [&] {
    const auto made =
        ask("POST", place,
            {{"Upload-Defer-Length", "1"}, {"Upload-Metadata", "filename dGFsay5tcDQ="}});
    BOOST_TEST_REQUIRE(made.status == 201u, made.body);
    return made.header("location");
  };
  const auto where = begin_one();
  BOOST_TEST(append(where, 0, "abc").header("upload-offset") == "3");
  restart();
  auto head = ask("HEAD", where);
  BOOST_TEST(head.header("upload-offset") == "3");
  BOOST_TEST(head.header("upload-defer-length") == "1");
  BOOST_TEST(head.header("upload-length") == "");
  BOOST_TEST(!head.header("upload-expires").empty());
  BOOST_TEST(append(where, 3, "de", {{"Upload-Length", "7"}}).header("upload-offset") == "5");
  BOOST_TEST(append(where, 5, "f", {{"Upload-Length", "8"}}).status == 400u);
  restart();
  head = ask("HEAD", where);
  BOOST_TEST(head.header("upload-length") == "7");
  BOOST_TEST(head.header("upload-defer-length") == "");
  BOOST_TEST(append(where, 5, "fgh").status == 413u);
  BOOST_TEST(append(where, 5, "fg").header("upload-expires") == "");
  BOOST_TEST(content_of(where) == "abcdefg");

  const auto ends_empty = begin_one();
  append(ends_empty, 0, "abc");
  BOOST_TEST(append(ends_empty, 3, "", {{"Upload-Length", "3"}}).status == 204u);
  BOOST_TEST(ask("HEAD", ends_empty).header("upload-expires") == "");
}

BOOST_AUTO_TEST_CASE(stay_within_limits_while_they_grow_without_a_length) {
  create(2UL << 20U); // of the 4 MiB of its tenant
  const auto made = ask("POST", place, {{"Upload-Defer-Length", "1"}});
  const auto where = made.header("location");
  const std::string mib(1UL << 20U, 'x');
  BOOST_TEST(append(where, 0, mib).status == 204u);
  BOOST_TEST(append(where, 1UL << 20U, mib + "y").status == 429u);
  const auto stands = std::stoull(offset_of(where));
  BOOST_TEST(stands >= 1UL << 20U); // what came before it was too much is kept
  BOOST_TEST(stands <= 2UL << 20U);
  BOOST_TEST(append(where, stands, "", {{"Upload-Length", "2097153"}}).status == 429u);
  BOOST_TEST(ask("HEAD", where).header("upload-defer-length") == "1");
  BOOST_TEST(append(where, stands, "", {{"Upload-Length", "3145729"}}).status == 413u);
  BOOST_TEST(append(where, stands, "", {{"Upload-Length", std::to_string(stands)}}).status == 204u);
  BOOST_TEST(ask("HEAD", where).header("upload-expires") == "");
}

BOOST_AUTO_TEST_CASE(are_gone_with_their_files_when_their_client_ends_them) {
  const auto where = create(10);
  append(where, 0, "abc");
  BOOST_TEST(ask("DELETE", where).status == 204u);
  BOOST_TEST(ask("HEAD", where).status == 404u);
  BOOST_TEST(append(where, 3, "def").status == 404u);
  BOOST_TEST(std::filesystem::is_empty(folder / "uploads"));
}

BOOST_AUTO_TEST_CASE(keep_what_came_before_the_connection_broke) {
  const auto where = create(1'000'000);
  {
    test::raw_client raw{door->address()};
    raw.say("PATCH " + where +
            " HTTP/1.1\r\nHost: localhost\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\n"
            "Content-Type: application/offset+octet-stream\r\nContent-Length: 1000000\r\n\r\n" +
            bytes_of(700'000));
    BOOST_TEST(test::until(60s, [&] { return content_of(where).size() >= 524'288; }));
  }
  BOOST_TEST(test::until(60s, [&] { return offset_of(where) == "700000"; }));
  BOOST_TEST((content_of(where) == bytes_of(700'000)));
}

BOOST_AUTO_TEST_CASE(go_on_while_the_old_connection_still_seems_to_be_there) {
  const auto where = create(1'000'000);
  const auto all = bytes_of(1'000'000);
  test::raw_client raw{door->address()};
  raw.say("PATCH " + where +
          " HTTP/1.1\r\nHost: localhost\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\n"
          "Content-Type: application/offset+octet-stream\r\nContent-Length: 1000000\r\n\r\n" +
          all.substr(0, 600'000));
  BOOST_TEST(test::until(60s, [&] { return content_of(where).size() >= 524'288; }));
  const auto stands = std::stoul(offset_of(where));
  BOOST_TEST(stands >= 524'288u);
  BOOST_TEST(append(where, stands, all.substr(stands)).header("upload-offset") == "1000000");
  BOOST_TEST((content_of(where) == all));
  raw.say("more of the old");
  BOOST_TEST(raw.hear_all().empty());
}

BOOST_AUTO_TEST_CASE(stand_where_they_stood_after_a_restart) {
  const auto all = bytes_of(900'000);
  const auto where = create(all.size());
  append(where, 0, all.substr(0, 400'000));
  restart();
  BOOST_TEST(offset_of(where) == "400000");
  BOOST_TEST(append(where, 400'000, all.substr(400'000)).header("upload-offset") == "900000");
  BOOST_TEST((content_of(where) == all));
}

BOOST_AUTO_TEST_CASE(take_nothing_of_bytes_with_a_wrong_checksum) {
  const auto where = create(9);
  const auto wrong =
      append(where, 0, "abc", {{"Upload-Checksum", "sha1 2jmj7l5rSw0yVb/vlWAYkK/YBwk="}});
  BOOST_TEST(wrong.status == 460u);
  BOOST_TEST(offset_of(where) == "0");
  BOOST_TEST(content_of(where).empty());
  const auto right =
      append(where, 0, "abc", {{"Upload-Checksum", "sha1 qZk+NkcGgWq6PiVxeFDCbJzQ2J0="}});
  BOOST_TEST(right.header("upload-offset") == "3");
  const auto sha256 =
      append(where, 3, "abc",
             {{"Upload-Checksum", "sha256 ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="}});
  BOOST_TEST(sha256.header("upload-offset") == "6");
  BOOST_TEST(append(where, 6, "abc", {{"Upload-Checksum", "md5 AAAA"}}).status == 400u);
}

BOOST_AUTO_TEST_CASE(bring_their_job_along) {
  // {"labels": {"show": "news"}}
  const auto made = ask(
      "POST", place,
      {{"Upload-Length", "10"},
       {"Upload-Metadata", "filename dGFsay5tcDQ=,job eyJsYWJlbHMiOiB7InNob3ciOiAibmV3cyJ9fQ=="}});
  BOOST_TEST(made.status == 201u);
  BOOST_TEST(made.header("job-id") == "id-0");
  const auto id = made.header("location").substr(std::string_view{"/api/v1/uploads/"}.size());
  const std::scoped_lock lock{desk.mutex};
  BOOST_TEST(desk.jobs.at("id-0").source == "upload:" + id);
  BOOST_TEST(desk.jobs.at("id-0").labels == R"({"show":"news"})");
}

BOOST_AUTO_TEST_CASE(are_not_made_when_their_job_is_refused) {
  // {"source": "/etc/passwd"}
  const auto other = ask(
      "POST", place,
      {{"Upload-Length", "10"}, {"Upload-Metadata", "job eyJzb3VyY2UiOiAiL2V0Yy9wYXNzd2QifQ=="}});
  BOOST_TEST(other.status == 400u);
  BOOST_TEST(json::parse(other.body)["message"].get<std::string>().find("no source") !=
             std::string::npos);
  BOOST_TEST(desk.jobs.empty());
  BOOST_TEST(store->book.bytes_of("default") == 0u);
}

BOOST_AUTO_TEST_CASE(are_found_again_by_the_key_of_their_job_when_the_answer_was_lost) {
  // {"idempotency_key": "k1"}
  const headers with{{"Upload-Length", "3000000"}, // of 4 MiB

                     {"Upload-Metadata", "job eyJpZGVtcG90ZW5jeV9rZXkiOiAiazEifQ=="}};
  const auto first = ask("POST", place, with);
  append(first.header("location"), 0, "abc");
  const auto again = ask("POST", place, with);
  BOOST_TEST(again.status == 201u);
  BOOST_TEST(again.header("location") == first.header("location"));
  BOOST_TEST(again.header("upload-offset") == "3");
  BOOST_TEST(ask("POST", place, {with[0]}).status == 429u); // without the key it is another one
  BOOST_TEST(store->book.bytes_of("default") == 3'000'000u);
}

BOOST_AUTO_TEST_CASE(are_asked_for_again_while_nobody_knows_which_there_are) {
  const auto where = create(10);
  const auto reading = store->book.expect();
  for (const auto& answer : {ask("HEAD", where), ask("POST", place, {{"Upload-Length", "10"}}),
                             ask("DELETE", where), append(where, 0, "abc")}) {
    BOOST_TEST(answer.status == 503u);
    BOOST_TEST(answer.header("retry-after") == "1");
  }
  BOOST_TEST(ask("POST", place).body.find("being looked through") != std::string::npos);
  store->book.take_up(reading, store->folder.read());
  BOOST_TEST(append(where, 0, "abc").header("upload-offset") == "3");
}

BOOST_AUTO_TEST_CASE(hold_up_nobody_else) {
  const auto where = create(3'000'000);
  test::raw_client raw{door->address()};
  raw.say("PATCH " + where +
          " HTTP/1.1\r\nHost: localhost\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\n"
          "Content-Type: application/offset+octet-stream\r\nContent-Length: 3000000\r\n\r\nabc");
  BOOST_TEST(client->get("/healthz").status == 200u);
  BOOST_TEST(test::until(60s, [&] { return content_of(where) == "abc"; }), "not after a second");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(uploads_with_tokens)

static net::http_terms terms_with(test::memory_archive& archive,
                                  std::shared_ptr<uploads::upload_store> uploads) {
  net::http_terms terms;
  terms.endpoint = "127.0.0.1:0";
  terms.uploads = std::move(uploads);
  terms.registry = std::make_shared<vdoc::desk::registry>(
      archive,
      vdoc::desk::registry::means{[] { return std::int64_t{1}; },
                                  [n = 0]() mutable { return "t" + std::to_string(++n); }});
  return terms;
}

BOOST_FIXTURE_TEST_CASE(belong_to_their_tenant_and_need_a_publisher, a_gateway_for_uploads) {
  test::memory_archive archive;
  net::http_gateway kept{desk, terms_with(archive, store)};
  test::web_client asker{kept.address()};
  const auto make = [&](const json& wish, const headers& with = {}) {
    const auto made = asker.send("POST", "/api/v1/tokens", wish.dump(), with);
    return "Bearer " + json::parse(made.body)["token"].get<std::string>();
  };
  const auto admin = make({{"name", "ann"}, {"tenant", "*"}, {"role", "admin"}});
  const headers as_admin{{"Authorization", admin}};
  const auto ours = make({{"name", "a"}, {"tenant", "ours"}, {"role", "publisher"}}, as_admin);
  const auto theirs = make({{"name", "b"}, {"tenant", "theirs"}, {"role", "publisher"}}, as_admin);
  const auto viewer = make({{"name", "c"}, {"tenant", "ours"}, {"role", "viewer"}}, as_admin);
  const auto with = [](const std::string& token) {
    return headers{{"Authorization", token}, {"Tus-Resumable", "1.0.0"}, {"Upload-Length", "10"}};
  };
  const auto made = asker.send("POST", place, "", with(ours));
  BOOST_TEST(made.status == 201u);
  BOOST_TEST(store->book.bytes_of("ours") == 10u);
  const auto where = made.header("location");
  BOOST_TEST(asker.send("HEAD", where, "", with(ours)).status == 200u);
  BOOST_TEST(asker.send("HEAD", where, "", with(theirs)).status == 404u);
  BOOST_TEST(asker.send("DELETE", where, "", with(theirs)).status == 404u);
  const auto line = "begin upload " + where.substr(where.rfind('/') + 1) + " by a (t3)";
  BOOST_TEST(std::ranges::count(archive.audit(), line) == 1, line);
  BOOST_TEST(asker.send("POST", place, "", with(viewer)).status == 403u);
  BOOST_TEST(asker.send("POST", place, "", with("Bearer none")).status == 401u);
  auto foreign = with(ours);
  foreign.emplace_back("Upload-Metadata", "tenant dGhlaXJz"); // theirs
  BOOST_TEST(asker.send("POST", place, "", foreign).status == 403u);
  BOOST_TEST(asker.send("DELETE", where, "", with(ours)).status == 204u);
  const auto removed = "remove upload " + where.substr(where.rfind('/') + 1) + " by a (t3)";
  BOOST_TEST(std::ranges::count(archive.audit(), removed) == 1, removed);
}

BOOST_FIXTURE_TEST_CASE(leave_a_line_when_they_expire, a_gateway_for_uploads) {
  test::memory_archive archive;
  const auto brief = std::make_shared<uploads::upload_store>(
      folder / "short", uploads::upload_terms{3UL << 20U, 100, four_mib_each});
  net::http_gateway kept{desk, terms_with(archive, brief)};
  test::web_client asker{kept.address()};
  const json admin{{"name", "a"}, {"tenant", "*"}, {"role", "admin"}};
  const auto token = json::parse(asker.send("POST", "/api/v1/tokens", admin.dump()).body)["token"];
  const auto made = asker.send("POST", place, "",
                               {{"Authorization", "Bearer " + token.get<std::string>()},
                                {"Tus-Resumable", "1.0.0"},
                                {"Upload-Length", "10"}});
  const auto where = made.header("location");
  const auto line = "expire upload " + where.substr(where.rfind('/') + 1) + " by uploads";
  BOOST_TEST(test::until(60s, [&] { return std::ranges::count(archive.audit(), line) == 1; }));
}

BOOST_AUTO_TEST_SUITE_END()
