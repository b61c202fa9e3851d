#include "net/zmq/client.hpp"
#include "net/zmq/doorkeeper.hpp"
#include "net/zmq/event_reader.hpp"
#include "net/zmq/events.hpp"
#include "net/zmq/gateway.hpp"
#include "test/desk/plain_desk.hpp"
#include "test/support/until.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

namespace {

using namespace std::chrono_literals;
using namespace vdoc;

/// A gatekeeper without a ledger.
class plain_keeper final : public desk::gatekeeper {
public:
  explicit plain_keeper(std::shared_ptr<desk::key_ring> ring) : ring_{std::move(ring)} {}
  void create(const desk::caller& who, desk::client_key what,
              desk::then<desk::verdict> answer) override {
    if (!who.may(desk::role::admin))
      return answer({desk::refusal::forbidden, "not yours", "", 0});
    ring_->put(std::move(what));
    answer({});
  }
  void list(const desk::caller&, desk::then<desk::key_list> answer) override { answer({}); }
  void revoke(const desk::caller&, const std::string& name,
              desk::then<desk::verdict> answer) override {
    ring_->remove(name);
    answer({});
  }

private:
  std::shared_ptr<desk::key_ring> ring_;
};

struct a_door_with_keys {
  std::shared_ptr<desk::key_ring> ring = std::make_shared<desk::key_ring>();
  std::shared_ptr<resources::measures> measures = std::make_shared<resources::measures>();
  std::vector<std::string> said;
  net::service_keys keys{net::new_key_pair(), net::new_key_pair()};
  std::shared_ptr<net::doorkeeper> doorkeeper = std::make_shared<net::doorkeeper>(
      net::doorkeeper::means{keys, ring, measures, std::chrono::steady_clock::now,
                             [this](const std::string& words) { said.push_back(words); }});
  test::plain_desk desk;
  plain_keeper keeper{ring};
  net::zmq_gateway door{desk, {"tcp://127.0.0.1:*", false, doorkeeper}, &keeper};
  desk::event_feed feed{"f"};
  net::zmq_events teller{feed, {"tcp://127.0.0.1:*", false, doorkeeper}};

  a_door_with_keys() { ring->fill({}); }

  net::key_file make(const std::string& name, const std::string& tenant, desk::role as) {
    const auto pair = net::new_key_pair();
    ring->put({name, pair.public_key, tenant, as, 0, ""});
    return {pair, keys.service.public_key};
  }
  static std::string ask(net::zmq_client& client, const std::string& verb,
                         const std::string& body = "{}") {
    const auto reply = client.ask(verb, body, 60s);
    return reply ? reply->code : "no answer";
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_door_that_asks_for_keys, a_door_with_keys)

BOOST_AUTO_TEST_CASE(lets_in_who_has_one_and_knows_whose_it_is) {
  net::zmq_client client{door.address(), make("studio", "acme", desk::role::publisher)};
  BOOST_TEST(ask(client, "SUBMIT", R"({"source":"/a"})") == "OK");
  BOOST_TEST(desk.jobs.at("id-0").tenant == "acme");
  BOOST_TEST(ask(client, "KEY-CREATE",
                 R"({"name":"x","public_key":")" + std::string(40, 'x') + "\"}") == "forbidden");
  net::zmq_client admin{door.address(), net::key_file{keys.admin, keys.service.public_key}};
  BOOST_TEST(ask(admin, "KEY-CREATE",
                 R"({"name":"x","public_key":")" + std::string(40, 'x') + "\"}") == "OK");
  BOOST_TEST(ring->find(std::string(40, 'x')).has_value());
}

BOOST_AUTO_TEST_CASE(refuses_strangers_counts_them_and_says_so_once) {
  for (std::uint64_t i = 0; i < 3; ++i) {
    net::zmq_client stranger{door.address(),
                             net::key_file{net::new_key_pair(), keys.service.public_key}};
    BOOST_TEST(!stranger.ask("PING", "", 300ms).has_value());
    // It is there until it has been refused.
    BOOST_TEST(test::until(60s, [&] { return measures->keys_refused.value() > i; }));
  }
  net::zmq_client plain{door.address()};
  BOOST_TEST(!plain.ask("PING", "", 300ms).has_value());
  BOOST_TEST(said.size() == 1u);
}

BOOST_AUTO_TEST_CASE(does_not_talk_to_who_expects_another_service) {
  auto mine = make("studio", "acme", desk::role::publisher);
  mine.server_key = net::new_key_pair().public_key;
  net::zmq_client client{door.address(), mine};
  BOOST_TEST(!client.ask("PING", "", 300ms).has_value());
}

BOOST_AUTO_TEST_CASE(turns_away_with_the_next_request_who_lost_the_key) {
  net::zmq_client client{door.address(), make("studio", "acme", desk::role::publisher)};
  BOOST_TEST(ask(client, "PING") == "OK");
  ring->remove("studio");
  BOOST_TEST(ask(client, "PING") == "forbidden");
}

BOOST_AUTO_TEST_CASE(lets_in_later_whose_key_was_not_known_yet) {
  const auto slow_ring = std::make_shared<desk::key_ring>();
  const auto slow = std::make_shared<net::doorkeeper>(net::doorkeeper::means{
      keys, slow_ring, measures, std::chrono::steady_clock::now, [](const std::string&) {}});
  net::zmq_gateway other{desk, {"tcp://127.0.0.1:*", false, slow}};
  const auto pair = net::new_key_pair();
  net::zmq_client early{other.address(), net::key_file{pair, keys.service.public_key}};
  BOOST_TEST(!early.ask("PING", "", 300ms).has_value());
  slow_ring->fill({{"studio", pair.public_key, "acme", desk::role::viewer, 0, ""}});
  BOOST_TEST(test::until(60s, [&] { return early.ask("PING", "", 500ms).has_value(); }));
}

BOOST_AUTO_TEST_CASE(tells_events_to_who_sees_all_tenants_until_the_key_is_gone) {
  net::event_reader all{teller.address(), make("ops", "*", desk::role::viewer)};
  net::event_reader one{teller.address(), make("studio", "acme", desk::role::admin)};
  all.subscribe("");
  one.subscribe("");
  const auto hears = [&](net::event_reader& who) {
    feed.publish("job.1.state", "acme", "{}");
    return who.next(20ms).has_value();
  };
  BOOST_TEST(test::until(60s, [&] { return hears(all); }));
  BOOST_TEST(!hears(one));
  ring->remove("ops");
  BOOST_TEST(test::until(60s, [&] { // what was on its way is still read
    while (all.next(0ms)) {
    }
    return !hears(all) && !hears(all) && !hears(all);
  }));
}

BOOST_AUTO_TEST_CASE(may_be_reached_from_other_machines) {
  const net::zmq_gateway wide{desk, {"tcp://0.0.0.0:*", false, doorkeeper}};
  BOOST_TEST(wide.address().starts_with("tcp://0.0.0.0:"));
}

BOOST_AUTO_TEST_SUITE_END()
