#include "conf/roles.hpp"
#include "conf/settings.hpp"

#include <boost/test/unit_test.hpp>

using namespace vdoc::conf;

namespace {

/// The message of the error that reading `toml` gives; "" when it gives none.
std::string complaint_of(std::string_view toml) {
  settings into;
  try {
    read_toml(into, toml, "my.toml");
  } catch (const settings_error& wrong) {
    return wrong.what();
  }
  return "";
}

std::string complaint_of(const environment& variables) {
  settings into;
  try {
    read_environment(into, variables);
  } catch (const settings_error& wrong) {
    return wrong.what();
  }
  return "";
}

std::string complaint_of(std::string_view key, std::string_view text) {
  settings into;
  try {
    assign(into, key, text, "--flag");
  } catch (const settings_error& wrong) {
    return wrong.what();
  }
  return "";
}

} // namespace

BOOST_AUTO_TEST_SUITE(settings_from_a_file)

BOOST_AUTO_TEST_CASE(change_what_is_written_and_leave_the_rest) {
  settings into;
  read_toml(into,
            "[run]\ncrf = 30\nmp4 = true\n[source]\nschemes = [\"https\"]\n[ladder]\n"
            "rungs = [{height_px = 300, max_bitrate_kbps = 400, buffer_kbit = 500}]\n",
            "my.toml");
  BOOST_TEST(into.run.crf == 30);
  BOOST_TEST(into.run.mp4);
  BOOST_TEST(into.source.schemes == std::vector<std::string>{"https"});
  BOOST_TEST((into.ladder.rungs == std::vector<rung>{{300, 400, 500}}));
  BOOST_TEST(into.run.preset == "veryfast");
}

BOOST_AUTO_TEST_CASE(name_file_and_line_of_an_unknown_key) {
  BOOST_TEST(complaint_of("[run]\ncrf = 23\n\nquality = 3\n") ==
             "my.toml:4: unknown key run.quality");
  BOOST_TEST(complaint_of("\n[ran]\n") == "my.toml:2: unknown section ran");
  BOOST_TEST(complaint_of("crf = 3\n") == "my.toml:1: unknown section crf");
  BOOST_TEST(complaint_of("[ladder]\nrungs = [\n {heigth_px = 3},\n]\n") ==
             "my.toml:3: unknown key heigth_px in a rung");
}

BOOST_AUTO_TEST_CASE(refuse_another_type) {
  BOOST_TEST(complaint_of("[run]\ncrf = \"23\"\n") == "my.toml:2: run.crf takes a whole number");
  BOOST_TEST(complaint_of("[run]\ncrf = 23.5\n") == "my.toml:2: run.crf takes a whole number");
  BOOST_TEST(complaint_of("[run]\nmp4 = 1\n") == "my.toml:2: run.mp4 takes true or false");
  BOOST_TEST(complaint_of("[run]\nout = 7\n") == "my.toml:2: run.out takes a text");
  BOOST_TEST(complaint_of("[source]\nschemes = [1]\n") ==
             "my.toml:2: source.schemes takes texts only");
  BOOST_TEST(complaint_of("run = 3\n") == "my.toml:1: run is a section: write [run]");
}

BOOST_AUTO_TEST_CASE(refuse_what_is_out_of_range) {
  BOOST_TEST(complaint_of("[run]\ncrf = 52\n") == "my.toml:2: run.crf has to be from 0 to 51");
  BOOST_TEST(complaint_of("[run]\ncontainer = \"avi\"\n") ==
             "my.toml:2: run.container has to be one of fmp4|ts");
  BOOST_TEST(complaint_of("[run]\nladder = \"720,,\"\n") ==
             "my.toml:2: run.ladder cannot be \"720,,\"");
  BOOST_TEST(complaint_of("[source]\nschemes = [\"ftp\"]\n") ==
             "my.toml:2: source.schemes cannot be \"ftp\"");
  BOOST_TEST(complaint_of("[source]\nschemes = []\n") ==
             "my.toml:2: source.schemes must not be empty");
  for (const auto* place : {"node-a", "node-a:", ":7400", "node-a:70000", "::1:7400", "a:7x"})
    BOOST_TEST(complaint_of(std::string{"[cluster]\nlisten = \""} + place + "\"\n") ==
               std::string{"my.toml:2: cluster.listen cannot be \""} + place + "\"");
  BOOST_TEST(complaint_of("[cluster]\njoin = [\"a:1\", \"b\"]\n") ==
             "my.toml:2: cluster.join cannot be \"b\"");
  BOOST_TEST(complaint_of("[cluster]\njoin = [\"a:1\", \"[::1]:65535\"]\n") == "");
  BOOST_TEST(complaint_of("[cluster]\nlabels = [\"zone:eu-1\", \"spot\"]\n") == "");
  BOOST_TEST(complaint_of("[service]\ntenant_shares = [\"acme=3\", \"a=b=1000\"]\n") == "");
  for (const std::string wrong :
       {"acme", "acme=", "acme=0", "acme=1001", "=3", "acme=3x", "acme=-1"})
    BOOST_TEST(complaint_of("[service]\ntenant_shares = [\"" + wrong + "\"]\n") ==
               "my.toml:2: service.tenant_shares cannot be \"" + wrong +
                   "\": it is a tenant and its share, 1 to 1000: \"acme=3\"");
  for (const std::string wrong : {"Zone", "zone:", ":a", "a:b:c", "a b"})
    BOOST_TEST(complaint_of("[cluster]\nlabels = [\"" + wrong + "\"]\n") ==
               "my.toml:2: cluster.labels cannot be \"" + wrong + "\"");
}

BOOST_AUTO_TEST_CASE(refuse_rungs_that_do_not_fall) {
  BOOST_TEST(
      complaint_of("[ladder]\nrungs = [{height_px = 360, max_bitrate_kbps = 1, buffer_kbit = 1},"
                   "{height_px = 720, max_bitrate_kbps = 1, buffer_kbit = 1}]\n") ==
      "my.toml:2: ladder.rungs needs at least one rung, and the heights falling");
}

BOOST_AUTO_TEST_CASE(name_the_line_of_broken_toml) {
  BOOST_TEST(complaint_of("[run]\ncrf = = 3\n").starts_with("my.toml:2: "));
}

BOOST_AUTO_TEST_CASE(come_from_a_file_that_can_be_read) {
  BOOST_CHECK_EXCEPTION(load("/nowhere/my.toml", {}), settings_error,
                        [](const settings_error& wrong) {
                          return std::string{wrong.what()} == "/nowhere/my.toml cannot be read";
                        });
  BOOST_TEST(load(VDOC_SOURCE_FOLDER "/conf/video-doc.toml", {}).run.crf == 23);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(settings_from_the_environment)

BOOST_AUTO_TEST_CASE(win_over_the_file) {
  settings into;
  read_toml(into, "[run]\ncrf = 30\n[limits]\nstall_s = 3\n", "my.toml");
  read_environment(into, {{"VIDEO_DOC_RUN_CRF", "18"},
                          {"VIDEO_DOC_SOURCE_SCHEMES", "file,https"},
                          {"VIDEO_DOC_LADDER_RUNGS", "720:2800:5600,360:800:1600"},
                          {"VIDEO_DOC_RUN_MP4", "true"},
                          {"PATH", "/bin"}});
  BOOST_TEST(into.run.crf == 18);
  BOOST_TEST(into.limits.stall_s == 3);
  BOOST_TEST(into.source.schemes == (std::vector<std::string>{"file", "https"}));
  BOOST_TEST((into.ladder.rungs == std::vector<rung>{{720, 2800, 5600}, {360, 800, 1600}}));
  BOOST_TEST(into.run.mp4);
}

BOOST_AUTO_TEST_CASE(takes_the_log_levels_of_other_systems) {
  settings into;
  read_environment(into, {{"LOG_LEVEL", "WARN"}, {"LOG_FORMAT", "JSON"}});
  BOOST_TEST(into.log.level == "warning");
  BOOST_TEST(into.log.format == "json");
  read_environment(into, {{"LOG_LEVEL", "CRITICAL"}});
  BOOST_TEST(into.log.level == "error");
  BOOST_CHECK_THROW(read_environment(into, {{"LOG_LEVEL", "chatty"}}), settings_error);
  BOOST_CHECK_THROW(read_environment(into, {{"VIDEO_DOC_LOG_LEVEL", "WARN"}}), settings_error);
}

BOOST_AUTO_TEST_CASE(know_the_names_that_others_gave_them) {
  settings into;
  read_toml(into, "[ledger]\ndatabase = \"a.db\"\n", "my.toml");
  read_environment(into, {{"DATABASE_URL", "postgres://db/jobs"}});
  BOOST_TEST(into.ledger.database == "postgres://db/jobs");
  read_environment(into,
                   {{"VIDEO_DOC_LEDGER_DATABASE", "b.db"}, {"DATABASE_URL", "postgres://db/jobs"}});
  BOOST_TEST(into.ledger.database == "b.db");
}

BOOST_AUTO_TEST_CASE(name_the_variable_that_is_wrong) {
  BOOST_TEST(complaint_of(environment{{"VIDEO_DOC_RUN_CFR", "1"}}) ==
             "VIDEO_DOC_RUN_CFR in the environment is no setting");
  BOOST_TEST(complaint_of(environment{{"VIDEO_DOC_RUN_CRF", "good"}}) ==
             "VIDEO_DOC_RUN_CRF takes a whole number, not \"good\"");
  BOOST_TEST(complaint_of(environment{{"VIDEO_DOC_LADDER_RUNGS", "720:1"}}) ==
             "VIDEO_DOC_LADDER_RUNGS takes rungs like 720:2800:5600,360:800:1600, not \"720:1\"");
}

BOOST_AUTO_TEST_CASE(leave_room_for_variables_that_are_no_settings) {
  BOOST_TEST(complaint_of(environment{{"VIDEO_DOC_BINARY", "x"},
                                      {"VIDEO_DOC_TEST_SEED", "1"},
                                      {"VIDEO_DOC_CONFIG", "f"}}) == "");
}

BOOST_AUTO_TEST_CASE(are_taken_from_the_process) {
  const char* const variables[] = {"A=1", "B=x=y", "C=", nullptr};
  BOOST_TEST((environment_of(variables) == environment{{"A", "1"}, {"B", "x=y"}, {"C", ""}}));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(roles_of_a_node)

BOOST_AUTO_TEST_CASE(are_all_or_some_of_three) {
  BOOST_TEST((roles_in("all") == roles{true, true, true}));
  BOOST_TEST((roles_in("gateway") == roles{true, false, false}));
  BOOST_TEST((roles_in("worker,gateway") == roles{true, true, false}));
  BOOST_TEST((roles_in("leader-candidate,worker") == roles{false, true, true}));
  BOOST_TEST((roles_in("worker,worker") == roles{false, true, false}));
  for (const auto* wrong : {"", "king", "all,worker", "gateway,", ",gateway", "gateway, worker"})
    BOOST_TEST(!roles_in(wrong).has_value(), wrong);
  BOOST_TEST(words_of({true, false, true}) ==
             (std::vector<std::string>{"gateway", "leader-candidate"}));
}

BOOST_AUTO_TEST_CASE(are_refused_in_words_when_there_are_none_or_unknown_ones) {
  BOOST_TEST(
      complaint_of("[cluster]\nrole = \"king\"\n") ==
      "my.toml:2: cluster.role cannot be \"king\": it is all, or some of gateway, worker and "
      "leader-candidate");
  BOOST_TEST(complaint_of("cluster.role", "") ==
             "--flag cannot be \"\": it is all, or some of gateway, worker and leader-candidate");
  BOOST_TEST(complaint_of(environment{{"VIDEO_DOC_CLUSTER_ROLE", "gateway,worker"}}) == "");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_flag)

BOOST_AUTO_TEST_CASE(may_write_times_with_a_unit) {
  settings into;
  assign(into, "run.segment_ms", "4s", "--segment");
  BOOST_TEST(into.run.segment_ms == 4000);
  assign(into, "run.segment_ms", "2500ms", "--segment");
  BOOST_TEST(into.run.segment_ms == 2500);
  assign(into, "run.segment_ms", "1.5s", "--segment");
  BOOST_TEST(into.run.segment_ms == 1500);
  assign(into, "limits.stall_s", "3000ms", "--stall");
  BOOST_TEST(into.limits.stall_s == 3);
}

BOOST_AUTO_TEST_CASE(is_named_when_it_is_wrong) {
  BOOST_TEST(complaint_of("run.segment_ms", "soon") ==
             "--flag takes a time like 4s or 500ms, not \"soon\"");
  BOOST_TEST(complaint_of("limits.stall_s", "1500ms") ==
             "--flag takes a time like 4s or 500ms, not \"1500ms\"");
  BOOST_TEST(complaint_of("run.segment_ms", "1ms") == "--flag has to be from 1000 to 20000");
  BOOST_TEST(complaint_of("run.mp4", "yes") == "--flag takes true or false, not \"yes\"");
  BOOST_TEST(complaint_of("run.what", "1") == "--flag sets run.what, which is unknown");
}

BOOST_AUTO_TEST_SUITE_END()
