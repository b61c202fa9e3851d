#include "cluster/uploads/upload_book.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace vdoc::uploads;

tenant_room a_thousand_each(const std::string& /*tenant*/) {
  return {1'000, 0};
}

struct a_book {
  upload_book book{upload_terms{0, 60'000, a_thousand_each}};
  std::int64_t now = 1'764'576'000'000;

  bool add(const std::string& id, std::uint64_t length, const std::string& tenant = "ours") {
    return book.add({id, tenant, "talk.mp4", length, ""}, now).ok();
  }
  void take_up(const std::vector<kept_upload>& found) { book.take_up(book.expect(), found); }
  [[nodiscard]] std::uint64_t safe_of(const std::string& id) const {
    const auto it = book.find(id, now);
    return it ? it->safe : 0;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(the_book_of_uploads, a_book)

BOOST_AUTO_TEST_CASE(reserves_bytes_for_each_tenant_until_an_upload_goes) {
  BOOST_TEST(add("a", 600));
  BOOST_TEST(add("b", 400));
  const auto how = book.add({"c", "ours", "x", 1, ""}, now);
  BOOST_TEST((how.why == vdoc::desk::refusal::over_quota));
  BOOST_TEST(how.what == "the uploads of tenant ours have 1000 of 1000 bytes already");
  BOOST_TEST(add("c", 1'000, "theirs"));
  book.remove("b");
  BOOST_TEST(book.bytes_of("ours") == 600u);
  BOOST_TEST(!add("d", 401));
  BOOST_TEST(add("d", 400));
  BOOST_TEST(!add("e", UINT64_MAX, "others"));
}

BOOST_AUTO_TEST_CASE(has_room_for_the_same_upload_begun_once_more_by_its_key) {
  const auto again = [&](const std::string& id, std::uint64_t length, const std::string& metadata,
                         bool has_key, const std::string& tenant = "ours") {
    return book.add({id, tenant, "talk.mp4", length, metadata}, now, has_key).ok();
  };
  BOOST_TEST(again("a", 600, "job X", true));
  BOOST_TEST(!again("b", 600, "job X", false));
  BOOST_TEST(!again("b", 600, "job Y", true));
  BOOST_TEST(!again("b", 601, "job X", true));
  BOOST_TEST(again("b", 600, "job X", true, "theirs"));
  BOOST_TEST(!again("c", 401, "job X", true, "theirs"));
  BOOST_TEST(again("c", 600, "job X", true));
  BOOST_TEST(book.bytes_of("ours") == 1'200u);
  BOOST_TEST(!add("d", 1)); // it counts while it is there
  book.remove("c");
  BOOST_TEST(book.bytes_of("ours") == 600u);
  BOOST_TEST(add("d", 400));
}

BOOST_AUTO_TEST_CASE(counts_uploads_together_with_the_results_that_a_tenant_keeps) {
  std::map<std::string, std::uint64_t> kept{{"ours", 700}};
  upload_terms terms;
  std::uint64_t limit = 1'000;
  terms.room = [&](const std::string& tenant) {
    return vdoc::uploads::tenant_room{0, tenant == "ours" ? limit : 0};
  };
  terms.kept = [&](const std::string& tenant) { return kept[tenant]; };
  upload_book both{terms};
  BOOST_TEST(both.add({"a", "ours", "x", 200, ""}, now).ok());
  const auto how = both.add({"b", "ours", "x", 101, ""}, now);
  BOOST_TEST((how.why == vdoc::desk::refusal::over_quota));
  BOOST_TEST(how.what == "tenant ours has 900 bytes of results and uploads, and may have 1000");
  BOOST_TEST(how.advice.find("service.tenant_stored_mb") != std::string::npos);
  BOOST_TEST(both.add({"b", "ours", "x", 100, ""}, now).ok());
  BOOST_TEST(both.add({"c", "theirs", "x", 1'000, ""}, now).ok());
  both.remove("a");
  kept["ours"] = 901; // a job has ended
  BOOST_TEST(!both.add({"d", "ours", "x", 1, ""}, now).ok());
  limit = 1'002;
  BOOST_TEST(both.add({"d", "ours", "x", 1, ""}, now).ok());
  limit = 10; // what is there stays
  BOOST_TEST(!both.add({"e", "ours", "x", 1, ""}, now).ok());
  both.remove("d");
  BOOST_TEST(
      (both.tenants() == std::map<std::string, std::uint64_t>{{"ours", 100}, {"theirs", 1'000}}));
}

BOOST_AUTO_TEST_CASE(acknowledges_only_what_is_safe) {
  add("a", 100);
  book.written("a", 80, now + 1);
  BOOST_TEST(book.find("a", now)->safe == 0u);
  BOOST_TEST(book.find("a", now)->written == 80u);
  book.synced("a", 80, now + 2);
  BOOST_TEST(book.find("a", now)->safe == 80u);
  BOOST_TEST(!book.find("a", now)->whole());
  book.synced("a", 100, now + 3);
  BOOST_TEST(book.find("a", now)->whole());
}

BOOST_AUTO_TEST_CASE(forgets_an_upload_that_nobody_continues) {
  add("a", 100);
  now += 30'000;
  book.written("a", 10, now);
  now += 59'999;
  BOOST_TEST(book.find("a", now).has_value());
  BOOST_TEST(book.expired(now).empty());
  now += 1;
  BOOST_TEST(!book.find("a", now).has_value());
  BOOST_TEST(book.expired(now).size() == 1u);
}

BOOST_AUTO_TEST_CASE(keeps_a_whole_one_until_it_is_removed) {
  add("a", 100);
  book.synced("a", 100, now);
  now += 60'000;
  BOOST_TEST(book.find("a", now).has_value());
  BOOST_TEST(book.expired(now).size() == 1u);
  book.keep("a", now - 1'000);
  BOOST_TEST(book.expired(now).empty());
  BOOST_TEST(book.find("a", now)->expires_unix_ms == now + 59'000);
}

BOOST_AUTO_TEST_CASE(counts_what_has_come_of_one_whose_length_nobody_knows) {
  BOOST_TEST(book.add({"a", "ours", "x", std::nullopt, ""}, now).ok());
  BOOST_TEST(book.bytes_of("ours") == 0u);
  BOOST_TEST(book.grow("a", 300).ok());
  BOOST_TEST(book.grow("a", 200).ok()); // they are there already
  book.synced("a", 300, now);
  BOOST_TEST(!book.find("a", now)->whole());
  BOOST_TEST(book.bytes_of("ours") == 300u);
  BOOST_TEST(!add("b", 701));
  BOOST_TEST(add("b", 600));
  BOOST_TEST((book.grow("a", 401).why == vdoc::desk::refusal::over_quota));
  BOOST_TEST((book.set_length("a", 401, now).why == vdoc::desk::refusal::over_quota));
  BOOST_TEST(!book.find("a", now)->what.length.has_value());
  BOOST_TEST(book.set_length("a", 400, now).ok());
  BOOST_TEST(book.bytes_of("ours") == 1'000u);
  book.forget_length("a");
  BOOST_TEST(book.bytes_of("ours") == 900u);
  BOOST_TEST(book.set_length("a", 300, now).ok());
  book.synced("a", 300, now);
  BOOST_TEST(book.find("a", now)->whole());
  book.remove("a");
  book.remove("b");
  BOOST_TEST(book.bytes_of("ours") == 0u);
  take_up({{{"c", "ours", "x", std::nullopt, ""}, 70, now}});
  BOOST_TEST(book.bytes_of("ours") == 70u);
}

BOOST_AUTO_TEST_CASE(knows_what_has_become_of_all_of_them) {
  take_up({{{"old", "ours", "x", 10, ""}, 3, now}});
  add("a", 100);
  add("b", 100);
  add("c", 100);
  add("d", 100);
  add("e", 0);
  book.written("a", 60, now);
  book.synced("a", 60, now);
  book.synced("a", 100, now);
  book.synced("a", 100, now);
  book.written("b", 5, now);
  book.expire("b");
  book.remove("c");
  const upload_counts expected{5, 2, 1, 1, 105, 2};
  BOOST_TEST((book.counts() == expected)); // a and e are whole; d and old are open
  book.synced("old", 10, now);
  book.remove("a"); // it was finished, whatever becomes of its file
  const upload_counts later{5, 3, 1, 1, 112, 1};
  BOOST_TEST((book.counts() == later));
}

BOOST_AUTO_TEST_CASE(may_become_shorter_where_a_limit_was_lowered) {
  take_up({{{"a", "ours", "talk.mp4", std::nullopt, ""}, 3'000, now}});
  BOOST_TEST(book.set_length("a", 2'000, now).ok());
  BOOST_TEST(book.bytes_of("ours") == 2'000u);
  BOOST_TEST(!book.set_length("a", 2'001, now).ok());
}

BOOST_AUTO_TEST_CASE(takes_up_what_was_there_whatever_the_limits_are) {
  take_up({{{"a", "ours", "talk.mp4", 5'000, ""}, 3'000, now}});
  BOOST_TEST(book.find("a", now)->safe == 3'000u);
  BOOST_TEST(book.bytes_of("ours") == 5'000u);
  BOOST_TEST(!add("b", 1));
}

BOOST_AUTO_TEST_CASE(knows_more_of_what_it_was_busy_with_than_the_folder_told) {
  BOOST_TEST(!book.is_taken_up());
  add("known", 100);
  book.made("known");
  book.synced("known", 40, now);
  add("left", 200); // another node has had the folder, and removed it
  book.made("left");
  add("being made", 300);
  add("half made", 400);
  const auto reading = book.expect();
  BOOST_TEST(!book.is_taken_up());
  book.made("half made");
  book.synced("known", 60, now);
  book.remove("removed meanwhile");
  const kept_upload known{{"known", "ours", "talk.mp4", 100, ""}, 50, now - 7};
  const kept_upload removed{{"removed meanwhile", "ours", "talk.mp4", 500, ""}, 5, now};
  const kept_upload others{{"others", "theirs", "talk.mp4", 8, ""}, 8, now};
  book.take_up(reading, {known, removed, others});
  BOOST_TEST(book.is_taken_up());
  BOOST_TEST(safe_of("known") == 60u);
  BOOST_TEST(book.find("known", now)->moved_unix_ms == now);
  BOOST_TEST(book.find("others", now)->whole());
  BOOST_TEST(book.find("being made", now).has_value());
  BOOST_TEST(book.find("half made", now).has_value());
  BOOST_TEST(!book.find("left", now).has_value());
  BOOST_TEST(!book.find("removed meanwhile", now).has_value());
  BOOST_TEST(book.bytes_of("ours") == 800u);
  BOOST_TEST(book.bytes_of("theirs") == 8u);
}

BOOST_AUTO_TEST_CASE(takes_up_what_was_read_last) {
  const auto first = book.expect();
  const auto second = book.expect();
  book.take_up(first, {{{"a", "ours", "talk.mp4", 5, ""}, 1, now}});
  BOOST_TEST(!book.is_taken_up());
  BOOST_TEST(!book.find("a", now).has_value());
  book.take_up(second, {{{"a", "ours", "talk.mp4", 5, ""}, 2, now}});
  BOOST_TEST(safe_of("a") == 2u);
  BOOST_TEST(book.is_taken_up());
}

BOOST_AUTO_TEST_SUITE_END()
