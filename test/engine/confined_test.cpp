#include "pipelines/confinement/confinement.hpp"
#include "test/engine/disturbed_run.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <thread>

namespace {

using namespace vdoc::test;
namespace fs = std::filesystem;

/// A kernel without Landlock (before 5.13, or in a container that forbids it) cannot do all of it.
boost::test_tools::assertion_result kernel_can(boost::unit_test::test_unit_id /*unit*/) {
  std::string why_not;
  std::thread{[&] { why_not = vdoc::confinement::fence{}.enter().why_not; }}.join();
  boost::test_tools::assertion_result result{why_not.empty()};
  if (!result)
    result.message() << "skipped: " << why_not;
  return result;
}

std::string text_of(const fs::path& file) {
  std::ostringstream text;
  text << std::ifstream{file}.rdbuf();
  return text.str();
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_codec_that_was_taken_over, disturbed_run,
                         *boost::unit_test::precondition(kernel_can))

BOOST_AUTO_TEST_CASE(reaches_no_network_no_other_file_and_no_process) {
  undisturbed();
  fs::create_directories(out());
  const auto told = out() / "told";
  const auto secret = out() / "secret";
  std::ofstream{secret} << "of another job";
  auto hostile = request();
  hostile.environment.emplace("LD_PRELOAD", VDOC_HOSTILE_ENCODER);
  hostile.environment.emplace("VDOC_FRONT_AT", "100"); // of a host that encodes, in its pipeline
  hostile.environment.emplace("VDOC_FRONT_ONCE", told.string());
  hostile.environment.emplace("VDOC_FRONT_SECRET", secret.string());
  const auto result = run_engine(hostile, out());
  BOOST_REQUIRE_MESSAGE(result.succeeded(), result.story());
  const auto lines = text_of(told);
  BOOST_TEST(lines.substr(std::min(lines.size(), lines.find('\n') + 1)) ==
             "read before: done\n"
             "read: EACCES\n"
             "write: EACCES\n"
             "remove: EACCES\n"
             "internet: EPERM\n"
             "machine: EPERM\n"
             "fork: EPERM\n"
             "run: EPERM\n"
             "end node: EPERM\n"
             "trace node: EPERM\n"
             "no privileges: done\n"
             "descriptors: 4096\n"
             "core: 0\n"
             "elsewhere, internet: EPERM\n"
             "elsewhere, machine: EPERM\n"
             "elsewhere, names: EPERM\n"
             "elsewhere, connect: EPERM\n"
             "elsewhere, send: EPERM\n"
             "elsewhere, fork: EPERM\n");
  BOOST_TEST(text_of(secret) == "of another job");
  BOOST_TEST(differences_to_undisturbed() == ""); // and nothing of it was in the way of the work
  BOOST_TEST(job().at("mishaps").empty());
}

BOOST_AUTO_TEST_SUITE_END()
