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
