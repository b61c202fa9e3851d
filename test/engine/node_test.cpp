#include "test/engine/disturbed_run.hpp"
#include "test/support/until.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <fstream>

namespace {

using namespace vdoc::test;
using namespace std::chrono_literals;

/// Whether a process has mapped a file with `part` in its path.
bool maps(pid_t pid, const std::string& part) {
  std::ifstream in{"/proc/" + std::to_string(pid) + "/maps"};
  for (std::string line; std::getline(in, line);)
    if (line.find(part) != std::string::npos)
      return true;
  return false;
}

/// Whether a process has that very file open.
bool has_open(pid_t pid, const std::string& file) {
  std::error_code gone;
  for (const auto& entry :
       std::filesystem::directory_iterator{"/proc/" + std::to_string(pid) + "/fd", gone})
    if (std::filesystem::read_symlink(entry.path(), gone) == file)
      return true;
  return false;
}

/// What demuxers, decoders and encoders come in.
const std::vector<std::string> media_libraries{"/gstreamer-1.0/", "/libavcodec.", "/libavformat.",
                                               "/libx264."};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_node, disturbed_run)

BOOST_AUTO_TEST_CASE(opens_no_media_while_its_hosts_do) {
  const auto file = std::filesystem::canonical(source()).string();
  running_command engine{to_command(request(), out())};
  BOOST_REQUIRE(wait_for_hosts(engine.pid(), 2));
  bool host_reads = false, node_reads = false;
  int looks = 0;
  // The source is read early; each look is at one moment of that.
  until(180s, [&] {
    ++looks;
    for (const auto& one : hosts_of(engine.pid()))
      host_reads = host_reads || has_open(one.pid, file);
    node_reads = node_reads || has_open(engine.pid(), file);
    return segments().size() >= 20 || engine.ended();
  });
  BOOST_REQUIRE(!engine.ended());
  BOOST_TEST(looks > 20);
  BOOST_TEST(host_reads, "the test does not see who reads the source");
  BOOST_TEST(!node_reads);
  for (const auto& library : media_libraries)
    BOOST_TEST(!maps(engine.pid(), library), library << " is in the node");
  bool plugins = false, decoders = false;
  for (const auto& one : hosts_of(engine.pid())) {
    plugins = plugins || maps(one.pid, media_libraries[0]);
    decoders = decoders || maps(one.pid, media_libraries[1]);
  }
  BOOST_TEST(plugins, "the test does not see what a media host has loaded");
  BOOST_TEST(decoders);
}

BOOST_AUTO_TEST_CASE(starts_as_many_media_hosts_as_it_is_told) {
  for (const std::size_t wanted : {1U, 3U}) {
    auto asked = request();
    BOOST_REQUIRE(*(asked.flags.end() - 2) == "--workers");
    asked.flags.back() = std::to_string(wanted);
    const temp_folder made;
    running_command engine{to_command(asked, made.path())};
    BOOST_REQUIRE(wait_for_hosts(engine.pid(), wanted));
    std::size_t most = 0;
    until(2s, [&] {
      most = std::max(most, hosts_of(engine.pid()).size());
      return false;
    });
    BOOST_TEST(most == wanted);
  }
}

BOOST_AUTO_TEST_SUITE_END()
