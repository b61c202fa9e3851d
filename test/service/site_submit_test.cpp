#include "test/service/a_service_with_clips.hpp"

#include <csignal>
#include <cstdint>

namespace {

using namespace vdoc::test;
using namespace std::chrono_literals;
using nlohmann::json;
namespace fs = std::filesystem;

struct a_service_on_another_machine : a_service_with_clips {
  /// `video-doc submit` as it is used there: it knows an address of HTTP, and nothing else.
  [[nodiscard]] command submission(const fs::path& file, std::vector<std::string> more = {}) const {
    std::vector<std::string> words{"submit", file.string(), "--spec", spec.dump()};
    words.insert(words.end(), more.begin(), more.end());
    auto what = program(std::move(words));
    what.environment["VIDEO_DOC_URL"] = http();
    return what;
  }
  [[nodiscard]] static std::string id_in(const std::string& out) {
    return out.substr(0, out.find('\n'));
  }
  /// The id that a client prints before its file is there.
  [[nodiscard]] static std::string id_of(const running_command& client) {
    BOOST_TEST_REQUIRE(
        until(60s, [&] { return client.out_so_far().find('\n') != std::string::npos; }),
        client.err_so_far());
    return id_in(client.out_so_far());
  }
  [[nodiscard]] std::string upload_of(const std::string& id) const {
    return job(id)["source"].get<std::string>().substr(std::string{"upload:"}.size());
  }
  /// Bytes on the service's disk.
  [[nodiscard]] std::uint64_t arrived(const std::string& id) const {
    for (const auto& one : fs::directory_iterator{served() / "uploads" / upload_of(id)})
      return fs::file_size(one);
    return 0;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_client_on_another_machine, a_service_on_another_machine)

BOOST_AUTO_TEST_CASE(uploads_a_file_whose_job_begins_meanwhile) {
  begin();
  const auto file = clip("a.ts", "-f mpegts");
  const auto mbit = static_cast<double>(fs::file_size(file)) * 8 / 1e6 / 40; // in 40 s
  running_command client{submission(file, {"--most-mbit", std::to_string(mbit), "--watch"})};
  const auto id = id_of(client);
  BOOST_TEST(until(38s, [&] { return job(id)["state"] == "running"; }), log());
  BOOST_TEST(arrived(id) < fs::file_size(file));
  const auto end = client.wait(400s);
  BOOST_TEST(end.exit_code == 0, end.story());
  BOOST_TEST(end.out.find(id + "  succeeded") != std::string::npos, end.out);
  BOOST_TEST(end.err.find("a.ts  100 %") != std::string::npos, end.err);
  BOOST_TEST(frames_of(id) == frames);
}

BOOST_AUTO_TEST_CASE(goes_on_where_it_was_killed) {
  begin();
  const auto file = clip("index_at_end.mp4", "");
  const auto mbit = static_cast<double>(fs::file_size(file)) * 8 / 1e6 / 20;
  std::string id;
  {
    running_command client{submission(file, {"--most-mbit", std::to_string(mbit)})};
    id = id_of(client);
    BOOST_TEST(until(20s, [&] { return arrived(id) > fs::file_size(file) / 5; }), log());
    client.signal(SIGKILL);
    client.wait(60s);
  }
  const auto there = arrived(id);
  BOOST_TEST(there < fs::file_size(file));
  const auto again = run(submission(file, {"--json"}), 240s);
  BOOST_TEST_REQUIRE(again.exit_code == 0, again.story());
  const auto said = json::parse(id_in(again.out));
  BOOST_TEST(said["id"] == id);
  BOOST_TEST(said["known"] == true);
  const auto words = again.err.find("goes on after the ");
  BOOST_TEST_REQUIRE(words != std::string::npos, again.err);
  BOOST_TEST(std::stoull(again.err.substr(words + 18)) >= fs::file_size(file) / 5);
  BOOST_TEST(ends(id, "succeeded"), log());
  BOOST_TEST(frames_of(id) == frames);

  const auto third = run(submission(file), 240s); // on purpose, or since the end was not heard
  BOOST_TEST(third.exit_code == 0, third.story());
  BOOST_TEST(id_in(third.out) == id);
  BOOST_TEST(third.err.find("was given and uploaded before, as this job") != std::string::npos);
  const auto anew = run(submission(file, {"--key", "another"}), 240s);
  BOOST_TEST(id_in(anew.out) != id);
}

BOOST_AUTO_TEST_CASE(goes_on_by_itself_when_it_is_cut_off) {
  begin();
  const auto file = clip("index_at_end.mp4", "");
  const auto mbit = static_cast<double>(fs::file_size(file)) * 8 / 1e6 / 10;
  running_command client{submission(file, {"--most-mbit", std::to_string(mbit)})};
  const auto id = id_of(client);
  BOOST_TEST(until(20s, [&] { return arrived(id) > fs::file_size(file) / 5; }), log());
  // Who asks for the offset ends the request that brings the bytes.
  const auto head = this->client->send("HEAD", "/api/v1/uploads/" + upload_of(id), "",
                                       {{"Tus-Resumable", "1.0.0"}});
  BOOST_TEST(head.status == 200U);
  const auto end = client.wait(240s);
  BOOST_TEST(end.exit_code == 0, end.story());
  BOOST_TEST(end.err.find("waits: ") != std::string::npos, end.err);
  BOOST_TEST(ends(id, "succeeded"), log());
  BOOST_TEST(frames_of(id) == frames);
}

BOOST_AUTO_TEST_CASE(shows_its_token_and_says_what_is_wrong_without) {
  environment["VIDEO_DOC_SERVICE_TOKENS"] = "true";
  const auto made =
      run(program({"token", "create", "ann", "--data", served().string(), "--json"}), 60s);
  const auto token = json::parse(made.out)["token"].get<std::string>();
  start();
  const auto file = media.path() / "a.mp4";
  fs::copy_file("/proc/self/exe", file);
  auto what = program({"submit", file.string(), "--noop", "--url", http()});
  const auto refused = run(what, 60s);
  BOOST_TEST(refused.exit_code == 1);
  BOOST_TEST(refused.err.find("token") != std::string::npos, refused.err);
  what.environment["VIDEO_DOC_TOKEN"] = token;
  BOOST_TEST(until(60s, [&] { return run(what, 60s).exit_code == 0; }), log());
}

BOOST_AUTO_TEST_CASE(is_told_what_to_do_with_a_file_that_the_service_may_not_see) {
  start();
  const auto file = media.path() / "talk.mp4";
  fs::copy_file("/proc/self/exe", file);
  const auto far = run(
      program({"submit", file.string(), "--zmq", "tcp://192.0.2.1:5555", "--timeout", "0.5"}), 20s);
  BOOST_TEST(far.exit_code == 1);
  BOOST_TEST(far.err.find(file.string() + " is read on the machine of the service") !=
                 std::string::npos,
             far.err);
  BOOST_TEST(far.err.find("--url http://HOST:8080") != std::string::npos);
  const auto near = run_client({"submit", file.string()});
  BOOST_TEST(near.err.empty(), near.err);
  const auto none = run(submission(media.path() / "none.mp4"), 60s);
  BOOST_TEST(none.exit_code == 1);
  BOOST_TEST(none.err.find("none.mp4: there is no such file here") != std::string::npos, none.err);
  auto nobody = submission(file, {"--timeout", "1"});
  nobody.environment["VIDEO_DOC_URL"] = "http://127.0.0.1:1";
  const auto silent = run(nobody, 60s);
  BOOST_TEST(silent.exit_code == 1);
  BOOST_TEST(silent.err.find("127.0.0.1:1") != std::string::npos, silent.err);
  auto status = program({"list"});
  status.environment["VIDEO_DOC_URL"] = http();
  BOOST_TEST(run(status, 60s).err.find("--zmq tcp://HOST:5555") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
