#include "actors/courier/spawn.hpp"
#include "cluster/desk/delivery.hpp"
#include "test/queue/stand_ins.hpp"
#include "test/supervision/stepped_actors.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <nlohmann/json.hpp>

namespace {

using namespace std::chrono_literals;
using namespace vdoc;
using ledger::event_kind;

constexpr std::int64_t noon = 1'764'590'400'000;
constexpr const char* hooks = "https://hooks.example.com/video";

ledger::job a_job(const std::string& callback) {
  ledger::job what;
  what.id = "019a";
  what.source = "/films/talk.mp4";
  what.tenant = "acme";
  what.labels = R"({"show":"news"})";
  what.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  what.callback = callback;
  return what;
}
ledger::event its_end(event_kind kind = event_kind::failed) {
  ledger::event what;
  what.job_id = "019a";
  what.kind = kind;
  what.cause = "no such file";
  what.at_unix_ms = noon;
  return what;
}

/// COURIER over a ledger in memory, and a target that answers as the test says.
struct a_courier_on_a_memory_ledger : test::stepped_actors {
  std::shared_ptr<test::memory_ledger> store = std::make_shared<test::memory_ledger>();
  std::int64_t unix_ms = noon;
  unsigned answers = 200;
  resources::breaker_terms breaker{5, 10'000, 300'000};
  std::vector<net::letter> posted;
  ledger::actor ledger = test::spawn_ledger(system, store);
  ledger::reader reader = test::spawn_reader(system, store);
  net::webhook_secret secret = net::webhook_secret::make();
  std::shared_ptr<resources::measures> measures = std::make_shared<resources::measures>();
  courier::actor courier;

  a_courier_on_a_memory_ledger() {
    ledger::write what;
    what.jobs = {a_job(std::string{R"({"url":")"} + hooks + R"("})")};
    store->write(what);
    begin();
  }
  ~a_courier_on_a_memory_ledger() {
    end();
    caf::anon_send_exit(ledger, caf::exit_reason::kill);
    caf::anon_send_exit(reader, caf::exit_reason::kill);
    run();
  }
  void begin() {
    courier::means with;
    with.find_ledger = [this] { return ledger; };
    with.find_reader = [this] { return reader; };
    with.unix_ms = [this] { return unix_ms; };
    with.steady_ms = [this] { return unix_ms - noon + 7'000; };
    with.measures = measures;
    with.post = [this](const std::string& url, const net::letter& what) {
      BOOST_TEST(url == hooks);
      posted.push_back(what);
      if (answers == 0)
        throw net::fetch_error{net::at_fault::peer, "it does not answer"};
      return answers;
    };
    with.secrets = [this](const std::string& tenant) {
      return std::vector{secret.of_tenant(tenant)};
    };
    with.terms.waits_ms = {1'000, 2'000};
    with.terms.jitter = 0;
    with.terms.breaker = breaker;
    with.detached = false;
    courier = courier::spawn(system, std::move(with));
    run();
  }
  void end() {
    caf::anon_send_exit(courier, caf::exit_reason::kill);
    courier = nullptr;
    run();
  }
  void happens(bool told) {
    const auto what =
        vdoc::desk::delivery_of(store->jobs.at("019a").record.what.callback, "acme", its_end());
    BOOST_REQUIRE(what.has_value());
    ledger::write all;
    all.documents = {*what};
    store->write(all);
    if (told)
      caf::anon_send(courier, courier::tell{*what});
    run();
  }
  std::uint64_t attempts(const char* result) {
    return measures->webhook_attempts.of({result}).value();
  }
  resources::webhook_reading now() { return measures->webhooks_now().value(); }
  void pass_time(std::chrono::milliseconds span) {
    for (; span.count() > 0; span -= 100ms) {
      unix_ms += 100;
      pass(100ms);
    }
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(a_delivery)

BOOST_AUTO_TEST_CASE(is_made_of_what_a_callback_wants_to_hear) {
  BOOST_TEST(!vdoc::desk::delivery_of("", "acme", its_end()).has_value());
  BOOST_TEST(!vdoc::desk::delivery_of("nonsense", "acme", its_end()).has_value());
  const auto* only_good = R"({"url":"https://a/","events":["succeeded"]})";
  BOOST_TEST(!vdoc::desk::delivery_of(only_good, "acme", its_end()).has_value());
  const auto made = vdoc::desk::delivery_of(only_good, "acme", its_end(event_kind::succeeded));
  BOOST_REQUIRE(made.has_value());
  BOOST_TEST(made->kind == "delivery");
  BOOST_TEST(made->key == "019a.succeeded.1764590400000");
  const auto it = vdoc::desk::from_body(made->body);
  BOOST_REQUIRE(it.has_value());
  BOOST_TEST(it->url == "https://a/");
  BOOST_TEST(it->type == "job.succeeded");
  BOOST_TEST(it->tenant == "acme");
  BOOST_TEST((vdoc::desk::from_body(vdoc::desk::to_body(*it)) == it));
  BOOST_TEST(!vdoc::desk::from_body("{}").has_value());
  const auto of_before = vdoc::desk::from_body(
      R"({"job":"a","url":"u","type":"t","cause":"","at_unix_ms":1,"attempts":0,"due_unix_ms":0})");
  ledger::job_record job;
  job.what.tenant = "zoo";
  BOOST_TEST(vdoc::desk::tenant_of(of_before.value(), job) == "zoo");
  BOOST_TEST(vdoc::desk::tenant_of(*it, job) == "acme");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(courier_the_actor, a_courier_on_a_memory_ledger)

BOOST_AUTO_TEST_CASE(posts_a_signed_letter_and_forgets_it) {
  happens(true);
  BOOST_REQUIRE(posted.size() == 1U);
  const auto& letter = posted[0];
  const auto body = nlohmann::json::parse(letter.body);
  BOOST_TEST(body["type"] == "job.failed");
  BOOST_TEST(body["timestamp"] == "2025-12-01T12:00:00.000Z");
  BOOST_TEST(body["data"]["cause"] == "no such file");
  BOOST_TEST(body["data"]["labels"]["show"] == "news");
  BOOST_TEST(body["data"]["tenant"] == "acme");
  const auto expected = net::webhook_headers(
      {secret.of_tenant("acme")}, "019a.failed.1764590400000", noon / 1'000, letter.body);
  BOOST_TEST_REQUIRE(letter.headers.size() == 4U);
  BOOST_TEST(letter.headers[2].second == expected[2].second);
  BOOST_TEST(letter.headers[3].first == "traceparent");
  BOOST_TEST(store->documents.empty());
  BOOST_TEST(attempts("delivered") == 1U);
  BOOST_TEST(attempts("failed") == 0U);
  BOOST_TEST(store->history_of("019a") == "submitted");
}

BOOST_AUTO_TEST_CASE(tries_again_under_the_same_id_until_it_is_taken) {
  answers = 503;
  happens(true);
  answers = 0;
  pass_time(1'100ms);
  answers = 204;
  pass_time(2'100ms);
  BOOST_REQUIRE(posted.size() == 3U);
  BOOST_TEST(posted[2].headers[0].second == posted[0].headers[0].second);
  BOOST_TEST(store->documents.empty());
  pass_time(10'000ms);
  BOOST_TEST(posted.size() == 3U);
  BOOST_TEST(attempts("delivered") == 1U);
  BOOST_TEST(attempts("failed") == 2U);
  BOOST_TEST(measures->webhooks_given_up.value() == 0U);
}

BOOST_AUTO_TEST_CASE(shows_the_breaker_of_a_target_that_fails) {
  end();
  breaker = {2, 3'000, 60'000};
  begin();
  BOOST_TEST(now().waiting == 0U);
  answers = 500;
  happens(true);
  BOOST_TEST(now().waiting == 1U);
  BOOST_REQUIRE(now().breakers.size() == 1U);
  BOOST_TEST(now().breakers[0].name == "webhook hooks.example.com:443");
  BOOST_TEST(now().breakers[0].state == "closed");
  BOOST_TEST(now().breakers[0].failures == 1U);
  pass_time(1'000ms);
  const auto open = now().breakers.at(0);
  BOOST_TEST(open.state == "open");
  BOOST_TEST(open.failures == 2U);
  BOOST_TEST(open.since_ms == 8'000);
  BOOST_TEST(open.next_ms == 11'000);
  BOOST_TEST(open.waiting == 1U);
  answers = 200;
  pass_time(3'000ms);
  BOOST_TEST(now().breakers.empty());
  BOOST_TEST(now().waiting == 0U);
}

BOOST_AUTO_TEST_CASE(writes_into_the_history_what_it_gives_up) {
  answers = 503;
  happens(true);
  pass_time(10'000ms);
  BOOST_TEST(posted.size() == 3U);
  BOOST_TEST(store->history_of("019a") == "submitted warned");
  BOOST_TEST(store->jobs.at("019a").history.back().cause ==
             "no such file; the webhook to hooks.example.com:443 is given up after 3 attempts: it "
             "answers 503");
  BOOST_TEST(measures->webhooks_given_up.value() == 1U);
  BOOST_TEST(attempts("failed") == 3U);
  BOOST_TEST(store->documents.empty());
}

BOOST_AUTO_TEST_CASE(forgets_what_it_gives_up_of_a_job_that_is_removed) {
  answers = 410;
  happens(false);
  const auto told = store->documents.begin()->second;
  store->jobs.clear();
  caf::anon_send(courier, courier::tell{told});
  run();
  BOOST_REQUIRE(posted.size() == 1U);
  BOOST_TEST(nlohmann::json::parse(posted[0].body)["data"]["tenant"] == "acme");
  BOOST_TEST(store->documents.empty());
}

BOOST_AUTO_TEST_CASE(waits_for_the_ledger_without_counting_attempts) {
  store->trouble = "away";
  happens(true);
  pass_time(10'000ms);
  BOOST_TEST(posted.empty());
  BOOST_TEST(attempts("failed") == 0U);
  BOOST_TEST(now().breakers.empty());
  store->trouble.clear();
  pass_time(1'000ms);
  BOOST_TEST(posted.size() == 1U);
}

BOOST_AUTO_TEST_CASE(delivers_after_a_crash_what_it_was_never_told) {
  end();
  answers = 503;
  const auto what =
      vdoc::desk::delivery_of(store->jobs.at("019a").record.what.callback, "acme", its_end());
  store->documents[what->kind + "/" + what->key] = *what;
  begin();
  BOOST_TEST(posted.size() == 1U);
  end();
  begin();
  BOOST_TEST(posted.size() == 1U); // it remembers when the next attempt is due
  answers = 200;
  pass_time(1'100ms);
  BOOST_TEST(posted.size() == 2U);
  BOOST_TEST(store->documents.empty());
}

BOOST_AUTO_TEST_CASE(gives_up_when_the_target_is_gone) {
  answers = 410;
  happens(true);
  pass_time(5'000ms);
  BOOST_TEST(posted.size() == 1U);
  BOOST_TEST(attempts("refused") == 1U);
  BOOST_TEST(store->jobs.at("019a").history.back().cause ==
             "no such file; the webhook to hooks.example.com:443 is given up after 1 attempt: it "
             "answers 410");
  BOOST_TEST(store->documents.empty());
}

BOOST_AUTO_TEST_SUITE_END()
