#include "test/engine/engine_run.hpp"
#include "test/support/exactness.hpp"
#include "test/support/media_catalogue.hpp"
#include "test/support/source_server.hpp"
#include "test/support/until.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <csignal>

namespace {

using namespace vdoc::test;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

/// A job whose source is a URL that gives half of it and then nothing more.
struct a_job_with_half_a_source {
  fs::path file = make(source_named("mp4_faststart"));
  source_server server{file.parent_path()};
  temp_folder out;

  [[nodiscard]] command line(const std::string& how,
                             const std::vector<std::string>& more = {}) const {
    auto environment = small_ladder();
    environment.emplace("VIDEO_DOC_SOURCE_ALLOWED_NETWORKS", "127.0.0.1");
    environment.emplace("VIDEO_DOC_SOURCE_ANSWER_TIMEOUT_S", "3");
    environment.emplace("VIDEO_DOC_SOURCE_IDLE_TIMEOUT_S", "3");
    environment.emplace("DATABASE_URL", "postgresql://secret@nowhere/db"); // not of `run`
    auto flags = renditions_only();
    flags.insert(flags.end(), more.begin(), more.end());
    return to_command({{server.url(how, file.filename().string())}, flags, environment},
                      out.path());
  }
  [[nodiscard]] fs::path work() const { return out / "mp4_faststart" / ".work"; }
  /// The process that fetches for that node; 0 while there is none.
  static pid_t fetcher_of(pid_t node) {
    for (const auto& each : processes_named("fetch-source"))
      if (std::ranges::find(each.words, std::to_string(node)) != each.words.end())
        return each.pid;
    return 0;
  }
  /// The same, when half of the source is here.
  [[nodiscard]] pid_t fetcher_at_half(const running_command& engine) const {
    BOOST_REQUIRE(until(60s, [&] { return bytes_here() > 0; }));
    const auto pid = fetcher_of(engine.pid());
    BOOST_REQUIRE(pid != 0);
    return pid;
  }
  [[nodiscard]] std::uintmax_t bytes_here() const {
    std::error_code none;
    for (const auto& each : fs::recursive_directory_iterator{work(), none})
      if (each.path().filename() == "source.part")
        return fs::file_size(each.path(), none);
    return 0;
  }
  static bool is_gone(pid_t process, std::chrono::milliseconds within) {
    return until(within, [&] { return ::kill(process, 0) != 0; });
  }
  void is_exact() const {
    const auto wrong = check_everything(out / "mp4_faststart", truth_of(file.string(), true, true));
    BOOST_TEST(wrong.empty(), "" << wrong);
    const auto job = job_of(out / "mp4_faststart");
    BOOST_TEST(job.at("restarts") == 0);
    BOOST_TEST(job.at("mishaps").empty());
  }
};

/// A line of /proc/PID/status, without its name.
std::string status_of(pid_t process, const std::string& name) {
  const auto text = run_or_throw({"cat", "/proc/" + std::to_string(process) + "/status"}).out;
  const auto at = text.find("\n" + name + ":\t");
  if (at == std::string::npos)
    return "";
  const auto from = at + name.size() + 3;
  return text.substr(from, text.find('\n', from) - from);
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(what_fetches_a_source, a_job_with_half_a_source)

BOOST_AUTO_TEST_CASE(is_a_process_of_its_own_that_is_confined_and_ends_with_its_work) {
  running_command engine{line("stall-once")};
  const auto fetcher = fetcher_at_half(engine);
  BOOST_TEST(fewest_filters(fetcher) >= 1u);
  BOOST_TEST(status_of(fetcher, "NoNewPrivs") == "1");
  const auto maps = run_or_throw({"cat", "/proc/" + std::to_string(fetcher) + "/maps"}).out;
  BOOST_TEST(maps.find("libx264") == std::string::npos);
  BOOST_TEST(maps.find("/gstreamer-1.0/") == std::string::npos); // no plugins
  const auto environment =
      run_or_throw({"cat", "/proc/" + std::to_string(fetcher) + "/environ"}).out;
  BOOST_TEST(environment.find("PATH=") != std::string::npos);
  BOOST_TEST(environment.find("secret") == std::string::npos);
  for (const auto& host : hosts_of(engine.pid()))
    BOOST_TEST(fewest_filters(host.pid) >= 2u); // which open no connections
  ::kill(fetcher, SIGKILL);
  const auto result = engine.wait(240s);
  BOOST_REQUIRE_MESSAGE(result.succeeded(), result.story());
  BOOST_TEST(fetcher_of(engine.pid()) == 0);
}

/// Which it asks for names, and whom it trusts, lies outside of what it may write.
BOOST_AUTO_TEST_CASE(looks_names_up_and_checks_certificates) {
  const temp_folder keys;
  const auto key = keys / "key.pem";
  const auto certificate = keys / "certificate.pem";
  run_or_throw({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                "-addext", "subjectAltName=DNS:localhost", "-keyout", key.string(), "-out",
                certificate.string()});
  const source_server secure{file.parent_path(), key, certificate};
  auto fetching = line("files");
  const auto plain = server.url("files", file.filename().string());
  const auto at = std::ranges::find(fetching.words, plain);
  BOOST_REQUIRE(at != fetching.words.end());
  *at = secure.url_at("localhost", "files", file.filename().string());
  fetching.environment["VIDEO_DOC_SOURCE_ALLOWED_NETWORKS"] = "127.0.0.1,::1";
  const auto refused = run(fetching, 240s); // the system's authorities do not know it
  BOOST_TEST(refused.exit_code == 1, refused.story());
  BOOST_TEST(refused.err.find("has no valid certificate") != std::string::npos, refused.err);
  fetching.environment["VIDEO_DOC_SOURCE_AUTHORITIES"] = certificate.string();
  const auto result = run(fetching, 240s);
  BOOST_REQUIRE_MESSAGE(result.succeeded(), result.story());
  is_exact();
}

BOOST_AUTO_TEST_CASE(is_replaced_when_it_is_killed_and_nobody_is_blamed) {
  running_command engine{line("stall-once")};
  ::kill(fetcher_at_half(engine), SIGKILL);
  const auto result = engine.wait(240s);
  BOOST_REQUIRE_MESSAGE(result.succeeded(), result.story());
  is_exact();
}

BOOST_AUTO_TEST_CASE(is_replaced_when_it_crashes) {
  running_command engine{line("stall-once")};
  ::kill(fetcher_at_half(engine), SIGSEGV);
  const auto result = engine.wait(240s);
  BOOST_REQUIRE_MESSAGE(result.succeeded(), result.story());
  is_exact();
}

BOOST_AUTO_TEST_CASE(is_killed_and_replaced_when_it_hangs) {
  running_command engine{line("stall-once")};
  const auto fetcher = fetcher_at_half(engine);
  ::kill(fetcher, SIGSTOP);
  BOOST_TEST(is_gone(fetcher, 20s)); // 3 s that a host may be silent, and 5
  const auto result = engine.wait(240s);
  BOOST_REQUIRE_MESSAGE(result.succeeded(), result.story());
  is_exact();
}

BOOST_AUTO_TEST_CASE(is_taken_along_within_two_seconds_when_the_job_is_interrupted) {
  running_command engine{line("stall")};
  const auto fetcher = fetcher_at_half(engine);
  engine.signal(SIGINT);
  BOOST_TEST(is_gone(fetcher, 2s));
  const auto result = engine.wait(60s);
  BOOST_TEST(result.exit_code == 130, result.story());
  BOOST_TEST(bytes_here() == 0u);
}

BOOST_AUTO_TEST_CASE(does_not_outlive_its_node_and_is_begun_again_with_the_job) {
  {
    running_command engine{line("stall-once")};
    const auto fetcher = fetcher_at_half(engine);
    engine.signal(SIGKILL);
    BOOST_TEST(is_gone(fetcher, 2s));
    BOOST_TEST(bytes_here() > 0u);
  }
  const auto result = run(line("stall-once", {"--resume"}), 60s);
  BOOST_REQUIRE_MESSAGE(result.succeeded(), result.story());
  is_exact();
  BOOST_TEST(bytes_here() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
