#include "cluster/desk/registry.hpp"
#include "test/http/memory_archive.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace vdoc;

struct a_registry {
  test::memory_archive archive;
  int numbers = 0;
  vdoc::desk::registry registry{archive,
                                {[this] { return 1'764'576'000'000 + numbers; },
                                 [this] { return "chance-" + std::to_string(++numbers); }}};
  const desk::caller ann{"ann", "*", desk::role::admin};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_line_of_the_audit_log, a_registry)

BOOST_AUTO_TEST_CASE(comes_back_as_it_was_written) {
  const desk::audit_line line{17, "ann", "cancel", "job-1", R"({"cause":"caf\u00e9 \"x\""})"};
  const auto back = desk::audit_line_from(desk::to_document(line, "chance"));
  BOOST_REQUIRE(back.has_value());
  BOOST_TEST(to_json(*back) == to_json(line));
  BOOST_TEST(to_json(line).starts_with(
      R"({"at":"1970-01-01T00:00:00.017Z","who":"ann","what":"cancel","subject":"job-1","detail")"));
  BOOST_TEST(!desk::audit_line_from({desk::audit_kind, "key", "no JSON"}).has_value());
}

BOOST_AUTO_TEST_CASE(is_read_before_those_that_are_older) {
  const auto key_at = [](std::int64_t at) {
    return desk::to_document({at, "", "", "", ""}, "x").key;
  };
  BOOST_TEST(key_at(1'764'576'000'001) < key_at(1'764'576'000'000));
  BOOST_TEST(key_at(10) < key_at(9));
}

BOOST_AUTO_TEST_CASE(of_a_submit_is_there_where_callers_are_told_apart) {
  BOOST_TEST(!registry.line_of_submit(ann, false).has_value()); // all callers are the same
  BOOST_TEST(registry.line_of_submit(ann, true).has_value());
  registry.create(ann, {"ci", "default", desk::role::publisher}, [](const auto&) {});
  BOOST_TEST(registry.line_of_submit(ann, false).has_value());
}

BOOST_AUTO_TEST_CASE(of_a_submit_names_the_jobs_that_the_ledger_has_added) {
  auto stored = registry.line_of_submit(ann, true).value();
  const auto shown_with = [&](const std::string& jobs) {
    auto with = stored;
    with.body.pop_back();
    with.body += ",\"jobs\":" + jobs + "}";
    return to_json(desk::audit_line_from(with).value());
  };
  BOOST_TEST(shown_with(R"(["a"])") ==
             R"({"at":"2025-12-01T08:00:00.000Z","who":"ann","what":"submit","subject":"a"})");
  BOOST_TEST(shown_with(R"(["b","c"])") ==
             R"({"at":"2025-12-01T08:00:00.000Z","who":"ann","what":"submit","subject":"b",)"
             R"("detail":{"jobs":["b","c"]}})");
}

BOOST_AUTO_TEST_SUITE_END()

namespace {

/// A line each second from 1,000 s on; the first of them is "ann submit a".
struct some_lines {
  std::map<std::string, ledger::document> all;
  std::int64_t at_ms = 1'000'000;

  void add(const std::string& who, const std::string& what, const std::string& subject,
           const std::string& detail = "") {
    auto made = desk::to_document({at_ms, who, what, subject, detail}, "chance");
    all[made.key] = made;
    at_ms += 1'000;
  }
  some_lines() {
    add("ann", "submit", "a");
    add("ann (token-1)", "submit", "b", R"({"jobs":["b","c"]})");
    add("annika", "cancel", "a", R"({"cause":"c"})");
    add("ann (token-1)", "cancel", "c");
  }
  std::vector<ledger::document> read(const desk::audit_read& which) {
    std::vector<ledger::document> page;
    for (auto at = all.upper_bound(which.after_key); at != all.end() && page.size() < which.most;
         ++at)
      page.push_back(at->second);
    return page;
  }
  /// The seconds of all lines that are found, page by page: "3 1, 0".
  std::string found(const std::string& wish) {
    auto asked = desk::parse_audit_query(wish);
    BOOST_TEST_REQUIRE(asked.how.ok(), asked.how.what);
    std::string text;
    for (int pages = 0; pages < 10; ++pages) {
      const auto page = desk::page_of(asked.what, read(desk::read_for(asked.what)));
      for (const auto& line : page.lines)
        text += std::to_string(line.at_unix_ms / 1'000 - 1'000) + " ";
      if (page.next.empty())
        return text;
      asked.what.cursor = page.next;
      text += ", ";
    }
    return "too many pages";
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_search_in_the_audit_log, some_lines)

BOOST_AUTO_TEST_CASE(finds_lines_by_who_what_and_subject) {
  BOOST_TEST(found("{}") == "3 2 1 0 ");
  BOOST_TEST(found(R"({"who":"ann"})") == "3 1 0 ");
  BOOST_TEST(found(R"*({"who":"ann (token-1)"})*") == "3 1 ");
  BOOST_TEST(found(R"({"what":"cancel"})") == "3 2 ");
  BOOST_TEST(found(R"({"subject":"c"})") == "3 1 ");
  BOOST_TEST(found(R"({"subject":"a","who":"ann"})") == "0 ");
  BOOST_TEST(found(R"({"who":"nobody"})") == "");
}

BOOST_AUTO_TEST_CASE(finds_lines_by_time) {
  BOOST_TEST(found(R"({"from":1001000})") == "3 2 1 ");
  BOOST_TEST(found(R"({"until":1002000})") == "1 0 ");
  BOOST_TEST(found(R"({"from":1000001,"until":1003000})") == "2 1 ");
  BOOST_TEST(found(R"({"from":"1970-01-01T00:16:43Z"})") == "3 ");
}

BOOST_AUTO_TEST_CASE(goes_on_from_page_to_page) {
  BOOST_TEST(found(R"({"most":2})") == "3 2 , 1 0 , ");
  BOOST_TEST(found(R"({"most":3})") == "3 2 1 , 0 ");
  BOOST_TEST(found(R"({"most":1,"who":"ann"})") == "3 , 1 , 0 ");
  BOOST_TEST(found(R"({"most":1,"until":1002000})") == "1 , 0 , ");
}

BOOST_AUTO_TEST_CASE(goes_on_when_a_page_has_nothing_of_it) {
  for (int i = 0; i < 2'500; ++i)
    add("bob", "submit", "x");
  BOOST_TEST(found(R"({"subject":"a"})") == ", , 2 0 ");
}

BOOST_AUTO_TEST_CASE(refuses_what_it_does_not_understand) {
  for (const char* wrong :
       {R"({"most":0})", R"({"most":1001})", R"({"from":"yesterday"})", R"({"whom":"ann"})", "[]"})
    BOOST_TEST(!desk::parse_audit_query(wrong).how.ok(), wrong);
}

BOOST_AUTO_TEST_SUITE_END()
