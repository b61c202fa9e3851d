#include "actors/node/certificates.hpp"
#include "actors/node/configuration.hpp"
#include "actors/node/media_host.hpp"
#include "actors/node/type_ids.hpp"
#include "pipelines/fault.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/actor_system.hpp>
#include <caf/binary_deserializer.hpp>
#include <caf/binary_serializer.hpp>

#include <atomic>
#include <fstream>
#include <random>
#include <sys/resource.h>
#include <thread>

namespace {

using namespace vdoc;
namespace fs = std::filesystem;

/// Whether a message with one T comes back from its bytes as it was.
template <class T> bool travels(caf::actor_system& system, T value) {
  const auto sent = caf::make_message(std::move(value));
  std::vector<char> bytes;
  caf::binary_serializer out{system, bytes};
  auto message = sent;
  if (out(message))
    return false;
  caf::message received;
  caf::binary_deserializer in{system, bytes};
  return !in(received) && received.size() == 1 && received.match_element<T>(0) &&
         to_string(received) == to_string(sent);
}

template <caf::type_id_t... Ids>
void send_all(caf::actor_system& system, std::integer_sequence<caf::type_id_t, Ids...>) {
  constexpr auto first = caf::id_block::vdoc::begin;
  const auto check = [&]<caf::type_id_t Id>(std::integral_constant<caf::type_id_t, Id>) {
    using type = typename caf::type_by_id<Id>::type;
    BOOST_TEST(travels(system, type{}), caf::type_name_by_id<Id>::value << " does not travel");
  };
  (check(std::integral_constant<caf::type_id_t, first + Ids>{}), ...);
}

std::vector<char> bytes_of(caf::actor_system& system, const caf::message& what) {
  std::vector<char> bytes;
  caf::binary_serializer out{system, bytes};
  BOOST_REQUIRE(!out(what));
  return bytes;
}

/// A message of type T whose names are right and whose fields are anything: few or many elements,
/// more than there is memory for, or over too soon.
template <class T>
void survives_nonsense(caf::actor_system& system, std::mt19937& chance, const char* name) {
  const auto honest = bytes_of(system, caf::make_message(T{}));
  const auto names = honest.size() - [&] {
    std::vector<char> fields;
    caf::binary_serializer out{system, fields};
    T value{};
    BOOST_REQUIRE(!out(value));
    return fields.size();
  }();
  constexpr int trials = 400;
  constexpr std::array counts{0, 0, 0, 1, 1, 2, 0x7f, 0xff, 0x80};
  for (int trial = 0; trial < trials; ++trial) {
    auto bytes = honest;
    bytes.resize(names + chance() % 300, 0);
    for (auto at = names; at < bytes.size(); ++at)
      bytes[at] = static_cast<char>(trial % 2 == 0 ? counts[chance() % counts.size()] : chance());
    if (trial % 4 == 0 && bytes.size() >= names + 18) // "so many follow": more than 2^62
      std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(names + chance() % 10), 8, '\xff');
    caf::message received;
    caf::binary_deserializer in{system, bytes};
    try {
      if (!in(received))
        (void)to_string(received);
    } catch (const std::exception& why) {
      BOOST_TEST(false, name << " ends the process: " << why.what());
      return;
    }
  }
}

struct an_actor_system {
  node::configuration config;
  caf::actor_system system{config};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(the_wire, an_actor_system)

BOOST_AUTO_TEST_CASE(carries_every_message_type_there_is) {
  constexpr auto count = caf::id_block::vdoc::end - caf::id_block::vdoc::begin;
  static_assert(count > 30);
  send_all(system, std::make_integer_sequence<caf::type_id_t, count>{});
}

BOOST_AUTO_TEST_CASE(survives_nonsense_in_every_message_type) {
#ifndef __SANITIZE_ADDRESS__
  const rlimit most{4UL << 30U, 4UL << 30U};
  BOOST_REQUIRE(::setrlimit(RLIMIT_AS, &most) == 0);
#endif
  std::mt19937 chance{20261127};
  constexpr auto count = caf::id_block::vdoc::end - caf::id_block::vdoc::begin;
  [&]<caf::type_id_t... Ids>(std::integer_sequence<caf::type_id_t, Ids...>) {
    (survives_nonsense<typename caf::type_by_id<caf::id_block::vdoc::begin + Ids>::type>(
         system, chance, caf::type_name_by_id<caf::id_block::vdoc::begin + Ids>::value),
     ...);
  }
  (std::make_integer_sequence<caf::type_id_t, count>{});
}

BOOST_AUTO_TEST_CASE(carries_every_field_of_what_decides) {
  dispatch::want_slot wish;
  wish.task_id = "task";
  wish.job_id = "job";
  wish.kind = dispatch::stage::audio;
  wish.priority = -3;
  wish.index = 70000;
  wish.affinity = "run-7";
  BOOST_TEST(travels(system, wish));
  BOOST_TEST(travels(system, dispatch::revoked{"t", "h", {dispatch::host_end::hung, "cause"}}));
  hosts::census seen;
  seen.hosts.push_back({"host-1", hosts::host_phase::up, 77, 3, "SIGSEGV", 1ULL << 40, 12});
  seen.trouble = "none";
  BOOST_TEST(travels(system, seen));
  ledger::history past;
  past.events.push_back({"j", ledger::event_kind::failed, "c", "{}", 2, 1700000000000, 9, 2});
  BOOST_TEST(travels(system, past));
  ledger::write all;
  all.jobs.push_back(
      {"id", "s", "o", "{}", "t", "q", -3, "k", "{}", 17, {"a", "b"}, "00-", "{}", "dk", 7});
  all.events = past.events;
  all.documents.push_back({"kind", "key", "{}", 7});
  all.must_not_be_lost = true;
  BOOST_TEST(travels(system, all));
  ledger::found one;
  one.what = {all.jobs.front(), ledger::job_state::retrying, 4, 5, "why", 6, 7, 8, 9};
  BOOST_TEST(travels(system, one));
  ledger::list_jobs list;
  list.which = {{ledger::job_state::failed}, "t", "q", "k", "v", "text", 1, 2};
  list.cursor = "c";
  list.most = 3;
  BOOST_TEST(travels(system, list));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(the_words_of_a_media_host)

BOOST_AUTO_TEST_CASE(say_what_they_are_made_of) {
  node::media_host_options options;
  options.host_id = "host-2";
  options.incarnation = "abc.7";
  options.node_port = 40123;
  options.tls = "/tmp/some where";
  options.parent = 4711;
  options.capacity = {1, 2, 3, 4, 5, 6, 7};
  options.memory_limit_mib = 1536;
  options.turn = "/tmp/some where/turn-0";
  options.kept = "/tmp/some where/kept";
  BOOST_TEST((node::from_arguments(node::to_arguments(options)) == options));
  options.leaders = {"node-a:7400", "[::1]:7401"};
  options.node = "node-b";
  options.node_incarnation = "def";
  BOOST_TEST((node::from_arguments(node::to_arguments(options)) == options));
}

BOOST_AUTO_TEST_CASE(give_hosts_a_turn_that_have_to_share_cores) {
  const auto turns = [](std::size_t hosts, std::size_t cores) {
    std::vector<int> all;
    for (std::size_t i = 0; i < hosts; ++i)
      all.push_back(node::turn_of(i, hosts, cores));
    return all;
  };
  BOOST_TEST((turns(1, 2) == std::vector{-1}));
  BOOST_TEST((turns(2, 2) == std::vector{0, 0}));
  BOOST_TEST((turns(2, 1) == std::vector{0, 0}));
  BOOST_TEST((turns(4, 4) == std::vector{0, 1, 0, 1}));
  BOOST_TEST((turns(2, 4) == std::vector{-1, -1}));
  BOOST_TEST((turns(3, 4) == std::vector{0, 1, 0}));
}

BOOST_AUTO_TEST_CASE(are_refused_by_name_when_they_make_no_sense) {
  const auto refusal = [](const std::vector<std::string>& words) {
    try {
      node::from_arguments(words);
    } catch (const std::invalid_argument& why) {
      return std::string{why.what()};
    }
    return std::string{"taken"};
  };
  BOOST_TEST(refusal({"--color", "red"}) == "media-host does not know --color");
  BOOST_TEST(refusal({"--parent", "12x"}) == "--parent needs a number, not \"12x\"");
  BOOST_TEST(refusal({"--node", "10.0.0.1:99"}) == "--node has to be on 127.0.0.1");
  BOOST_TEST(refusal({"--id"}) == "media-host: a value is missing after --id");
  BOOST_TEST(refusal({}).starts_with("media-host is started by a node"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(the_certificates_of_a_node)

BOOST_AUTO_TEST_CASE(fit_together_and_are_for_their_owner_only) {
  fs::path folder;
  {
    const node::certificates made;
    folder = made.folder();
    check(made.of_node());
    check(node::of_host(folder));
    BOOST_TEST((fs::status(folder).permissions() == fs::perms::owner_all));
    for (const auto* name : {"node.key", "host.key"})
      BOOST_TEST((fs::status(folder / name).permissions() ==
                  (fs::perms::owner_read | fs::perms::owner_write)));
    BOOST_TEST(!fs::exists(folder / "ca.key"));
  }
  BOOST_TEST(!fs::exists(folder));
}

BOOST_AUTO_TEST_CASE(are_refused_by_the_name_of_the_file_that_is_wrong) {
  const node::certificates made;
  auto mixed = made.of_node();
  mixed.key = node::of_host(made.folder()).key;
  BOOST_CHECK_EXCEPTION(check(mixed), failure, [](const failure& why) {
    return why.why().what.find("host.key") != std::string::npos;
  });
  auto missing = made.of_node();
  missing.authority = made.folder() / "nowhere.pem";
  BOOST_CHECK_EXCEPTION(check(missing), failure, [](const failure& why) {
    return why.why().what.find("nowhere.pem") != std::string::npos;
  });
}

BOOST_AUTO_TEST_CASE(are_renewed_when_half_of_their_day_is_over) {
  node::certificates made;
  const auto read = [&] {
    std::ifstream file{made.of_node().certificate};
    return std::string{std::istreambuf_iterator<char>{file}, {}};
  };
  const auto first = read();
  const auto now = std::chrono::system_clock::now();
  made.renew_if_due(now + std::chrono::hours{11});
  BOOST_TEST((read() == first));
  made.renew_if_due(now + std::chrono::hours{13});
  BOOST_TEST((read() != first));
  check(made.of_node());
}

BOOST_AUTO_TEST_CASE(of_nodes_that_start_at_once_are_not_swept_by_one_another) {
  std::atomic<int> made{0};
  std::vector<std::thread> nodes;
  for (int i = 0; i < 8; ++i)
    nodes.emplace_back([&made] {
      for (int round = 0; round < 100; ++round)
        try {
          const node::certificates mine;
          ++made;
        } catch (const failure&) {
        }
    });
  for (auto& one : nodes)
    one.join();
  BOOST_TEST(made == 800);
}

BOOST_AUTO_TEST_CASE(of_a_killed_node_are_swept_by_the_next_one) {
  const node::certificates alive;
  auto pattern = (fs::temp_directory_path() / "video-doc-tls-XXXXXX").string();
  BOOST_REQUIRE(::mkdtemp(pattern.data()) != nullptr);
  std::ofstream{fs::path{pattern} / "lock"} << "";
  const node::certificates next;
  BOOST_TEST(!fs::exists(pattern));
  BOOST_TEST(fs::exists(alive.folder()));
}

BOOST_AUTO_TEST_SUITE_END()
