#include "test/service/a_service_with_clips.hpp"
#include "test/support/folder_bytes.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <sys/stat.h>

namespace {

using namespace vdoc::test;
using namespace std::chrono_literals;
using nlohmann::json;
namespace fs = std::filesystem;

constexpr int frames = a_service_with_clips::frames;

/// What the client wrote, line by line.
struct told {
  std::string url, job;
  std::uint64_t offset = 0;
  bool done = false;
};

told read(const std::string& lines) {
  told it;
  std::istringstream in{lines};
  for (std::string line; std::getline(in, line);) {
    const auto said = json::parse(line);
    if (said.contains("url")) {
      it.url = said["url"];
      it.job = said.value("job", "");
    }
    it.offset = said.value("offset", it.offset);
    it.done = it.done || said.contains("done");
  }
  return it;
}

struct a_service_for_uploads : a_service_with_clips {
  a_service_for_uploads() {
    BOOST_TEST_REQUIRE(fs::exists(here / "node_modules/tus-js-client"),
                       "run ./dev setup, or npm ci in test/service");
  }
  outcome send(const fs::path& file, const json& options) const {
    return run({{"node", (here / "tus_upload.mjs").string(), http(), file.string(), options.dump()},
                {},
                {}},
               60s);
  }
  /// Sends so much of a file, with a job of renditions only.
  told send_part(const fs::path& file, double part) const {
    const auto stop = static_cast<std::uint64_t>(part * static_cast<double>(fs::file_size(file)));
    const auto sent = send(file, {{"job", {{"spec", spec}}}, {"chunk", 65'536}, {"stop_at", stop}});
    BOOST_TEST_REQUIRE(sent.succeeded(), sent.story() + sent.out);
    return read(sent.out);
  }
  void send_rest(const fs::path& file, const told& first) const {
    const auto sent = send(file, {{"url", first.url}, {"chunk", 65'536}});
    BOOST_TEST(sent.succeeded(), sent.story() + sent.out);
    BOOST_TEST(read(sent.out).done);
  }
  [[nodiscard]] std::uint64_t offset_of(const told& it) const {
    const auto head = client->send("HEAD", it.url, "", {{"Tus-Resumable", "1.0.0"}});
    return head.status == 200 ? std::stoull(head.header("upload-offset")) : 0;
  }
  const fs::path here = fs::path{VDOC_SOURCE_FOLDER} / "test/service";
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_service_that_is_uploaded_to, a_service_for_uploads)

BOOST_AUTO_TEST_CASE(goes_on_with_an_upload_after_it_was_killed) {
  begin();
  const auto file = clip("index_at_end.mp4", "");
  const auto first = send_part(file, 0.5);
  BOOST_TEST(job(first.job)["state"] == "queued");
  BOOST_TEST(job(first.job)["stage"] == "waits for its upload: " + std::to_string(first.offset) +
                                            " of " + std::to_string(fs::file_size(file)) +
                                            " bytes");
  std::ifstream in{file, std::ios::binary};
  const std::string bytes{std::istreambuf_iterator<char>{in}, {}};
  raw_client raw{http()}; // more of it is on its way when the service dies
  raw.say("PATCH " + first.url + " HTTP/1.1\r\nHost: localhost\r\nTus-Resumable: 1.0.0\r\n" +
          "Upload-Offset: " + std::to_string(first.offset) +
          "\r\nContent-Type: application/offset+octet-stream\r\nContent-Length: " +
          std::to_string(bytes.size() - first.offset) + "\r\n\r\n" +
          bytes.substr(first.offset, 700'000));
  kill_node();
  begin();
  BOOST_TEST(offset_of(first) >= first.offset);
  BOOST_TEST(offset_of(first) <= first.offset + 700'000);
  BOOST_TEST(job(first.job)["state"] == "queued");
  send_rest(file, first);
  BOOST_TEST(ends(first.job, "succeeded"), log());
  BOOST_TEST(frames_of(first.job) == frames);
}

BOOST_AUTO_TEST_CASE(works_on_an_upload_while_it_is_running_and_makes_the_same_of_it) {
  environment["VIDEO_DOC_SERVICE_MAX_CONCURRENT_JOBS"] = "2";
  begin();
  const std::vector<std::pair<std::string, std::string>> containers{
      {"a.ts", "-f mpegts"},
      {"a.mkv", "-f matroska"},
      {"faststart.mp4", "-movflags +faststart"}}; // others: test/gst/growing_test

  for (const auto& [name, options] : containers) {
    const auto file = clip(name, options);
    const auto first = send_part(file, 0.75);
    const auto playlist = "/api/v1/jobs/" + first.job + "/files/master.m3u8";
    const bool plays = until(18s, [&] { return client->get(playlist).status == 200; });
    BOOST_TEST(plays, name + ": " + job(first.job).dump());
    BOOST_TEST(job(first.job)["state"] == "running", name);
    BOOST_TEST(offset_of(first) == first.offset, name);
    send_rest(file, first);
    BOOST_TEST(ends(first.job, "succeeded"), name + ": " + log());
    const auto whole = submit({{"source", file.string()}, {"spec", spec}});
    BOOST_TEST(ends(whole, "succeeded"), name);
    BOOST_TEST(frames_of(first.job) == frames, name);
    const auto jobs = served() / "jobs";
    for (const auto& difference : differences(jobs / first.job, jobs / whole))
      BOOST_ERROR(std::string{name}.append(": ").append(difference));
    const auto history = json::parse(client->get("/api/v1/jobs/" + first.job + "/history").body);
    BOOST_TEST(history["events"].size() == 3u, history.dump()); // one attempt was enough
  }
}

BOOST_AUTO_TEST_CASE(works_on_an_upload_of_which_nobody_knows_the_length_yet) {
  begin();
  const auto file = clip("a.ts", "-f mpegts");
  std::ifstream in{file, std::ios::binary};
  const std::string bytes{std::istreambuf_iterator<char>{in}, {}};
  const web_client::headers tus{{"Tus-Resumable", "1.0.0"}};
  auto with = tus;
  with.emplace_back("Upload-Defer-Length", "1");
  // a.ts, {"spec": {"document": false, "captions": "off", "segment_ms": 2000}}
  with.emplace_back("Upload-Metadata",
                    "filename YS50cw==,job eyJzcGVjIjogeyJkb2N1bWVudCI6IGZhbHNlLCAiY2FwdGlvbnMiOiAi"
                    "b2ZmIiwgInNlZ21lbnRfbXMiOiAyMDAwfX0=");
  const auto made = client->send("POST", "/api/v1/uploads", "", with);
  BOOST_TEST_REQUIRE(made.status == 201u, made.body);
  const auto url = made.header("location");
  const auto id = made.header("job-id");
  const auto append = [&](std::uint64_t at, std::uint64_t until, bool is_all) {
    auto more = tus;
    more.emplace_back("Content-Type", "application/offset+octet-stream");
    more.emplace_back("Upload-Offset", std::to_string(at));
    if (is_all)
      more.emplace_back("Upload-Length", std::to_string(until));
    return client->send("PATCH", url, bytes.substr(at, until - at), more).status;
  };
  BOOST_TEST(append(0, 100'000, false) == 204u);
  BOOST_TEST(job(id)["stage"] == "waits for its upload: 100000 bytes so far");
  const auto most = bytes.size() / 4 * 3;
  BOOST_TEST(append(100'000, most, false) == 204u);
  const auto playlist = "/api/v1/jobs/" + id + "/files/master.m3u8";
  BOOST_TEST(until(18s, [&] { return client->get(playlist).status == 200; }), job(id).dump());
  BOOST_TEST(job(id)["state"] == "running");
  BOOST_TEST(append(most, bytes.size(), true) == 204u);
  BOOST_TEST(ends(id, "succeeded"), log());
  BOOST_TEST(frames_of(id) == frames);
  const auto whole = submit({{"source", file.string()}, {"spec", spec}});
  BOOST_TEST(ends(whole, "succeeded"), log());
  for (const auto& difference : differences(served() / "jobs" / id, served() / "jobs" / whole))
    BOOST_ERROR(difference);
}

BOOST_AUTO_TEST_CASE(waits_with_a_job_whose_upload_pauses_and_serves_others) {
  environment["VIDEO_DOC_SERVICE_MAX_CONCURRENT_JOBS"] = "2";
  begin();
  const auto file = clip("a.ts", "-f mpegts");
  const auto first = send_part(file, 0.75);
  BOOST_TEST(until(15s, [&] { return job(first.job)["state"] == "running"; }), log());
  BOOST_TEST(until(180s, [&] { return job(first.job)["state"] == "retrying"; }), log());
  BOOST_TEST(job(first.job)["cause"].get<std::string>().starts_with("the upload pauses at byte "));
  const auto other = submit({{"source", clip("b.mp4", "").string()}, {"spec", spec}});
  BOOST_TEST(ends(other, "succeeded"), log());
  send_rest(file, first);
  BOOST_TEST(ends(first.job, "succeeded"), log());
  BOOST_TEST(frames_of(first.job) == frames);
}

BOOST_AUTO_TEST_CASE(fails_a_job_whose_upload_nobody_continues_or_takes_back) {
  environment["VIDEO_DOC_SERVICE_UPLOAD_EXPIRES_S"] = "3";
  begin();
  const auto waiting = send_part(clip("index_at_end.mp4", ""), 0.5);
  const auto running = send_part(clip("a.ts", "-f mpegts"), 0.75);
  for (const auto& one : {waiting, running}) {
    BOOST_TEST(ends(one.job, "failed"), log());
    BOOST_TEST(job(one.job)["cause"].get<std::string>().find("nobody continued it in time") !=
               std::string::npos);
    BOOST_TEST(offset_of(one) == 0u);
  }
  BOOST_TEST(until(60s, [&] { return fs::is_empty(served() / "uploads"); }));
}

BOOST_AUTO_TEST_CASE(takes_no_job_of_an_upload_that_is_not_there) {
  begin();
  const auto none = ask("SUBMIT", {{"source", "upload:0123456789abcdef0123456789abcdef"}});
  BOOST_TEST(none->at("code") == "bad_request");
  const auto made = client->send("POST", "/api/v1/uploads", "",
                                 {{"Tus-Resumable", "1.0.0"}, {"Upload-Length", "10"}});
  const auto id = json::parse(made.body)["id"].get<std::string>();
  const auto mine = submit({{"source", "upload:" + id}});
  BOOST_TEST(job(mine)["state"] == "queued");
  const auto theirs = ask("SUBMIT", {{"source", "upload:" + id}, {"tenant", "theirs"}});
  BOOST_TEST(theirs->at("code") == "bad_request");
}

BOOST_AUTO_TEST_CASE(lead_to_nobody_waiting_while_they_are_looked_through) {
  const auto id = "0123456789abcdef0123456789abcdef";
  const auto slow =
      served() / "uploads" / (std::string{id} + ".json"); // a disk that does not answer
  fs::create_directories(slow.parent_path());
  BOOST_TEST_REQUIRE(::mkfifo(slow.c_str(), 0600) == 0);
  start();
  client = std::make_unique<web_client>(http());
  const auto job = submit({{"source", "/none"}, {"kind", "noop"}});
  BOOST_TEST(wait_for(job, "succeeded", 20s), log());
  const auto ready = client->get("/readyz");
  BOOST_TEST(ready.status == 503u);
  BOOST_TEST(ready.body.find("uploads that lie here are being looked through") != std::string::npos,
             ready.body);
  const auto begin_one = [&] {
    return client->send("POST", "/api/v1/uploads", "",
                        {{"Tus-Resumable", "1.0.0"}, {"Upload-Length", "10"}});
  };
  BOOST_TEST(begin_one().header("retry-after") == "1");
  const auto of_it = ask("SUBMIT", {{"source", std::string{"upload:"} + id}});
  BOOST_TEST(of_it->at("code") == "busy");
  BOOST_TEST(!until(3s, [&] { return log().find("leads no more") != std::string::npos; }), log());
  std::ofstream{slow}.close(); // it answers
  BOOST_TEST(until(20s, [&] { return client->get("/readyz").status == 200; }));
  BOOST_TEST(begin_one().status == 201u);
}

BOOST_AUTO_TEST_SUITE_END()
