#include "pipelines/gst/abilities.hpp"
#include "pipelines/gst/demuxer.hpp"
#include "pipelines/gst/graph.hpp"
#include "test/support/until.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <atomic>
#include <fcntl.h>
#include <future>
#include <latch>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

using namespace vdoc;
using namespace vdoc::gst;
using namespace std::chrono_literals;

namespace {

struct with_gstreamer {
  with_gstreamer() { initialise(); }
};

graph counting() {
  graph plan;
  plan.then({"videotestsrc", "source", {{"num-buffers", "3"}}})
      .then({"fakesink", "out", {{"sync", "false"}}}, true, "video/x-raw, width=64, height=36");
  return plan;
}

bool ends(pipeline& one) {
  const auto until = std::chrono::steady_clock::now() + 60s;
  while (!one.ended() && !one.first_error() && std::chrono::steady_clock::now() < until)
    std::this_thread::yield();
  return one.ended();
}

/// Where a thread of a pipeline waits that is to be stuck.
struct gate {
  std::latch entered{1}, open{1}, left{1};

  /// Starts the pipeline; returns when the thread waits.
  void hold(pipeline& one) {
    owned<GstPad> sink{gst_element_get_static_pad(one.at("out"), "sink")};
    const auto wait_at_gate = [](GstPad*, GstPadProbeInfo*, gpointer user) {
      auto& at = *static_cast<gate*>(user);
      at.entered.count_down();
      at.open.wait();
      at.left.count_down();
      return GST_PAD_PROBE_REMOVE;
    };
    gst_pad_add_probe(sink.get(), GST_PAD_PROBE_TYPE_BUFFER, wait_at_gate, this, nullptr);
    one.change_state(GST_STATE_PLAYING);
    entered.wait();
  }
  void let_go() {
    open.count_down();
    left.wait();
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_graph, with_gstreamer)

BOOST_AUTO_TEST_CASE(knows_what_this_machine_can_do) {
  auto words = encoders_that_start();
  const auto decoders = decoders_installed();
  words.insert(words.end(), decoders.begin(), decoders.end());
  const auto knows = [&](const char* word) {
    return std::ranges::find(words, word) != words.end();
  };
  for (const char* word : {"encoder:x264enc", "encoder:avenc_aac", "decoder:h264", "decoder:opus"})
    BOOST_TEST(knows(word), word);
  BOOST_TEST(!knows("encoder:fakesink"));
  BOOST_TEST(!knows("encoder:x265enc")); // nobody uses it
  BOOST_TEST(!knows("decoder:h266"));    // no decoder in Debian 12
}

BOOST_AUTO_TEST_CASE(reads_like_a_gst_launch_line) {
  BOOST_TEST(launch_line(counting()) ==
             "videotestsrc name=source num-buffers=3 ! video/x-raw, width=64, height=36 ! "
             "fakesink name=out sync=false");
}

BOOST_AUTO_TEST_CASE(names_the_links_that_are_no_chain) {
  graph plan;
  plan.then({"videotestsrc", "source", {}})
      .then({"tee", "split", {}})
      .then({"fakesink", "first", {}})
      .then({"fakesink", "second", {}}, false)
      .connect({"split", "second", "", "src_1", "sink"});
  BOOST_TEST(launch_line(plan) ==
             "videotestsrc name=source ! tee name=split ! fakesink name=first  "
             "fakesink name=second  split.src_1 ! second.sink");
}

BOOST_AUTO_TEST_CASE(printed_is_what_gst_launch_understands) {
  GError* error = nullptr;
  owned<GstElement> parsed{gst_parse_launch(launch_line(counting()).c_str(), &error)};
  BOOST_TEST(error == nullptr);
  BOOST_TEST((parsed != nullptr));
}

BOOST_AUTO_TEST_CASE(quotes_what_is_more_than_a_word) {
  graph plan;
  plan.then({"x264enc", "e", {{"option-string", "a=\"b\":c=1 2"}}});
  BOOST_TEST(launch_line(plan) == "x264enc name=e option-string=\"a=\\\"b\\\":c=1 2\"");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(a_pipeline, with_gstreamer)

BOOST_AUTO_TEST_CASE(runs_its_graph_to_the_end) {
  pipeline one{counting()};
  one.change_state(GST_STATE_PLAYING);
  BOOST_TEST(ends(one));
  BOOST_TEST(one.stop());
}

BOOST_AUTO_TEST_CASE(says_which_element_is_not_installed) {
  graph plan;
  plan.then({"nosuchelement", "a", {}});
  BOOST_CHECK_EXCEPTION(pipeline{plan}, failure, [](const failure& why) {
    return why.why().what == "the GStreamer element nosuchelement is missing" &&
           why.why().whose == culprit::ours && why.why().where == "a";
  });
}

BOOST_AUTO_TEST_CASE(refuses_a_property_that_is_not_there) {
  graph plan;
  plan.then({"fakesink", "a", {{"speed", "3"}}});
  BOOST_CHECK_EXCEPTION(pipeline{plan}, failure, [](const failure& why) {
    return why.why().what == "fakesink has no property speed";
  });
}

BOOST_AUTO_TEST_CASE(collects_the_first_error_with_its_element) {
  graph plan;
  plan.then({"filesrc", "reader", {{"location", "/no/such/file"}}}).then({"fakesink", "out", {}});
  pipeline one{plan};
  BOOST_CHECK_EXCEPTION(one.change_state(GST_STATE_PLAYING), failure, [](const failure& why) {
    return why.why().whose == culprit::peer && why.why().where.starts_with("reader");
  });
}

BOOST_AUTO_TEST_CASE(links_a_pad_that_comes_later) {
  graph plan;
  plan.then({"videotestsrc", "source", {{"num-buffers", "5"}}})
      .then({"matroskamux", "mux", {}})
      .then({"matroskademux", "demux", {}})
      .then({"fakesink", "out", {{"sync", "false"}, {"async", "false"}}}, false)
      .connect({"demux", "out", "", "video_0", "sink"});
  pipeline one{plan};
  one.change_state(GST_STATE_PLAYING);
  BOOST_TEST(ends(one));
  owned<GstPad> sink{gst_element_get_static_pad(one.at("out"), "sink")};
  BOOST_TEST(gst_pad_is_linked(sink.get()));
}

BOOST_AUTO_TEST_CASE(gives_up_on_a_thread_that_does_not_end) {
  gate stuck;
  {
    pipeline one{counting()};
    stuck.hold(one);
    BOOST_TEST(!one.stop(50ms));
  }
  BOOST_TEST(pipelines_left_behind() == 1U);
  stuck.let_go();
  BOOST_TEST(vdoc::test::until(60s, [] { return pipelines_left_behind() == 0; }));
}

BOOST_AUTO_TEST_CASE(is_ill_only_when_such_a_thread_outlasts_the_grace_that_it_was_given) {
  gate stuck;
  pipeline one{counting()};
  stuck.hold(one);
  BOOST_TEST(!one.stop(10ms, 300ms));
  BOOST_TEST(pipelines_left_behind() == 0U);
  BOOST_TEST(vdoc::test::until(60s, [] { return pipelines_left_behind() == 1; }));
  stuck.let_go();
  BOOST_TEST(vdoc::test::until(60s, [] { return pipelines_left_behind() == 0; }));
}

BOOST_AUTO_TEST_CASE(confines_the_threads_of_all_its_elements) {
  struct attempts {
    std::atomic<int> sockets{0};
    std::atomic<int> files{0};
    std::atomic<int> in_vain{0};
    std::atomic<int> can_be_woken{0};
  } seen;
  graph plan;
  plan.then({"videotestsrc", "source", {{"num-buffers", "3"}}})
      .then({"queue", "between", {}}) // a thread of its own
      .then({"fakesink", "out", {{"sync", "false"}}});
  pipeline one{plan};
  const auto misbehave = [](GstPad*, GstPadProbeInfo*, gpointer user) {
    auto& count = *static_cast<attempts*>(user);
    count.sockets += ::socket(AF_INET, SOCK_STREAM, 0) >= 0 ? 1 : 0;
    count.files += ::open("/etc/passwd", O_RDONLY | O_CLOEXEC) >= 0 ? 1 : 0;
    count.in_vain += ::fork() < 0 ? 1 : 0;
    auto* wakes = gst_poll_new(TRUE); // as elements that wait have it
    count.can_be_woken += wakes != nullptr ? 1 : 0;
    if (wakes != nullptr)
      gst_poll_free(wakes);
    return GST_PAD_PROBE_OK;
  };
  for (const auto* name : {"between", "out"}) {
    owned<GstPad> sink{gst_element_get_static_pad(one.at(name), "sink")};
    gst_pad_add_probe(sink.get(), GST_PAD_PROBE_TYPE_BUFFER, misbehave, &seen, nullptr);
  }
  one.change_state(GST_STATE_PLAYING);
  BOOST_TEST(ends(one));
  BOOST_TEST(seen.sockets == 0);
  const bool kernel_can = std::async(std::launch::async, [] {
                            return confinement::fence{}.enter().files_are_fenced;
                          }).get();
  BOOST_TEST(seen.files == (kernel_can ? 0 : 6)); // without Landlock they are not
  BOOST_TEST(seen.in_vain == 6);
  BOOST_TEST(seen.can_be_woken == 6);
}

BOOST_AUTO_TEST_CASE(knows_which_elements_work) {
  BOOST_TEST(works("x264enc"));
  BOOST_TEST(!works("nosuchelement"));
}

BOOST_AUTO_TEST_SUITE_END()
