#include "cluster/desk/key_desk.hpp"
#include "test/http/memory_archive.hpp"

#include <boost/test/unit_test.hpp>

using namespace vdoc::desk;

namespace {

constexpr std::size_t key_length = 40;

struct a_keeper_of_keys {
  vdoc::test::memory_archive archive;
  std::shared_ptr<key_ring> ring = std::make_shared<key_ring>();
  int ids = 0;
  key_desk keys{archive,
                {[] { return std::int64_t{1'764'576'000'000}; },
                 [this] { return "id-" + std::to_string(ids++); }, ring}};
  caller admin{"ann", "*", role::admin};

  a_keeper_of_keys() { keys.refresh(); }

  static client_key key(const std::string& name, char letter, const std::string& tenant = "acme") {
    return {name, std::string(key_length, letter), tenant, role::publisher, 0, ""};
  }
  verdict create(const client_key& what) {
    verdict heard;
    keys.create(admin, what, [&](verdict how) { heard = std::move(how); });
    return heard;
  }
  verdict revoke(const std::string& name) {
    verdict heard;
    keys.revoke(admin, name, [&](verdict how) { heard = std::move(how); });
    return heard;
  }
  key_list list() {
    key_list heard;
    keys.list(admin, [&](key_list all) { heard = std::move(all); });
    return heard;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_keeper, a_keeper_of_keys)

BOOST_AUTO_TEST_CASE(gives_and_takes_keys_and_the_log_has_it_with_them) {
  BOOST_TEST(create(key("studio", 'x')).ok());
  BOOST_TEST(ring->find(std::string(key_length, 'x'))->name == "studio");
  BOOST_TEST(list().keys.at(0).created_by == "ann");
  BOOST_TEST(revoke("studio").ok());
  BOOST_TEST(!ring->find(std::string(key_length, 'x')));
  BOOST_TEST(list().keys.empty());
  BOOST_TEST(archive.audit() ==
                 (std::vector<std::string>{"create key studio by ann", "revoke key studio by ann"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(logs_nothing_that_was_refused) {
  create(key("studio", 'x'));
  BOOST_TEST((create(key("studio", 'y')).why == refusal::conflict));
  BOOST_TEST((create(key("other", 'x')).why == refusal::conflict));
  BOOST_TEST((revoke("none").why == refusal::not_found));
  admin.tenant = "news";
  BOOST_TEST((create(key("x", 'z')).why == refusal::forbidden));
  BOOST_TEST((revoke("studio").why == refusal::not_found));
  admin.as = role::operator_;
  BOOST_TEST((revoke("studio").why == refusal::forbidden));
  BOOST_TEST((list().how.why == refusal::forbidden));
  BOOST_TEST(archive.audit().size() == 1U);
}

BOOST_AUTO_TEST_CASE(says_that_the_ledger_is_away_and_lets_nobody_new_in) {
  archive.trouble = "connection refused";
  BOOST_TEST((create(key("studio", 'x')).why == refusal::busy));
  BOOST_TEST(!ring->find(std::string(key_length, 'x')));
  BOOST_TEST((list().how.why == refusal::busy));
}

BOOST_AUTO_TEST_CASE(gives_none_before_it_has_read_those_there_are) {
  create(key("studio", 'x'));
  const auto empty = std::make_shared<key_ring>();
  key_desk next{archive, {[] { return std::int64_t{0}; }, [] { return "id"; }, empty}};
  archive.trouble = "connection refused";
  next.refresh();
  verdict heard;
  next.create(admin, key("studio", 'y'), [&](verdict how) { heard = std::move(how); });
  BOOST_TEST((heard.why == refusal::busy));
  archive.trouble.clear();
  next.refresh();
  next.create(admin, key("studio", 'y'), [&](verdict how) { heard = std::move(how); });
  BOOST_TEST((heard.why == refusal::conflict));
}

BOOST_AUTO_TEST_CASE(does_not_overwrite_a_key_that_another_service_has_made_meanwhile) {
  const auto theirs = key("studio", 'y');
  archive.all[{key_kind, "studio"}] = {key_kind, "studio", to_json(theirs), 1};
  BOOST_TEST((create(key("studio", 'x')).why == refusal::conflict));
  BOOST_TEST(!ring->find(std::string(key_length, 'x')));
  BOOST_TEST(list().keys.at(0).public_key == theirs.public_key);
}

BOOST_AUTO_TEST_SUITE_END()
