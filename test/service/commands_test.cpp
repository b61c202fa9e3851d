#include "test/http/web_client.hpp"
#include "test/service/a_service.hpp"
#include "test/support/temp_folder.hpp"
#include "test/support/until.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <csignal>
#include <set>
#include <sstream>

namespace {

using namespace vdoc::test;
using namespace std::chrono_literals;
using nlohmann::json;
using words = std::vector<std::string>;

/// With a job that has ended, one that waits, one that failed, and something stored.
struct a_service_with_jobs : a_service {
  std::string done, waiting, failed, node;

  a_service_with_jobs() {
    start();
    done = submit({{"source", "/none"}, {"kind", "noop"}});
    waiting =
        submit({{"source", "/none"}, {"kind", "noop"}, {"not_before", "2999-01-01T00:00:00Z"}});
    failed = submit({{"source", "/nowhere/to/be/found.mp4"}});
    const auto upload = [&] {
      return web_client{http()}
          .send("POST", "/api/v1/uploads", "",
                {{"Tus-Resumable", "1.0.0"}, {"Upload-Length", "10"}})
          .status;
    };
    BOOST_TEST_REQUIRE(until(60s, [&] { return upload() == 201; }), log()); // once it leads
    BOOST_TEST_REQUIRE(wait_for(done, "succeeded", 60s), log());
    BOOST_TEST_REQUIRE(wait_for(failed, "failed", 90s), log());
    node = ask("CLUSTER", json::object())->at("leader").get<std::string>();
  }
};

/// What each line of an output says; nothing when one of them is no JSON.
std::optional<std::vector<json>> lines_of(const std::string& out) {
  std::vector<json> all;
  std::istringstream lines{out};
  for (std::string line; std::getline(lines, line);) {
    all.push_back(json::parse(line, nullptr, false));
    if (!all.back().is_structured())
      return std::nullopt;
  }
  return all;
}

/// Names of the commands in the help of the program.
std::set<std::string> commands_in(const std::string& help) {
  std::set<std::string> all;
  std::istringstream lines{help.substr(help.find("Subcommands:"))};
  std::string line;
  std::getline(lines, line);
  while (std::getline(lines, line) && line.starts_with("  "))
    if (std::istringstream parts{line}; line.at(2) != ' ') {
      parts >> line;
      all.insert(line);
    }
  return all;
}

} // namespace

BOOST_AUTO_TEST_SUITE(commands_of_a_client)

BOOST_FIXTURE_TEST_CASE(speak_json_to_machines, a_service_with_jobs) {
  const std::vector<words> table{{"submit", "/none", "--noop"},
                                 {"submit", "/none", "--noop", "--watch", "--events", events()},
                                 {"status", done},
                                 {"history", done},
                                 {"reprioritise", waiting, "--priority", "high"},
                                 {"watch", done, "--events", events()},
                                 {"list"},
                                 {"retry", done},
                                 {"cancel", waiting},
                                 {"queues"},
                                 {"queues", "set", "night", "--pause"},
                                 {"tenants"},
                                 {"tenants", "set", "acme", "--queued", "9"},
                                 {"schedules", "put", "nightly", "0 3 * * *", "/a"},
                                 {"schedules"},
                                 {"schedules", "remove", "nightly"},
                                 {"deadletter"},
                                 {"deadletter", "replay"},
                                 {"cluster", "status"},
                                 {"cluster", "nodes"},
                                 {"cluster", "leader"},
                                 {"cluster", "quarantine"},
                                 {"cluster", "tree"},
                                 {"cluster", "breakers"},
                                 {"cluster", "hosts"},
                                 {"cluster", "cordon", node},
                                 {"cluster", "uncordon", node}};
  std::set<std::string> tried{"run",   "serve", "ledger", "key",
                              "token", "audit", "webhook"}; // with tests of their own
  for (auto line : table) {
    tried.insert(line.front());
    line.emplace_back("--json");
    const auto came = run_client(line);
    BOOST_TEST_CONTEXT(came.story()) {
      BOOST_TEST(came.exit_code == 0);
      const auto said = lines_of(came.out);
      BOOST_TEST_REQUIRE(said.has_value());
      BOOST_TEST(!said->empty());
    }
  }
  BOOST_TEST(tried == commands_in(run(program({"--help"}), 10s).out),
             boost::test_tools::per_element());
  BOOST_TEST(run_client({"queues", "set", "night", "--resume"}).out.empty());
}

BOOST_FIXTURE_TEST_CASE(say_what_an_order_was_about, a_service_with_jobs) {
  const auto said = [&](words line) {
    line.emplace_back("--json");
    return json::parse(run_client(line).out);
  };
  BOOST_TEST(said({"queues", "set", "night", "--concurrency", "3"})["name"] == "night");
  BOOST_TEST(said({"tenants", "set", "acme", "--share", "2"})["name"] == "acme");
  BOOST_TEST(said({"schedules", "put", "nightly", "0 3 * * *", "/a"})["name"] == "nightly");
  BOOST_TEST(said({"schedules", "remove", "nightly"})["name"] == "nightly");
  BOOST_TEST(said({"cancel", waiting})["id"] == waiting);
  BOOST_TEST(said({"cluster", "cordon", node})["name"] == node);
}

BOOST_FIXTURE_TEST_CASE(tell_what_a_job_went_through_and_change_its_priority, a_service_with_jobs) {
  const auto past = run_client({"history", done});
  BOOST_TEST(past.exit_code == 0, past.story());
  BOOST_TEST(std::ranges::count(past.out, '\n') == 3);
  for (const auto* kind : {"  0  submitted\n", "  1  started\n", "  1  succeeded\n"})
    BOOST_TEST(past.out.find(kind) != std::string::npos, past.out);
  BOOST_TEST(run_client({"history", "019a0000-0000-7000-8000-000000000000"}).exit_code == 1);

  BOOST_TEST(run_client({"reprioritise", waiting}).exit_code == 2); // to what?
  const auto changed =
      run_client({"reprioritise", waiting, "--priority", "-7", "--cause", "later"});
  BOOST_TEST(changed.exit_code == 0, changed.story());
  BOOST_TEST(ask("STATUS", {{"id", waiting}})->at("priority") == -7);
  const auto told = run_client({"history", waiting}).out;
  BOOST_TEST(told.find("reprioritised: ") != std::string::npos, told);
  BOOST_TEST(told.find("later") != std::string::npos, told);
  BOOST_TEST(run_client({"reprioritise", done, "--priority", "high"}).exit_code ==
             1); // it has ended
}

BOOST_FIXTURE_TEST_CASE(make_and_revoke_tokens_for_machines, a_service) {
  const auto said = [&](words line) {
    line.insert(line.end(), {"--json", "--data", served().string()});
    return json::parse(run(program(line), 20s).out);
  };
  const auto made = said({"token", "create", "ann", "--tenant", "*", "--role", "admin"});
  BOOST_TEST(made["name"] == "ann");
  BOOST_TEST(made["token"].get<std::string>().starts_with("vdoc_"));
  const auto listed = said({"token", "list"});
  BOOST_TEST(listed["id"] == made["id"]);
  BOOST_TEST(!listed.contains("token"));
  start();
  web_client client{http()};
  const auto with_it = [&] {
    return client
        .get("/api/v1/jobs", {{"Authorization", "Bearer " + made["token"].get<std::string>()}})
        .status;
  };
  BOOST_TEST(until(60s, [&] { return with_it() == 200; }), log());
  BOOST_TEST(said({"token", "revoke", made["id"].get<std::string>()})["id"] == made["id"]);
  BOOST_TEST(run(program({"token", "list", "--data", served().string()}), 60s).out.empty());
}

BOOST_FIXTURE_TEST_CASE(say_of_a_job_what_the_doors_take, a_service) {
  start();
  const std::string trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  const auto made = run_client({"submit", "/none", "--noop", "--not-before", "2999-01-01T00:00:00Z",
                                "--callback", "https://hooks.example.com/video", "--traceparent",
                                trace, "--label", "show=news"});
  BOOST_TEST_REQUIRE(made.exit_code == 0, made.story());
  const auto id = made.out.substr(0, made.out.find('\n'));
  auto job = ask("STATUS", {{"id", id}}).value();
  BOOST_TEST(job["callback"]["url"] == "https://hooks.example.com/video");
  BOOST_TEST(job["traceparent"] == trace);
  submit({{"source", "/none"}, {"kind", "noop"}, {"labels", {{"show", "old"}}}});
  const auto listed = [&](words line) {
    line.insert(line.begin(), "list");
    const auto came = run_client(line);
    BOOST_TEST(came.exit_code == 0, came.story());
    return std::ranges::count(came.out, '\n');
  };
  BOOST_TEST(listed({}) == 2);
  BOOST_TEST(listed({"--label", "show=news"}) == 1);
  BOOST_TEST(listed({"--label", "show=none"}) == 0);
  BOOST_TEST(listed({"--from", "2020-01-01T00:00:00Z", "--until", "2900-01-01T00:00:00Z"}) == 2);
  BOOST_TEST(listed({"--from", "2900-01-01T00:00:00Z"}) == 0);
  BOOST_TEST(listed({"--until", "2020-01-01T00:00:00Z"}) == 0);
  BOOST_TEST(run_client({"list", "--from", "yesterday"}).exit_code == 1);
  BOOST_TEST(run_client({"submit", "/none", "--traceparent", "00-xyz"}).exit_code == 1);
}

BOOST_FIXTURE_TEST_CASE(say_of_scheduled_jobs_what_the_doors_take, a_service) {
  start();
  const auto put =
      run_client({"schedules", "put", "nightly", "0 3 * * *", "/a", "--priority", "high", "--label",
                  "show=news", "--callback", "https://hooks.example.com/video"});
  BOOST_TEST_REQUIRE(put.exit_code == 0, put.story());
  auto job = json::parse(run_client({"schedules", "--json"}).out).at("job");
  BOOST_TEST(job["priority"].get<int>() > 0);
  BOOST_TEST(job["labels"]["show"] == "news");
  BOOST_TEST(job["callback"]["url"] == "https://hooks.example.com/video");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(doors_of_a_service)

BOOST_AUTO_TEST_CASE(are_opened_to_other_machines_only_when_it_is_exposed) {
  const temp_folder folder;
  const auto serve = [&](const words& doors) {
    words line{"serve", "--data", folder.path().string()};
    line.insert(line.end(), doors.begin(), doors.end());
    auto what = a_service::program(line);
    what.environment["VIDEO_DOC_RUN_WORKERS"] = "1";
    return what;
  };
  const words closed{"--zmq",     "ipc://" + (folder / "door").string(),
                     "--events",  "",
                     "--http",    "127.0.0.1:0",
                     "--metrics", "127.0.0.1:0"};
  const words open{"--zmq",  "tcp://0.0.0.0:*", "--events",  "tcp://0.0.0.0:*",
                   "--http", "0.0.0.0:0",       "--metrics", "0.0.0.0:0"};
  for (std::size_t i = 0; i < open.size(); i += 2) {
    auto doors = closed;
    doors[i + 1] = open[i + 1];
    const auto refused = run(serve(doors), 60s);
    BOOST_TEST_CONTEXT(open[i] << ": " << refused.story()) {
      BOOST_TEST(refused.exit_code == 1);
      BOOST_TEST(refused.err.find("service.exposed") != std::string::npos);
    }
  }
  auto doors = open;
  doors.emplace_back("--exposed");
  running_command service{serve(doors)};
  for (const auto* said : {"listening on tcp://0.0.0.0:", "telling events on tcp://0.0.0.0:",
                           "listening on http://0.0.0.0:", "metrics on http://0.0.0.0:"})
    BOOST_TEST(until(60s, [&] { return service.err_so_far().find(said) != std::string::npos; }),
               said << " is not in " << service.err_so_far());
  service.signal(SIGTERM);
  BOOST_TEST(service.wait(60s).exit_code == 0);
}

BOOST_AUTO_TEST_SUITE_END()
