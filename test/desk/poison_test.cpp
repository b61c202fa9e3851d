#include "cluster/desk/inner_views.hpp"
#include "cluster/desk/poison.hpp"
#include "test/http/memory_archive.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace {

using namespace vdoc::desk;

constexpr std::int64_t found_at = 1'764'576'000'000;

/// A ledger that knows of two contents.
struct a_quarantine {
  vdoc::test::memory_archive archive;
  std::int64_t now = found_at + 1'000;
  poison_desk desk{archive, {[this] { return now; }, [] { return std::string{"chance"}; }}};
  const caller ann{"ann", "*", role::operator_, "http"};

  a_quarantine() {
    archive.write({to_document({"aa11", "it killed 2 hosts", "job-1", "m", found_at}),
                   to_document({"bb22", "it hung", "job-2", "m", found_at - 5'000})},
                  false, [](const verdict&) {});
  }
  std::string seen_by(const caller& who) {
    std::string seen;
    desk.list(who, [&](const poison_list& it) { seen = it.how.ok() ? to_json(it) : it.how.what; });
    return seen;
  }
  verdict lift(const caller& who, const std::string& content, const std::string& cause = "") {
    verdict how{refusal::busy, "no answer", "", 0};
    desk.lift(who, {content, cause}, [&](verdict it) { how = std::move(it); });
    return how;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(contents_in_quarantine, a_quarantine)

BOOST_AUTO_TEST_CASE(are_shown_for_a_week) {
  const std::string second = R"({"content":"bb22","reason":"it hung","job":"job-2",)"
                             R"("since":"2025-12-01T07:59:55.000Z",)"
                             R"("until":"2025-12-08T07:59:55.000Z"})";
  BOOST_TEST(seen_by(ann) == R"({"contents":[{"content":"aa11","reason":"it killed 2 hosts",)"
                             R"("job":"job-1","since":"2025-12-01T08:00:00.000Z",)"
                             R"("until":"2025-12-08T08:00:00.000Z"},)" +
                                 second + "]}");
  now = found_at + poison_known_ms;
  BOOST_TEST(seen_by(ann).find("bb22") == std::string::npos);
  BOOST_TEST(seen_by(ann).find("aa11") != std::string::npos);
  now += 1;
  BOOST_TEST(seen_by(ann) == R"({"contents":[]})");
}

BOOST_AUTO_TEST_CASE(are_lifted_one_by_one_with_a_line_in_the_audit_log) {
  BOOST_TEST(lift(ann, "aa11", "mended").ok());
  BOOST_TEST(seen_by(ann).find("aa11") == std::string::npos);
  BOOST_TEST(seen_by(ann).find("bb22") != std::string::npos);
  const auto lines = archive.audit();
  BOOST_REQUIRE(lines.size() == 1u);
  BOOST_TEST(lines[0].find("lift quarantine") != std::string::npos, lines[0]);
  BOOST_TEST(lines[0].find("aa11") != std::string::npos, lines[0]);
  const auto again = lift(ann, "aa11");
  BOOST_TEST((again.why == refusal::not_found));
  BOOST_TEST(again.what == "no content aa11 is in quarantine");
  BOOST_TEST(archive.audit().size() == 1u);
}

BOOST_AUTO_TEST_CASE(are_the_business_of_those_who_see_all_tenants) {
  const caller viewer{"vic", "*", role::viewer, "http"}, of_red{"red", "red", role::admin, "http"};
  BOOST_TEST(seen_by(viewer).find("aa11") != std::string::npos);
  BOOST_TEST((lift(viewer, "aa11").why == refusal::forbidden));
  BOOST_TEST(seen_by(of_red) == "that is shared between tenants");
  BOOST_TEST((lift(of_red, "aa11").why == refusal::forbidden));
  BOOST_TEST(archive.audit().empty());
}

BOOST_AUTO_TEST_CASE(stay_while_the_ledger_is_away) {
  archive.trouble = "gone";
  BOOST_TEST((lift(ann, "aa11").why == refusal::busy));
  BOOST_TEST(seen_by(ann).find("gone") != std::string::npos);
  archive.trouble.clear();
  BOOST_TEST(seen_by(ann).find("aa11") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(are_named_by_requests) {
  const auto asked =
      parse_poison_lift(R"({"action": "lift", "content": "aa11", "cause": "mended"})");
  BOOST_TEST(asked.how.ok());
  BOOST_TEST(asked.what.content == "aa11");
  BOOST_TEST(asked.what.cause == "mended");
  for (const auto* wrong :
       {"{}", "[]", R"({"content": ""})", R"({"content": 7})",
        R"({"content": "aa11", "action": "drain"})", R"({"content": "aa11", "more": 1})"})
    BOOST_TEST(!parse_poison_lift(wrong).how.ok(), wrong);
  BOOST_TEST(parse_poison_lift("", "aa11").what.content == "aa11");
  BOOST_TEST(parse_poison_lift(R"({"cause": "x"})", "aa11").what.cause == "x");
  BOOST_TEST(!parse_poison_lift(R"({"content": "b"})", "aa11").how.ok());
  BOOST_TEST((cluster_question_in(R"({"show": "quarantine"})") == cluster_question::poison));
  BOOST_TEST(
      (cluster_question_in(R"({"action": "lift", "content": "a"})") == cluster_question::lift));
  BOOST_TEST(
      (cluster_question_in(R"({"action": "drain", "node": "a"})") == cluster_question::order));
}

BOOST_AUTO_TEST_CASE(are_none_where_nobody_could_have_written_them) {
  BOOST_TEST(!poison_from({poison_kind, "a", "no JSON"}, found_at).has_value());
  BOOST_TEST(!poison_from({poison_kind, "a", "[]"}, found_at).has_value());
  const auto it = poison_from(to_document({"a", "why", "job", "marks", found_at}), found_at);
  BOOST_REQUIRE(it.has_value());
  BOOST_TEST(it->marks == "marks");
  BOOST_TEST(it->reason == "why");
}

BOOST_AUTO_TEST_SUITE_END()
