#include "net/blobs/far_files.hpp"
#include "net/blobs/server.hpp"
#include "test/support/tcp_relay.hpp"
#include "test/support/temp_folder.hpp"
#include "test/support/until.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <iterator>
#include <zmq.hpp>

namespace {

using namespace vdoc;
using namespace std::chrono_literals;
using blobs::transfer_end;
namespace fs = std::filesystem;

constexpr std::size_t run_bytes = 20'000'000;

std::string pattern(std::size_t size, unsigned seed = 1) {
  std::string bytes(size, '\0');
  for (auto& one : bytes) {
    seed = seed * 1'664'525 + 1'013'904'223;
    one = static_cast<char>(seed >> 24U);
  }
  return bytes;
}

std::string content(const fs::path& file) {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

/// A leader with a run of a job, and a host beyond a relay.
struct two_ends {
  test::temp_folder leaders, hosts;
  std::shared_ptr<blobs::loan_book> book = std::make_shared<blobs::loan_book>(1);
  std::atomic<std::uint64_t> out{0}, in{0};
  blobs::server server{
      {"tcp://127.0.0.1:0", book, {}, [this](std::uint64_t more_out, std::uint64_t more_in) {
         out += more_out;
         in += more_in;
       }}};
  test::tcp_relay relay{server.port()};
  net::key_pair keys = net::new_key_pair();
  bool is_known = let_in();
  std::string run = pattern(run_bytes);
  std::string pass = lend();
  std::vector<std::string> stranded;
  std::shared_ptr<blobs::client> client = dial(keys);
  std::shared_ptr<blobs::piece_cache> cache =
      std::make_shared<blobs::piece_cache>(hosts.path(), "host-1", 100'000'000);
  blobs::far_files files{client, cache,
                         [this](const std::string& why) { stranded.push_back(why); }};

  two_ends() {
    fs::create_directories(leaders / "runs");
    std::ofstream{leaders / "runs/00000.au", std::ios::binary} << run;
  }
  /// Before it comes: who is refused does not ask again.
  bool let_in() {
    server.let_in({{keys.public_key, "a/host-1"}});
    return true;
  }
  std::string lend(std::uint64_t bytes = UINT64_MAX) {
    return book->lend(
        {"a/host-1", leaders.path(), {{"runs/00000.au", bytes}}, {"encoded/720p/00000.au"}});
  }
  std::shared_ptr<blobs::client> dial(const net::key_pair& with,
                                      std::int64_t patience_ms = 20'000) {
    blobs::client_terms terms;
    terms.endpoint = "tcp://127.0.0.1:" + std::to_string(relay.port());
    terms.server_key = server.public_key();
    terms.mine = with;
    terms.terms.patience_ms = patience_ms;
    return std::make_shared<blobs::client>(std::move(terms));
  }
  [[nodiscard]] blobs::errand errand(std::uint64_t bytes = UINT64_MAX) const {
    return {pass, leaders.path(), {{"runs/00000.au", bytes}}, false};
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(lent_files, two_ends)

BOOST_AUTO_TEST_CASE(brings_a_run_to_a_host_once_and_its_result_back) {
  const auto made = pattern(3'000'000, 7);
  for (int round = 0; round < 3; ++round) {
    const auto bench = files.prepare(errand());
    BOOST_TEST((content(bench->folder() / "runs/00000.au") == run));
    fs::create_directories(bench->folder() / "encoded/720p");
    std::ofstream{bench->folder() / "encoded/720p/00000.au", std::ios::binary} << made;
    bench->hand_in({"encoded/720p/00000.au"});
    BOOST_TEST((content(leaders / "encoded/720p/00000.au") == made));
    book->take_back(pass);
    pass = lend(); // another task of the same fragment
  }
  BOOST_TEST(out == run_bytes);
  BOOST_TEST(in == 3 * made.size());
  BOOST_TEST(stranded.empty());
  BOOST_TEST(cache->bytes() == run_bytes); // results do not stay
}

BOOST_AUTO_TEST_CASE(brings_only_the_rest_of_a_run_that_has_grown) {
  pass = lend(5'000'001);
  const auto first = files.prepare(errand(5'000'001))->folder();
  BOOST_TEST(out == 5'000'001u);
  pass = lend();
  BOOST_TEST(files.prepare(errand())->folder() == first); // its decoder goes on there
  BOOST_TEST(out == run_bytes);
  BOOST_TEST((content(first / "runs/00000.au") == run));
  pass = lend(7'000'000); // an earlier fragment, again
  files.prepare(errand(7'000'000));
  BOOST_TEST(out == run_bytes);
}

BOOST_AUTO_TEST_CASE(brings_anew_what_is_not_the_same_any_more) {
  const auto first = files.prepare(errand())->folder();
  run = pattern(run_bytes, 2);
  std::ofstream{leaders / "runs/00000.au", std::ios::binary} << run;
  const auto second = files.prepare(errand())->folder();
  BOOST_TEST(first != second);
  BOOST_TEST((content(second / "runs/00000.au") == run));
}

BOOST_AUTO_TEST_CASE(goes_on_after_a_cut_and_does_not_send_all_again) {
  relay.limit(8'000'000); // so that there is time to do it in the middle
  auto told = client->begin(blobs::fetch_order{pass, "runs/00000.au"}, hosts / "run");
  for (int cuts = 1; cuts <= 3; ++cuts) {
    const auto half = out + run_bytes / 5;
    BOOST_REQUIRE(test::until(60s, [&] { return out >= half; }));
    relay.cut();
    BOOST_TEST((told.wait_for(300ms) == std::future_status::timeout));
    relay.mend();
  }
  const auto end = told.get();
  BOOST_TEST((end.how == transfer_end::kind::done), end.why);
  BOOST_TEST((content(hosts / "run") == run));
  BOOST_TEST_MESSAGE("three cuts: " << out - run_bytes << " of " << run_bytes
                                    << " bytes again, over " << relay.connections()
                                    << " connections");
  BOOST_TEST(out < run_bytes + 4'500'000); // what was on its way, 1 MiB at most, each time
  BOOST_TEST(relay.connections() >= 4u);
}

/// Of a process that may open no sockets any more.
BOOST_AUTO_TEST_CASE(tells_at_once_when_its_connection_is_cut_if_somebody_wants_to_know) {
  std::atomic<int> cuts{0};
  BOOST_REQUIRE((client->begin(blobs::greet_order{}).get().how == transfer_end::kind::done));
  relay.cut(); // for nobody
  BOOST_REQUIRE(test::until(60s, [&] { return relay.connections() >= 2u; }));
  relay.mend();
  BOOST_REQUIRE((client->begin(blobs::greet_order{}).get().how == transfer_end::kind::done));
  client->on_cut([&] { ++cuts; });
  BOOST_REQUIRE((client->begin(blobs::greet_order{}).get().how == transfer_end::kind::done));
  BOOST_TEST(cuts == 0);
  relay.cut(); // while nothing is under way
  BOOST_TEST(test::until(60s, [&] { return cuts == 1; }));
  relay.mend();
  BOOST_REQUIRE((client->begin(blobs::greet_order{}).get().how == transfer_end::kind::done));
  relay.cut();
  BOOST_REQUIRE(test::until(60s, [&] { return relay.connections() >= 5u; }));
  BOOST_TEST(cuts == 1); // once
}

BOOST_AUTO_TEST_CASE(tells_that_its_connection_is_cut_already) {
  std::atomic<int> cuts{0};
  BOOST_REQUIRE((client->begin(blobs::greet_order{}).get().how == transfer_end::kind::done));
  relay.cut();
  BOOST_REQUIRE(test::until(60s, [&] { return relay.connections() >= 2u; }));
  client->on_cut([&] { ++cuts; });
  BOOST_TEST(test::until(60s, [&] { return cuts == 1; }));
}

/// Heartbeats find it out.
BOOST_AUTO_TEST_CASE(tells_of_a_connection_that_is_dead_without_a_word) {
  std::atomic<int> cuts{0};
  BOOST_REQUIRE((client->begin(blobs::greet_order{}).get().how == transfer_end::kind::done));
  client->on_cut([&] { ++cuts; });
  relay.swallow();
  BOOST_TEST(test::until(60s, [&] { return cuts == 1; }));
}

BOOST_AUTO_TEST_CASE(goes_on_after_a_silence_that_nobody_is_told_of) {
  relay.limit(8'000'000); // so that there is time to do it in the middle
  std::ofstream{hosts / "result", std::ios::binary} << run;
  auto told = client->begin(blobs::hand_in_order{pass, "encoded/720p/00000.au", run_bytes},
                            hosts / "result");
  BOOST_REQUIRE(test::until(60s, [&] { return in >= run_bytes / 2; }));
  relay.swallow();
  BOOST_TEST((told.wait_for(6s) == std::future_status::timeout));
  relay.mend();
  const auto end = told.get();
  BOOST_TEST((end.how == transfer_end::kind::done), end.why);
  BOOST_TEST((content(leaders / "encoded/720p/00000.au") == run));
  BOOST_TEST(in < run_bytes + 5'000'000);
}

BOOST_AUTO_TEST_CASE(keeps_a_slow_link_open_for_others) {
  relay.limit(600'000); // 4.8 Mbit/s
  auto told = client->begin(blobs::fetch_order{pass, "runs/00000.au"}, hosts / "run");
  BOOST_REQUIRE(test::until(60s, [&] { return out >= 2'000'000; }));
  // Of what is on its way a second at most is before anything else.
  BOOST_TEST(out - relay.bytes_to_clients() < 700'000);
}

BOOST_AUTO_TEST_CASE(gives_up_on_a_leader_that_does_not_answer) {
  relay.swallow();
  const auto impatient = dial(keys, 1'000);
  const auto end = impatient->begin(blobs::greet_order{}).get();
  BOOST_TEST((end.how == transfer_end::kind::unreachable));
  blobs::far_files these{impatient, cache,
                         [this](const std::string& why) { stranded.push_back(why); }};
  BOOST_CHECK_THROW(these.prepare(errand()), std::runtime_error);
  BOOST_REQUIRE(stranded.size() == 1u);
  BOOST_TEST(stranded[0] == "runs/00000.au: no answer for 1 s");
}

BOOST_AUTO_TEST_CASE(gives_nothing_to_a_key_that_is_not_known) {
  const auto stranger = dial(net::new_key_pair(), 1'000);
  const auto end =
      stranger->begin(blobs::fetch_order{pass, "runs/00000.au"}, hosts / "stolen").get();
  BOOST_TEST((end.how == transfer_end::kind::unreachable));
  BOOST_TEST(fs::file_size(hosts / "stolen") == 0u);
  BOOST_TEST(out == 0u);
  // Nor without CURVE at all.
  zmq::context_t context;
  zmq::socket_t plain{context, zmq::socket_type::dealer};
  plain.set(zmq::sockopt::linger, 0);
  plain.set(zmq::sockopt::rcvtimeo, 1'000);
  plain.connect("tcp://127.0.0.1:" + std::to_string(server.port()));
  const auto frames =
      blobs::to_frames(blobs::request{blobs::verb::read, 1, pass, "runs/00000.au", 0, {}, ""});
  plain.send(zmq::buffer(frames[0]), zmq::send_flags::sndmore);
  plain.send(zmq::buffer(frames[1]), zmq::send_flags::dontwait);
  zmq::message_t got;
  BOOST_TEST(!plain.recv(got));
  // Who is known still gets all.
  files.prepare(errand());
  BOOST_TEST(out == run_bytes);
}

BOOST_AUTO_TEST_CASE(gives_nothing_to_a_host_that_is_known_no_more) {
  BOOST_TEST((client->begin(blobs::greet_order{}).get().how == transfer_end::kind::done));
  server.let_in({});
  const auto impatient = dial(keys, 1'000);
  for (const auto& each : {impatient, client}) {
    auto told = each->begin(blobs::fetch_order{pass, "runs/00000.au"}, hosts / "stolen");
    BOOST_TEST((told.wait_for(1'500ms) == std::future_status::timeout ||
                told.get().how == transfer_end::kind::unreachable));
  }
  BOOST_TEST(out == 0u);
}

BOOST_AUTO_TEST_CASE(refuses_a_result_that_nobody_waits_for) {
  const auto bench = files.prepare(errand());
  fs::create_directories(bench->folder() / "encoded/720p");
  std::ofstream{bench->folder() / "encoded/720p/00000.au", std::ios::binary} << "late";
  book->take_back(pass);
  BOOST_CHECK_THROW(bench->hand_in({"encoded/720p/00000.au"}), std::runtime_error);
  BOOST_TEST(!fs::exists(leaders / "encoded/720p/00000.au"));
  BOOST_TEST(stranded.empty()); // it is of use for others
}

BOOST_AUTO_TEST_CASE(survives_noise) {
  zmq::context_t context;
  const auto noisy = net::new_key_pair();
  server.let_in({{keys.public_key, "a/host-1"}, {noisy.public_key, "b/host-1"}});
  zmq::socket_t socket{context, zmq::socket_type::dealer};
  socket.set(zmq::sockopt::linger, 0);
  socket.set(zmq::sockopt::curve_serverkey, server.public_key());
  socket.set(zmq::sockopt::curve_publickey, noisy.public_key);
  socket.set(zmq::sockopt::curve_secretkey, noisy.secret_key);
  socket.connect("tcp://127.0.0.1:" + std::to_string(server.port()));
  for (unsigned i = 0; i < 500; ++i) {
    for (unsigned frame = 0; frame < i % 5; ++frame)
      socket.send(zmq::buffer(pattern(i * 37 % 3'000, i)), zmq::send_flags::sndmore);
    socket.send(zmq::buffer(std::string{"VBQ1"} + pattern(i % 90, i)), zmq::send_flags::none);
  }
  BOOST_TEST((client->begin(blobs::greet_order{}).get().how == transfer_end::kind::done));
  BOOST_TEST((content(files.prepare(errand())->folder() / "runs/00000.au") == run));
}

BOOST_AUTO_TEST_SUITE_END()
