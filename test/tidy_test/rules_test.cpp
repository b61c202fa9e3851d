#include "test/tidy_test/rules.hpp"

#include <boost/test/unit_test.hpp>

using namespace vdoc::tidy;

namespace {

std::string joined(const complaints& all) {
  std::string text;
  for (const std::string& one : all)
    text += one + "\n";
  return text;
}

source_file file_of(const std::string& path, const std::string& text) {
  return {path, text};
}

source_file including(const std::string& path, const std::string& what) {
  return {path, "#include " + what + "\n"};
}

std::string many_lines(std::size_t count) {
  std::string text;
  for (std::size_t at = 0; at < count; ++at)
    text += "  call();\n";
  return text;
}

} // namespace

BOOST_AUTO_TEST_SUITE(the_tidy_rules)

BOOST_AUTO_TEST_CASE(let_arrows_lead_one_way) {
  BOOST_TEST(joined(arrows(including("net/http/a.cpp", "\"conf/settings.hpp\""))) == "");
  BOOST_TEST(joined(arrows(including("actors/node/a.cpp", "\"net/http/fetch.hpp\""))) == "");
  BOOST_TEST(joined(arrows(including("test/net/a.cpp", "\"net/http/fetch.hpp\""))) == "");
  BOOST_TEST(joined(arrows(including("pipelines/hls/a.cpp", "\"conf/settings.hpp\""))) ==
             "pipelines/hls/a.cpp includes conf/settings.hpp: no arrow leads there\n");
  BOOST_TEST(joined(arrows(including("net/http/a.cpp", "\"pipelines/fault.hpp\""))) ==
             "net/http/a.cpp includes pipelines/fault.hpp: no arrow leads there\n");
  BOOST_TEST(joined(arrows(including("cluster/a.cpp", "\"actors/job/protocol.hpp\""))) ==
             "cluster/a.cpp includes actors/job/protocol.hpp: no arrow leads there\n");
}

BOOST_AUTO_TEST_CASE(let_an_actor_know_only_the_protocol_of_another) {
  BOOST_TEST(joined(arrows(including("actors/job/a.cpp", "\"actors/demux/protocol.hpp\""))) == "");
  BOOST_TEST(joined(arrows(including("actors/node/a.cpp", "\"actors/demux/spawn.hpp\""))) == "");
  BOOST_TEST(joined(arrows(including("actors/job/a.cpp", "\"actors/job/rules.hpp\""))) == "");
  BOOST_TEST(joined(arrows(including("actors/job/a.cpp", "\"actors/demux/spawn.hpp\""))) ==
             "actors/job/a.cpp includes actors/demux/spawn.hpp: of another actor only its "
             "protocol.hpp\n");
  BOOST_TEST(joined(arrows(including("actors/node/a.cpp", "\"actors/job/rules.hpp\""))) ==
             "actors/node/a.cpp includes actors/job/rules.hpp: of another actor only its "
             "protocol.hpp\n");
}

BOOST_AUTO_TEST_CASE(keep_the_platforms_in_their_rooms) {
  BOOST_TEST(joined(platforms(including("pipelines/gst/a.hpp", "<gst/gst.h>"))) == "");
  BOOST_TEST(joined(platforms(including("test/gst/a.cpp", "<gst/gst.h>"))) == "");
  BOOST_TEST(joined(platforms(including("actors/job/a.hpp", "<caf/actor.hpp>"))) == "");
  BOOST_TEST(joined(platforms(including("pipelines/hls/a.cpp", "<gst/gst.h>"))) ==
             "pipelines/hls/a.cpp includes <gst/gst.h>: GStreamer lives in pipelines/gst\n");
  BOOST_TEST(joined(platforms(including("cluster/a.cpp", "<caf/actor.hpp>"))) ==
             "cluster/a.cpp includes <caf/actor.hpp>: CAF lives in actors\n");
  BOOST_TEST(joined(platforms(including("actors/job/a.hpp", "<caf/all.hpp>"))) ==
             "actors/job/a.hpp includes all of CAF: slow to compile, name what is needed\n");
}

BOOST_AUTO_TEST_CASE(keep_media_out_of_the_node) {
  for (const char* inside : {"node/node.cpp", "job/job.cpp", "jobs/jobs.cpp", "queue/queue.cpp",
                             "dispatch/dispatch.cpp", "hosts/hosts.cpp", "ledger/scribe.cpp"}) {
    const auto file = std::string{"actors/"} + inside;
    BOOST_TEST(joined(media(including(file, "\"pipelines/gst/demuxer.hpp\""))) ==
               file + " includes pipelines/gst/demuxer.hpp: the node opens no media\n");
    BOOST_TEST(joined(media(including(file, "\"actors/wire/pipelines.hpp\""))) == "");
  }
  for (const char* of_hosts :
       {"actors/ingest/ingest.cpp", "actors/transcode/audio.cpp", "actors/node/crew.cpp",
        "actors/node/encoder_search.cpp", "actors/wire/pipelines.hpp", "pipelines/gst/demuxer.cpp",
        "test/gst/demux_test.cpp"})
    BOOST_TEST(joined(media(including(of_hosts, "\"pipelines/gst/demuxer.hpp\""))) == "");
}

BOOST_AUTO_TEST_CASE(refuse_words_that_hide_the_noun) {
  BOOST_TEST(joined(names(file_of("net/a.cpp", "// data\nclass job_manager;\nint info = 1;\n"))) ==
             "net/a.cpp:2: \"manager\" in the name job_manager\n"
             "net/a.cpp:3: \"info\" in the name info\n");
  BOOST_TEST(joined(names(file_of("net/string_utils.hpp", ""))) ==
             "net/string_utils.hpp: \"util\" in a file's name\n");
  BOOST_TEST(joined(names(file_of("net/a.cpp", "v.data(); p->set_exit_handler(f); std::data(v);"
                                               " soup_server_add_handler(s); char const* t ="
                                               " \"data\"; metadata; GST_TYPE_INFO;"))) == "");
}

BOOST_AUTO_TEST_CASE(measure_functions_and_files) {
  const std::string fits = "void f() {\n" + many_lines(78) + "}\n";
  const std::string over = "int g(int a) {\n" + many_lines(79) + "}\n";
  BOOST_TEST(joined(lengths(file_of("net/a.cpp", fits))) == "");
  BOOST_TEST(
      joined(lengths(file_of("net/a.cpp", "namespace n {\nclass c {\n" + over + "};\n}\n"))) ==
      "net/a.cpp:3: g has 81 lines\n");
  BOOST_TEST(joined(lengths(
                 file_of("net/a.cpp", "const int list[] = {\n" + many_lines(90) + "};\n"))) == "");
  BOOST_TEST(joined(lengths(file_of("net/a.hpp", std::string(201, '\n')))) ==
             "net/a.hpp has 201 lines\n");
}

BOOST_AUTO_TEST_CASE(want_headers_to_say_what_they_are_for) {
  BOOST_TEST(joined(headers(file_of("net/a.hpp", "#pragma once\n/// For.\n"))) == "");
  BOOST_TEST(joined(headers(file_of("net/a.hpp", "int a;\n"))) ==
             "net/a.hpp does not begin with #pragma once\n"
             "net/a.hpp says nowhere what it is for (///)\n");
}

BOOST_AUTO_TEST_CASE(leave_nothing_for_later_and_let_no_test_sleep) {
  BOOST_TEST(joined(leftovers(file_of("net/a.cpp", "// TODO: more\n"))) ==
             "net/a.cpp:1: left for later\n");
  const std::string sleepy = "std::this_thread::sleep_for(1s); // sleep(\n";
  BOOST_TEST(joined(leftovers(file_of("test/a.cpp", sleepy))) ==
             "test/a.cpp:1: a test that sleeps\n");
  BOOST_TEST(joined(leftovers(file_of("net/a.cpp", sleepy))) == "");
  BOOST_TEST(joined(leftovers(file_of("test/a.cpp", "// sleep(1)\n"))) == "");
}

BOOST_AUTO_TEST_CASE(keep_the_root_folder_clear) {
  BOOST_TEST(joined(root_entry("pipelines")) == "");
  BOOST_TEST(joined(root_entry("build-asan")) == "");
  BOOST_TEST(joined(root_entry("notes.txt")) == "notes.txt does not belong into the root folder\n");
}

BOOST_AUTO_TEST_SUITE_END()
