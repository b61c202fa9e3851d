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

  static desk::admission taken(const std::string& id) { return {{}, id, false}; }
  std::string newest() {
    return to_json(*desk::audit_line_from(archive.all.lower_bound({"audit", ""})->second));
  }
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

BOOST_AUTO_TEST_CASE(names_the_jobs_of_a_call_that_are_new) {
  registry.note_submits(ann, {taken("a")}); // without tokens all callers are the same
  BOOST_TEST(archive.all.empty());
  registry.create(ann, {"ci", "default", desk::role::publisher}, [](const auto&) {});
  registry.note_submits(ann, {taken("a")});
  BOOST_TEST(newest() == R"({"at":"2025-12-01T08:00:00.002Z","who":"ann","what":"submit",)"
                         R"("subject":"a"})");
  const desk::admission known{{}, "old", true};
  const desk::admission refused{{desk::refusal::busy, "", "", 0}, "", false};
  registry.note_submits(ann, {known, taken("b"), refused, taken("c")});
  BOOST_TEST(newest() == R"({"at":"2025-12-01T08:00:00.003Z","who":"ann","what":"submit",)"
                         R"("subject":"b","detail":{"jobs":["b","c"]}})");
  const auto before = archive.all.size();
  registry.note_submits(ann, {known, refused});
  BOOST_TEST(archive.all.size() == before);
}

BOOST_AUTO_TEST_SUITE_END()
