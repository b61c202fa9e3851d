#include "actors/canceller/spawn.hpp"
#include "actors/node/configuration.hpp"
#include "actors/transcode/spawn.hpp"
#include "actors/wire/fault_error.hpp"
#include "pipelines/gst/graph.hpp"
#include "test/gst/source_media.hpp"
#include "test/support/until.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/actor_system.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <optional>

namespace {

using namespace vdoc;
using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;

/// A TRANSCODE and a CANCELLER, as a media host has them, and four fragments of a second that take
/// their time.
struct a_media_host_at_work : gst::test::with_source {
  std::shared_ptr<cancellations> board = std::make_shared<cancellations>();
  node::configuration config;
  caf::actor_system system{config};
  transcode::actor coder = transcode::spawn(system, std::make_shared<blobs::files_in_use>(), board);
  canceller::actor stop = canceller::spawn(system, board);
  caf::scoped_actor self{system};

  a_media_host_at_work() {
    make("-f lavfi -i testsrc2=s=1280x720:r=30:d=4 -c:v libx264 -preset ultrafast -g 30", "mkv",
         gst::test::avc, 1280, 720);
    request.options.preset = "slower";
  }
  ~a_media_host_at_work() {
    self->send_exit(coder, caf::exit_reason::kill);
    self->send_exit(stop, caf::exit_reason::kill);
  }
  transcode::encode_fragment order(std::size_t piece, const std::string& call) const {
    transcode::encode_fragment it;
    it.piece = pieces.at(piece);
    it.work = work.path();
    it.call = call;
    it.source = request.source;
    it.ladder = request.ladder;
    it.wanted = request.wanted;
    it.options = request.options;
    return it;
  }
  /// What became of a call: nothing when it was done.
  std::optional<fault> end_of(const transcode::encode_fragment& what,
                              std::optional<std::chrono::milliseconds> cancel_after = {}) {
    std::optional<fault> end;
    auto answer = self->request(coder, 60s, what);
    if (cancel_after) {
      vdoc::test::until(*cancel_after, [] { return false; });
      cancelled_at = steady::now();
      caf::anon_send(stop, canceller::cancel{what.call});
    }
    answer.receive([](const gst::transcode_result&) {},
                   [&](const caf::error& why) { end = to_fault(why); });
    return end;
  }
  [[nodiscard]] std::filesystem::path made(const char* number) const {
    return work.path() / "encoded/large" / (std::string{number} + ".au");
  }
  steady::time_point cancelled_at{};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(work_that_is_cancelled, a_media_host_at_work)

BOOST_AUTO_TEST_CASE(ends_at_once_and_the_next_fragment_is_as_if_nothing_had_been) {
  transcode::encode_fragment second = order(1, "second");
  const auto begun = steady::now();
  BOOST_REQUIRE(!end_of(second));
  const auto whole = steady::now() - begun;
  const auto expected = gst::test::read_file(made("00001"));
  std::filesystem::remove(made("00001"));

  const auto end = end_of(order(0, "first"), 300ms);
  const auto took = steady::now() - cancelled_at;
  BOOST_REQUIRE(end);
  BOOST_TEST(end->what == "cancelled");
  BOOST_TEST_MESSAGE("ended after " << took / 1ms << " ms; all takes " << whole / 1ms << " ms");
  BOOST_TEST((took < std::max<steady::duration>(400ms, whole / 3))); // on a slow machine, too
  BOOST_TEST(!std::filesystem::exists(made("00000")));
  // What x264 still has to do with its pictures is no illness of the host.
  BOOST_TEST(gst::pipelines_left_behind() == 0u);

  second.call = "second again";
  BOOST_REQUIRE(!end_of(second));
  BOOST_TEST((gst::test::read_file(made("00001")) == expected));
}

BOOST_AUTO_TEST_CASE(does_not_begin_when_the_cancel_was_faster) {
  board->cancel("late");
  const auto begun = steady::now();
  const auto end = end_of(order(0, "late"));
  BOOST_REQUIRE(end);
  BOOST_TEST(end->what == "cancelled before it began");
  BOOST_TEST((steady::now() - begun < 500ms));
}

BOOST_AUTO_TEST_SUITE_END()
