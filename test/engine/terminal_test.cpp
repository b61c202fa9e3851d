#include "test/engine/disturbed_run.hpp"
#include "test/support/until.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <regex>
#include <sys/wait.h>
#include <unistd.h>

// The display for people, as a terminal gets it.

namespace {

using namespace vdoc::test;
using namespace std::chrono_literals;

/// All that a command writes to a terminal of `columns` columns, whose process it leads.
struct terminal_run {
  std::string text;
  int exit_code = -1;

  terminal_run(const command& what, unsigned short columns) {
    winsize size{40, columns, 0, 0};
    int screen = -1;
    const auto pid = forkpty(&screen, nullptr, nullptr, &size);
    BOOST_REQUIRE(pid >= 0);
    if (pid == 0)
      become(what);
    fcntl(screen, F_SETFD, FD_CLOEXEC);
    int status = 0;
    bool ended = false;
    until(10min, [&] {
      pollfd ready{screen, POLLIN, 0};
      poll(&ready, 1, 50);
      take(screen);
      ended = waitpid(pid, &status, WNOHANG) == pid;
      return ended;
    });
    if (!ended) {
      kill(pid, SIGKILL);
      waitpid(pid, &status, 0);
    }
    take(screen);
    close(screen);
    exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

private:
  [[noreturn]] static void become(const command& what) {
    for (const auto& [name, value] : what.environment)
      setenv(name.c_str(), value.c_str(), 1); // NOLINT(concurrency-mt-unsafe)
    std::vector<char*> words;
    for (const auto& word : what.words)
      words.push_back(const_cast<char*>(word.c_str()));
    words.push_back(nullptr);
    execvp(words[0], words.data());
    _exit(127);
  }

  void take(int screen) {
    std::array<char, 4096> bytes{};
    for (pollfd ready{screen, POLLIN, 0}; poll(&ready, 1, 0) == 1 && (ready.revents & POLLIN) != 0;)
      if (const auto size = read(screen, bytes.data(), bytes.size()); size > 0)
        text.append(bytes.data(), static_cast<std::size_t>(size));
      else
        return;
  }
};

bool shows(const std::string& text, const std::string& pattern) {
  return std::regex_search(text, std::regex{pattern});
}

/// Select Graphic Rendition (ECMA-48, 8.3.117): colours, bold and dim.
constexpr const char* any_colour = "\x1b\\[[0-9;]*m";

struct a_terminal : disturbed_run {
  [[nodiscard]] terminal_run runs(std::map<std::string, std::string> more,
                                  unsigned short columns = 160) const {
    auto asked = request();
    asked.environment.insert(more.begin(), more.end());
    asked.environment.emplace("TERM", "xterm-256color");
    return {to_command(asked, out()), columns};
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_terminal_shows, a_terminal)

BOOST_AUTO_TEST_CASE(stage_frames_speed_rest_and_restarts_in_colour) {
  const auto seen = runs({{"VIDEO_DOC_FAULTS_CRASH_AT_FRAGMENT", "3"}});
  BOOST_TEST(seen.exit_code == 0);
  BOOST_TEST(shows(seen.text, any_colour));
  const auto plain = std::regex_replace(seen.text, std::regex{any_colour}, "");
  // One line, drawn again in its place.
  BOOST_TEST(shows(plain, "\x1b\\[1A\r\x1b\\[J"), plain);
  BOOST_TEST(shows(plain, "mp4_a_minute +\\[#*\\.*\\] +[0-9]+ %  transcoding"), plain);
  BOOST_TEST(shows(plain, "  [1-9][0-9]*/1500 frames"), plain);
  BOOST_TEST(shows(plain, "  [0-9]+(\\.[0-9])?x  "), plain);
  BOOST_TEST(shows(plain, "  ETA [0-9]+:[0-9]{2}"), plain);
  BOOST_TEST(shows(plain, "  1 restart[^s]"), plain);
  BOOST_TEST(shows(plain, "mp4_a_minute: succeeded, see "), plain);
}

BOOST_AUTO_TEST_CASE(the_same_without_colour_where_that_is_not_wanted) {
  const auto seen = runs({{"NO_COLOR", "1"}});
  BOOST_TEST(seen.exit_code == 0);
  BOOST_TEST(!shows(seen.text, any_colour), seen.text);
  BOOST_TEST(shows(seen.text, "\x1b\\[1A\r\x1b\\[J"), seen.text);
  BOOST_TEST(shows(seen.text, "  ETA [0-9]+:[0-9]{2}"), seen.text);
}

BOOST_AUTO_TEST_CASE(no_line_that_is_wider_than_itself) {
  const auto seen = runs({{"NO_COLOR", "1"}}, 48);
  BOOST_TEST(seen.exit_code == 0);
  const std::regex line{"mp4_a_minute [^\r\n]*"};
  int lines = 0;
  for (std::sregex_iterator at{seen.text.begin(), seen.text.end(), line}, end; at != end; ++at) {
    BOOST_TEST(at->length() <= 48, at->str());
    ++lines;
  }
  BOOST_TEST(lines > 3);
}

BOOST_AUTO_TEST_SUITE_END()
