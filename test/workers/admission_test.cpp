#include "actors/membership/protocol.hpp"
#include "actors/node/configuration.hpp"
#include "test/http/web_client.hpp"
#include "test/support/until.hpp"
#include "test/workers/a_cluster.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/io/basp_broker.hpp>
#include <caf/io/middleman.hpp>
#include <caf/openssl/publish.hpp>
#include <caf/openssl/remote_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <csignal>
#include <ctime>
#include <fstream>
#include <functional>
#include <map>

namespace {

using namespace vdoc::test;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

/// What a program that does not start says.
std::string refusal(command line, const std::map<std::string, std::string>& environment,
                    int code = 1) {
  line.environment.insert(environment.begin(), environment.end());
  const auto came_out = run(line, 60s);
  BOOST_TEST(came_out.exit_code == code, came_out.story());
  return came_out.err;
}

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// A program with the certificate of a member, which says what it likes.
struct a_program {
  explicit a_program(const fs::path& files)
      : config{{files / "ca.pem", files / "node.pem", files / "node.key"}, {}, 1}, system{config} {}
  vdoc::node::configuration config;
  caf::actor_system system;
};

struct a_member : a_program {
  explicit a_member(const fs::path& files) : a_program{files} {
    vdoc::node::offer_nothing_by_name(system); // it would answer CAF's greeting
  }
};

struct a_cluster_port : a_cluster {
  [[nodiscard]] bool worker_says(const std::string& name, const std::string& words) {
    return until(60s, [&] { return holds(worker(name).err_so_far(), words); });
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(the_port_of_a_cluster, a_cluster_port)

BOOST_AUTO_TEST_CASE(is_never_opened_without_certificates) {
  const auto serve = [&](const std::map<std::string, std::string>& environment, int code = 1) {
    return refusal(a_service::program({"serve", "--data", (folder / "data").string(), "--zmq",
                                       "ipc://" + (folder / "door").string(), "--events", "",
                                       "--http", "127.0.0.1:0", "--cluster-listen", place()}),
                   environment, code);
  };
  BOOST_TEST(holds(serve({{"VIDEO_DOC_CLUSTER_NAME", "leader"}}),
                   "a node of a cluster needs certificates; make them with `video-doc cluster "
                   "issue leader`"));
  auto missing = membership_of("leader");
  fs::remove(folder / "leader" / "node.key");
  BOOST_TEST(holds(serve(missing), "node.key"));
  auto other = membership_of("other");
  other["VIDEO_DOC_CLUSTER_NAME"] = "leader";
  BOOST_TEST(holds(serve(other), "this node cannot be part of a cluster"));
  auto strange = membership_of("third");
  strange["VIDEO_DOC_CLUSTER_NAME"] = "Not A Name";
  BOOST_TEST(holds(serve(strange, 2), "VIDEO_DOC_CLUSTER_NAME cannot be \"Not A Name\""));
}

BOOST_AUTO_TEST_CASE(is_looked_for_by_workers_who_know_where) {
  auto line = a_service::program({"serve", "--role", "worker"});
  BOOST_TEST(
      holds(refusal(line, membership_of("a"), 2), "a worker has to know where somebody leads"));
}

BOOST_AUTO_TEST_CASE(is_for_nodes_whose_roles_go_together) {
  const auto serve = [](const std::string& role) {
    return refusal(a_service::program({"serve", "--role", role}), {}, 2);
  };
  BOOST_TEST(serve("king") ==
             "video-doc: --role cannot be \"king\": it is all, or some of gateway, "
             "worker and leader-candidate\n");
  BOOST_TEST(holds(serve(""), "--role cannot be \"\""));
  BOOST_TEST(holds(serve("gateway"), "takes PostgreSQL; say which with DATABASE_URL"));
  BOOST_TEST(holds(serve("leader-candidate,gateway"), "let them come with --cluster-listen"));
  BOOST_TEST(holds(serve("gateway,worker"), "a worker has to know where somebody leads"));
}

BOOST_AUTO_TEST_CASE(is_waited_for_by_workers_and_in_vain_dialled_addresses_do_not_matter) {
  auto line = a_service::program({"serve", "--role", "worker", "--join",
                                  "192.0.2.1:7400,127.0.0.1:1,nowhere.invalid:7400," + place()});
  line.environment = membership_of("a");
  running_command waiting{line};
  BOOST_TEST(until(60s, [&] { return holds(waiting.err_so_far(), "nobody leads"); }));
  start_leader();
  BOOST_TEST(hears("media host takes work  host=a/host-1", 1, 60s), story());
  waiting.signal(SIGTERM);
  BOOST_TEST(waiting.wait(60s).exit_code == 0);
  BOOST_TEST(hears("node is down  member=a cause=\"it has left\""), story());
}

BOOST_AUTO_TEST_CASE(turns_away_a_certificate_of_another_name) {
  start_leader();
  BOOST_REQUIRE(hears("the cluster's port is "));
  a_member member{issue("b")};
  auto& system = member.system;
  const auto port_of_leader =
      caf::openssl::remote_actor<vdoc::membership::front>(system, "127.0.0.1", port);
  BOOST_REQUIRE(port_of_leader);
  caf::scoped_actor self{system};
  const auto answer_to = [&](const std::string& name) {
    vdoc::membership::announce said;
    said.what.node = name;
    said.what.incarnation = "one";
    said.who = system.spawn([]() -> vdoc::membership::envoy::behavior_type {
      return {[](const vdoc::hosts::ping& it) { return vdoc::hosts::pong{it.number}; }};
    });
    vdoc::membership::admission answer;
    self->request(*port_of_leader, 5s, said)
        .receive([&](const vdoc::membership::admission& it) { answer = it; },
                 [&](const caf::error& why) { answer.why = system.render(why); });
    caf::anon_send_exit(said.who, caf::exit_reason::user_shutdown);
    return answer;
  };
  BOOST_TEST(answer_to("a").number == 0u);
  BOOST_TEST(answer_to("a").why == "it is called a, but its certificate is for b");
  // With its own name it gets past that, and is refused for its settings.
  BOOST_TEST(answer_to("b").why.starts_with("its settings differ"), answer_to("b").why);
  BOOST_TEST(said("node is up") == 0u);
}

BOOST_AUTO_TEST_CASE(starts_nothing_and_tells_no_settings_to_whoever_is_connected) {
  start_leader();
  BOOST_REQUIRE(hears("the cluster's port is "));
  const auto files = issue("b");
  a_member member{files};
  auto& system = member.system;
  const auto named = [&](const caf::node_id& where, caf::atom_value name, caf::message what) {
    caf::scoped_actor self{system};
    std::string answer;
    auto basp = system.middleman().named_broker<caf::io::basp_broker>(caf::atom("BASP"));
    self->request(basp, 5s, caf::forward_atom::value, where, name, std::move(what))
        .receive([&](const caf::message& it) { answer = "answered " + caf::to_string(it); },
                 [&](const caf::error& why) { answer = system.render(why); });
    return answer;
  };
  // One that has not been closed to peers, to see that the questions are good ones.
  a_program open{files};
  auto& open_system = open.system;
  const auto open_to_all = [&](bool closed) {
    if (closed)
      vdoc::node::offer_nothing_by_name(open_system);
    const auto who = open_system.spawn([]() -> caf::behavior { return {[](int) {}}; });
    const auto at = caf::openssl::publish(who, 0, "127.0.0.1");
    BOOST_REQUIRE(at);
    const auto seen = caf::openssl::remote_actor<caf::actor>(system, "127.0.0.1", *at);
    BOOST_REQUIRE(seen);
    const auto spawned = system.middleman().remote_spawn<caf::actor>(
        seen->node(), "anything", caf::make_message(), caf::duration{3s});
    const auto error = spawned ? caf::error{} : spawned.error();
    caf::anon_send_exit(who, caf::exit_reason::kill);
    return std::pair{seen->node(), system.render(error)};
  };
  const auto [open_node, of_open] = open_to_all(false);
  BOOST_TEST(holds(of_open, "unknown_type"), of_open); // it has looked for that kind of actor
  const auto ask = caf::make_message(caf::get_atom::value, std::string{"scheduler.policy"});
  const auto put = caf::make_message(caf::put_atom::value, std::string{"x"}, caf::make_message(1));
  const auto told = named(open_node, caf::atom("ConfigServ"), ask);
  BOOST_TEST_MESSAGE("an open one answers a question for settings: " << told);

  const auto leaders =
      caf::openssl::remote_actor<vdoc::membership::front>(system, "127.0.0.1", port);
  BOOST_REQUIRE(leaders);
  const auto spawned = system.middleman().remote_spawn<caf::actor>(
      leaders->node(), "anything", caf::make_message(), caf::duration{3s});
  BOOST_REQUIRE(!spawned);
  BOOST_TEST(holds(system.render(spawned.error()), "request_receiver_down"),
             system.render(spawned.error()));
  for (const auto* name : {"SpawnServ", "ConfigServ", "StreamServ"})
    for (const auto& what : {ask, put}) {
      const auto answer = named(leaders->node(), caf::atom_from_string(std::string{name}), what);
      BOOST_TEST(holds(answer, "request_receiver_down"), name << ": " << answer);
    }
  start_worker("a"); // and all is as it was for those who belong to it
  BOOST_TEST(hears("media host takes work  host=a/host-1"), story());
}

BOOST_AUTO_TEST_CASE(ends_a_connection_instead_of_the_actor_that_it_is_told_to_end) {
  start_leader();
  BOOST_REQUIRE(hears("the cluster's port is "));
  using to_end = std::function<void(const vdoc::membership::front&)>;
  for (const auto& [how, tell] : std::map<std::string, to_end>{
           {"order", [](const auto& whom) { caf::anon_send_exit(whom, caf::exit_reason::kill); }},
           {"error", [](const auto& whom) { // which nobody has asked for
              caf::anon_send(caf::actor_cast<caf::actor>(whom),
                             caf::make_error(caf::sec::runtime_error));
            }}}) {
    a_member member{issue("b")};
    auto& system = member.system;
    const auto leaders =
        caf::openssl::remote_actor<vdoc::membership::front>(system, "127.0.0.1", port);
    BOOST_REQUIRE(leaders);
    caf::scoped_actor self{system};
    self->monitor(*leaders);
    tell(*leaders);
    bool told = false;
    self->receive(
        [&](const caf::down_msg& it) {
          told = true;
          BOOST_TEST((it.reason == caf::exit_reason::remote_link_unreachable),
                     how << ": " << system.render(it.reason));
        },
        caf::after(10s) >> [] {});
    BOOST_TEST(told, how);
  }
  start_worker("a");
  BOOST_TEST(hears("media host takes work  host=a/host-1"), story());
}

BOOST_AUTO_TEST_CASE(turns_away_whoever_is_revoked) {
  const auto files = issue("a");
  run_or_throw(
      a_service::program({"cluster", "revoke", "a", "--ca", (folder / "ca").string()}).words);
  issue("leader"); // with the new list
  start_leader();
  BOOST_REQUIRE(hears("the cluster's port is "));
  start_worker("a"); // whose own list is the old one
  BOOST_TEST(worker_says("a", "nobody leads"), story());
  BOOST_TEST(said("member=a") == 0u, story());
  start_worker("b");
  BOOST_TEST(hears("media host takes work  host=b/host-1"), story());
}

BOOST_AUTO_TEST_CASE(ends_the_connections_of_who_is_revoked_while_it_works) {
  start_leader();
  for (const char* name : {"a", "b"}) {
    start_worker(name);
    BOOST_REQUIRE(hears(std::string{"media host takes work  host="} + name + "/host-1"));
  }
  run_or_throw(
      a_service::program({"cluster", "revoke", "a", "--ca", (folder / "ca").string()}).words);
  fs::copy_file(folder / "ca/crl.pem", folder / "leader/crl.pem",
                fs::copy_options::overwrite_existing);
  BOOST_TEST(hears("connections of revoked certificates are ended  connections=2"), story());
  BOOST_TEST(hears("node is down  member=a"), story());
  BOOST_TEST(hears("media host is lost  host=a/host-1"), story());
  BOOST_TEST(worker_says("a", "nobody leads"), story());
  BOOST_TEST(said("node is up  member=a") == 1u, story());
  BOOST_TEST(said("node is down  member=b") == 0u, story());
  BOOST_TEST(said("media host is lost  host=b/host-1") == 0u, story());
}

BOOST_AUTO_TEST_CASE(turns_away_certificates_of_another_authority) {
  a_cluster stranger;
  start_leader();
  BOOST_REQUIRE(hears("the cluster's port is "));
  start_worker("a", stranger.membership_of("a"));
  BOOST_TEST(worker_says("a", "nobody leads"), story());
  BOOST_TEST(said("member=a") == 0u);
}

BOOST_AUTO_TEST_CASE(turns_away_other_settings_and_says_which) {
  start_leader();
  start_worker("a", {{"VIDEO_DOC_SPEECH_LONGEST_UTTERANCE_MS", "15000"}});
  BOOST_TEST(
      hears("node stays out  member=a cause=\"its settings differ in what results depend on: "
            "here it is speech.longest_utterance_ms=20000\""),
      story());
  BOOST_TEST(worker_says("a", "the leader does not let us in"), story());
}

BOOST_AUTO_TEST_CASE(turns_away_a_second_node_of_the_same_name) {
  start_leader();
  start_worker("a");
  BOOST_REQUIRE(hears("node is up  member=a"));
  auto line = a_service::program({"serve", "--role", "worker", "--join", place()});
  line.environment = membership_of("a");
  running_command second{line};
  BOOST_TEST(
      until(60s,
            [&] { return holds(second.err_so_far(), "another process is called a and answers"); }),
      second.err_so_far());
}

BOOST_AUTO_TEST_CASE(takes_up_new_certificates_without_a_restart) {
  start_leader();
  BOOST_REQUIRE(hears("the cluster's port is "));
  run_or_throw(a_service::program({"cluster", "issue", "leader", "--ca", (folder / "ca").string(),
                                   "--out", (folder / "leader").string()})
                   .words);
  BOOST_TEST(hears("new certificates are in use"), story());
  start_worker("a");
  BOOST_TEST(hears("media host takes work  host=a/host-1"), story());
  command look;
  look.words = {"sh", "-c", "openssl s_client -connect " + place() + " < /dev/null"};
  const auto shown = run(look, 60s);
  std::ifstream file{folder / "leader/node.pem"};
  const std::string pem{std::istreambuf_iterator<char>{file}, {}};
  BOOST_TEST(holds(shown.out, pem.substr(0, pem.find("-----END"))), shown.story());
}

BOOST_AUTO_TEST_CASE(says_that_its_certificate_ends_soon_and_is_content_with_a_new_one) {
  const auto issue_for = [&](const char* days) {
    run_or_throw(
        a_service::program({"cluster", "issue", "leader", "--days", days, "--ca",
                            (folder / "ca").string(), "--out", (folder / "leader").string()})
            .words);
  };
  /// Days from now until the end that is told to Prometheus; 0: none is.
  const auto days_left = [&] {
    const std::string name = "\nvideo_doc_certificate_expires_timestamp_seconds ";
    const auto text = web_client{leader.http()}.get("/metrics").body;
    const auto at = text.find(name);
    constexpr double s_per_day = 86'400;
    return at == std::string::npos ? 0
                                   : (std::stod(text.substr(at + name.size())) -
                                      static_cast<double>(std::time(nullptr))) /
                                         s_per_day;
  };
  issue_for("10");
  start_leader();
  BOOST_TEST(hears("the certificate of this node ends soon  days=9"), story());
  BOOST_TEST(until(60s, [&] { return days_left() > 9.9; })); // the door opens a little later
  BOOST_TEST(days_left() < 10.01);
  issue_for("60");
  BOOST_TEST(hears("new certificates are in use"), story());
  BOOST_TEST(days_left() > 59.9);
  start_worker("a");
  BOOST_TEST(hears("media host takes work  host=a/host-1"), story());
  BOOST_TEST(said("the certificate of this node ends soon") == 1u, story());
}

BOOST_AUTO_TEST_SUITE_END()
