#include "test/support/browser.hpp"

#include "test/support/until.hpp"

namespace vdoc::test {

namespace {

using namespace std::chrono_literals;

constexpr auto to_start = 180s;
constexpr auto for_one_check = 5min; ///< a check gives up by itself before

/// Where the shared browser can be reached; empty when it does not start: then a check starts one
/// of its own and says what is wrong.
std::string shared_browser() {
  static running_command server{
      {{"node", VDOC_SOURCE_DIR "/test/browser/browser_server.mjs"}, {}, {}}};
  static const bool started = until(to_start, [] {
    return server.ended() || server.out_so_far().find('\n') != std::string::npos;
  });
  const auto said = server.out_so_far();
  return started ? said.substr(0, said.find('\n')) : "";
}

} // namespace

outcome browse(const std::string& check, const std::vector<std::string>& words) {
  command line{{"node", VDOC_SOURCE_DIR "/test/browser/" + check},
               {{"VIDEO_DOC_BROWSER", shared_browser()}},
               {}};
  line.words.insert(line.words.end(), words.begin(), words.end());
  return run(line, for_one_check);
}

} // namespace vdoc::test
