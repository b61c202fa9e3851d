#include "test/service/a_service.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace vdoc::test;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

const fs::path sources{VDOC_SOURCE_FOLDER};

struct a_service_for_examples : a_service {
  std::map<std::string, std::string> client_environment;

  outcome run_example(std::vector<std::string> words) {
    words.insert(words.end(), {"noop:", endpoint(), events()});
    return run({std::move(words), client_environment, {}}, 240s);
  }
  void with_keys() {
    environment["VIDEO_DOC_SERVICE_KEYS"] = "true";
    identity = (served() / "keys" / "admin.key").string();
    client_environment["VIDEO_DOC_IDENTITY"] = *identity;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(the_examples_of_clients, a_service_for_examples)

BOOST_AUTO_TEST_CASE(give_a_job_in_python_without_and_with_keys) {
  for (const bool keys : {false, true}) {
    if (keys) {
      stop();
      with_keys();
    }
    start();
    const auto result =
        run_example({"/usr/bin/python3", (sources / "docs/examples/submit.py").string()});
    BOOST_TEST(result.succeeded(), result.story());
    BOOST_TEST(result.out.ends_with("succeeded\n"), result.out);
  }
}

BOOST_AUTO_TEST_CASE(give_a_job_in_node_with_keys) {
  const auto modules = sources / "test/service/node_modules";
  BOOST_TEST_REQUIRE(fs::exists(modules), "run ./dev setup, or npm ci in test/service");
  with_keys();
  start();
  // Modules are looked for beside the script.
  fs::create_directories(served() / "example");
  fs::copy_file(sources / "docs/examples/submit.mjs", served() / "example/submit.mjs");
  fs::create_directory_symlink(modules, served() / "example/node_modules");
  const auto result = run_example({"node", (served() / "example/submit.mjs").string()});
  BOOST_TEST(result.succeeded(), result.story());
  BOOST_TEST(result.out.ends_with("succeeded\n"), result.out);
}

/// As somebody does who has nothing of ours but what is installed.
BOOST_AUTO_TEST_CASE(give_jobs_in_cpp_with_keys_by_the_publisher_that_is_installed) {
  const auto folder = served().parent_path() / "example";
  const auto prefix = (folder / "installed").string(), built = (folder / "built").string();
  const auto does = [](std::vector<std::string> words) {
    const auto result = run({std::move(words), {}, {}}, 400s);
    BOOST_TEST_REQUIRE(result.succeeded(), result.story());
  };
  does({"cmake", "--install", VDOC_BUILD_FOLDER, "--component", "publisher", "--prefix", prefix});
  does({"cmake", "-S", (sources / "docs/examples").string(), "-B", built,
        "-DCMAKE_PREFIX_PATH=" + prefix});
  does({"cmake", "--build", built});
  with_keys();
  start();
  const auto result = run(
      {{built + "/submit", endpoint(), events(), "noop:", "noop:"}, client_environment, {}}, 240s);
  BOOST_TEST(result.succeeded(), result.story());
  const auto page = ask("LIST", {{"states", {"succeeded"}}, {"label", "by:submit.cpp"}});
  BOOST_TEST(page->at("jobs").size() == 2U);
}

BOOST_AUTO_TEST_CASE(find_a_publisher_that_waits_for_a_service_that_comes_late) {
  const auto spool = (served().parent_path() / "spool").string();
  const auto early =
      run(client({"submit", "/a", "/b", "--noop", "--timeout", "1", "--spool", spool}), 60s);
  BOOST_TEST(early.exit_code == 1);
  BOOST_TEST(early.err.find("no answer from") != std::string::npos);
  start();
  const auto late = run(client({"submit", "/c", "--noop", "--spool", spool, "--watch"}), 120s);
  BOOST_TEST(late.exit_code == 0, late.story());
  BOOST_TEST(wait_until_nothing_is_open(20s));
  const auto page = ask("LIST", {{"states", {"succeeded"}}});
  BOOST_TEST(page->at("jobs").size() == 3u);
}

BOOST_AUTO_TEST_SUITE_END()
