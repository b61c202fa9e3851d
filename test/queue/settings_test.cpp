#include "test/queue/a_queue.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace std::chrono_literals;
using namespace vdoc;

} // namespace

BOOST_FIXTURE_TEST_SUITE(what_operators_set, test::a_queue_on_a_memory_ledger)

BOOST_AUTO_TEST_CASE(keeps_what_is_set_of_a_queue_over_its_own_death) {
  const auto set = [&](desk::queue_change what) {
    return ask<queue::ordered>(queue::set_queue{"default", what}).how;
  };
  BOOST_TEST(set({true, {}, {}}).ok());
  BOOST_TEST(set({{}, 2, 30}).ok());
  BOOST_TEST(store->documents.at("queue/default").body ==
             R"({"paused":true,"concurrency":2,"starts_per_min":30})");
  submit_one();
  end();
  begin();
  BOOST_TEST(puppets.empty());
  const auto seen = ask<desk::overview>(queue::look{}).queues.at(0);
  BOOST_TEST(seen.paused);
  BOOST_TEST(seen.concurrency == 2u);
  BOOST_TEST(set({false, {}, {}}).ok());
  BOOST_TEST(puppets.size() == 1u);
}

BOOST_AUTO_TEST_CASE(leaves_a_queue_as_it_is_while_that_cannot_be_written) {
  store->trouble = "gone";
  const auto how = ask<queue::ordered>(queue::set_queue{"default", {true, {}, {}}}).how;
  BOOST_TEST((how.why == desk::refusal::busy));
  store->trouble.clear();
  pass_time(1s);
  submit_one();
  BOOST_TEST(puppets.size() == 1u);
}

BOOST_AUTO_TEST_CASE(keeps_what_a_tenant_may_have_over_its_own_death) {
  using desk::tenant_limit;
  const auto set = [&](const std::string& tenant, desk::tenant_change what) {
    return ask<queue::ordered>(queue::set_tenant{tenant, std::move(what)}).how;
  };
  const auto submit_for = [&](const std::string& tenant) {
    auto what = job();
    what.tenant = tenant;
    what.not_before_unix_ms = unix_ms + 60'000;
    return submit(what).how;
  };
  BOOST_TEST(set("acme", {{tenant_limit::queued, 2}}).ok());
  BOOST_TEST(set("acme", {{tenant_limit::running, 1}}).ok());
  BOOST_TEST(store->documents.at("tenant/acme").body == R"({"queued":2,"running":1})");
  for (int life = 0; life < 2; ++life) {
    BOOST_TEST(submit_for("acme").ok());
    BOOST_TEST(submit_for("other").ok());
    end();
    tenants = std::make_shared<desk::tenant_book>(); // of another process
    begin();
  }
  const auto refused = submit_for("acme");
  BOOST_TEST((refused.why == desk::refusal::over_quota));
  BOOST_TEST(refused.what == "tenant acme may have 2 jobs waiting");
  BOOST_TEST(submit_for("other").ok());
  auto seen = ask<desk::overview>(queue::look{}).tenants;
  BOOST_TEST_REQUIRE(seen.size() == 2U);
  BOOST_TEST(seen[0].name == "acme");
  BOOST_TEST(seen[0].waiting == 2U);
  BOOST_TEST(seen[1].waiting == 3U);

  BOOST_TEST(set("acme", {{tenant_limit::queued, {}}, {tenant_limit::running, {}}}).ok());
  BOOST_TEST(!store->documents.contains("tenant/acme"));
  BOOST_TEST(submit_for("acme").ok());
}

BOOST_AUTO_TEST_CASE(forgets_what_another_lead_before_it_knew_of_a_tenant) {
  tenants->set("acme", {{desk::tenant_limit::queued, 1}});
  end();
  begin();
  BOOST_TEST(tenants->own().empty());
  for (int i = 0; i < 2; ++i) {
    auto what = job();
    what.tenant = "acme";
    what.not_before_unix_ms = unix_ms + 60'000;
    BOOST_TEST(submit(what).how.ok());
  }
}

BOOST_AUTO_TEST_CASE(leaves_a_tenant_as_it_is_while_that_cannot_be_written) {
  store->trouble = "gone";
  const desk::tenant_change one{{desk::tenant_limit::queued, 1}};
  BOOST_TEST((ask<queue::ordered>(queue::set_tenant{"acme", one}).how.why == desk::refusal::busy));
  store->trouble.clear();
  pass_time(1s);
  BOOST_TEST(tenants->own().empty());
  BOOST_TEST(ask<queue::ordered>(queue::set_tenant{"acme", one}).how.ok());
  BOOST_TEST((tenants->own_of("acme") == desk::own_limits{{desk::tenant_limit::queued, 1}}));
}

BOOST_AUTO_TEST_SUITE_END()
