#include "cluster/desk/submission.hpp"

#include <boost/test/unit_test.hpp>

using namespace vdoc;
using namespace vdoc::desk;

namespace {

const caller publisher{"ci", "news", role::publisher};
const caller admin{"root", "*", role::admin};

std::string wrong_with(const std::string& job, const caller& who = publisher) {
  const auto parsed = parse_job(job, who);
  BOOST_TEST((parsed.how.why == refusal::bad_request), job << " was taken");
  return parsed.how.what;
}

/// A job with one more field.
std::string with(const std::string& field) {
  return R"({"source": "/films/talk.mp4", )" + field + "}";
}

} // namespace

BOOST_AUTO_TEST_SUITE(a_submission)

BOOST_AUTO_TEST_CASE(needs_no_more_than_a_source) {
  ledger::job expected;
  expected.source = "/films/talk.mp4";
  expected.tenant = "news";
  const auto parsed = parse_job(R"({"source": "/films/talk.mp4"})", publisher);
  BOOST_TEST(parsed.how.ok(), parsed.how.what);
  BOOST_TEST((parsed.what == expected));
  BOOST_TEST(parse_job(R"({"source": "x"})", admin).what.tenant == "default");
}

BOOST_AUTO_TEST_CASE(may_say_everything) {
  const auto parsed = parse_job(R"({
    "source": "https://films.example/talk.mp4", "kind": "video", "queue": "nightly-2.x_y",
    "priority": "high", "idempotency_key": "talk/1", "tenant": "films",
    "labels": {"show": "news", "a": ""}, "not_before": "2026-12-01T08:00:00Z",
    "after": ["019a0000-0000-7000-8000-000000000001", "019a0000-0000-7000-8000-000000000001"],
    "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    "spec": {"crf": 21, "attempts": 5}})",
                                admin);
  BOOST_TEST(parsed.how.ok(), parsed.how.what);
  ledger::job expected;
  expected.source = "https://films.example/talk.mp4";
  expected.queue = "nightly-2.x_y";
  expected.priority = 10;
  expected.idempotency_key = "talk/1";
  expected.tenant = "films";
  expected.labels = R"({"a":"","show":"news"})";
  expected.not_before_unix_ms = 1'796'112'000'000;
  expected.after = {"019a0000-0000-7000-8000-000000000001"};
  expected.traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  expected.spec = R"({"attempts":5,"crf":21})";
  BOOST_TEST((parsed.what == expected));
}

BOOST_AUTO_TEST_CASE(may_be_the_same_as_another_for_a_while) {
  const auto keyed = parse_job(with(R"("dedupe": {"key": "talk", "window_s": 604800})"), publisher);
  BOOST_TEST(keyed.how.ok(), keyed.how.what);
  BOOST_TEST(keyed.what.dedupe_key == "talk");
  BOOST_TEST(keyed.what.dedupe_window_ms == 604'800'000);
  const auto key_of = [](const std::string& more) {
    const auto parsed = parse_job(with(R"("dedupe": {"window_s": 1})" + more), publisher);
    BOOST_TEST(parsed.how.ok(), parsed.how.what);
    BOOST_TEST(parsed.what.dedupe_window_ms == 1'000);
    return parsed.what.dedupe_key;
  };
  const auto plain = key_of("");
  BOOST_TEST(plain.size() == 65u);
  BOOST_TEST(key_of(R"(, "priority": "high", "labels": {"a": "b"})") == plain);
  BOOST_TEST(key_of(R"(, "spec": {"crf": 21})") != plain);
  BOOST_TEST(key_of(R"(, "spec": {"crf": 21, "mp4": true})") ==
             key_of(R"(, "spec": {"mp4": true, "crf": 21})"));
  BOOST_TEST(key_of(R"(, "queue": "night")") != plain);
}

BOOST_AUTO_TEST_CASE(takes_priorities_by_name_and_by_number) {
  const auto priority = [](const char* said) {
    const auto parsed = parse_job(with(std::string{R"("priority": )"} + said), publisher);
    BOOST_TEST(parsed.how.ok(), parsed.how.what);
    return parsed.what.priority;
  };
  BOOST_TEST(priority(R"("low")") == -10);
  BOOST_TEST(priority(R"("normal")") == 0);
  BOOST_TEST(priority(R"("high")") == 10);
  BOOST_TEST(priority(R"("urgent")") == 20);
  BOOST_TEST(priority("-1000") == -1000);
  BOOST_TEST(priority("7") == 7);
}

BOOST_AUTO_TEST_CASE(keeps_the_kind_in_the_spec) {
  BOOST_TEST(parse_job(with(R"("kind": "noop")"), publisher).what.spec == R"({"kind":"noop"})");
  BOOST_TEST(parse_job(with(R"("spec": {"kind": "noop"})"), publisher).what.spec ==
             R"({"kind":"noop"})");
  BOOST_TEST(wrong_with(with(R"("kind": "video", "spec": {"kind": "noop"})")) ==
             "kind and spec.kind say different things");
  wrong_with(with(R"("kind": "shell")"));
}

BOOST_AUTO_TEST_CASE(says_whom_to_tell_of_its_end) {
  const auto callback = [](const char* said) {
    const auto parsed = parse_job(with(std::string{R"("callback": )"} + said), publisher);
    BOOST_TEST(parsed.how.ok(), parsed.how.what);
    return parsed.what.callback;
  };
  BOOST_TEST(callback(R"("https://a/b")") == R"({"url":"https://a/b"})");
  BOOST_TEST(callback(R"({"url": "http://a", "events": ["failed"]})") ==
             R"({"events":["failed"],"url":"http://a"})");
  BOOST_TEST(wrong_with(with(R"("callback": "ftp://a")")) ==
             "callback has to be an http or https URL");
  BOOST_TEST(wrong_with(with(R"("callback": {"events": ["failed"]})")) ==
             "callback.url has to be an http or https URL");
  wrong_with(with(R"("callback": {"url": "http://a", "events": []})"));
  wrong_with(with(R"("callback": {"url": "http://a", "events": ["born"]})"));
  wrong_with(with(R"("callback": {"url": "http://a", "secret": "x"})"));
  wrong_with(with(R"("callback": 7)"));
}

BOOST_AUTO_TEST_CASE(is_forbidden_for_another_tenant) {
  const auto parsed = parse_job(with(R"("tenant": "films")"), publisher);
  BOOST_TEST((parsed.how.why == refusal::forbidden));
  BOOST_TEST(parse_job(with(R"("tenant": "news")"), publisher).how.ok());
}

BOOST_AUTO_TEST_CASE(is_refused_by_the_name_of_the_field) {
  BOOST_TEST(wrong_with("{}") == "source is missing");
  BOOST_TEST(wrong_with(R"({"source": 7})") == "source has to be a text");
  BOOST_TEST(wrong_with(with(R"("sauce": 1)")) == "unknown field sauce");
  BOOST_TEST(wrong_with(with(R"("queue": "Night")")) == "queue is made of a to z, 0 to 9 and ._-");
  wrong_with(with(R"("queue": "")"));
  wrong_with(with(R"("queue": "stage.video")"));
  wrong_with(with(R"("tenant": "*")"), admin);
  wrong_with(with(R"("priority": "asap")"));
  wrong_with(with(R"("priority": 1001)"));
  wrong_with(with(R"("priority": 1.5)"));
  wrong_with(with(R"("labels": ["a"])"));
  wrong_with(with(R"("labels": {"a": 1})"));
  wrong_with(with(R"("labels": {"": "x"})"));
  wrong_with(with(R"("not_before": "tomorrow")"));
  wrong_with(with(R"("not_before": -1)"));
  wrong_with(with(R"("after": "019a0000-0000-7000-8000-000000000001")"));
  wrong_with(with(R"("after": ["../../etc/passwd"])"));
  wrong_with(with(R"("traceparent": "00-0-0-00")"));
  wrong_with(with(R"("traceparent": "00-00000000000000000000000000000000-00f067aa0ba902b7-01")"));
  wrong_with(with(R"("spec": "fast")"));
  BOOST_TEST(wrong_with(with(R"("dedupe": {"key": "k"})")) == "dedupe.window_s is missing");
  BOOST_TEST(wrong_with(with(R"("dedupe": {"window_s": 0})")) ==
             "dedupe.window_s has to be a whole number from 1 to 604800");
  wrong_with(with(R"("dedupe": {"window_s": 604801})"));
  wrong_with(with(R"("dedupe": {"window_s": 1.5})"));
  wrong_with(with(R"("dedupe": {"window_s": 1, "for": "ever"})"));
  wrong_with(with(R"("dedupe": "talk")"));
  wrong_with(with(R"("dedupe": {"window_s": 1, "key": ")" + std::string(256, 'k') + R"("})"));
  BOOST_TEST(wrong_with(with(R"("spec": {"crf": 99})")) == "spec.crf has to be from 0 to 51");
}

BOOST_AUTO_TEST_CASE(is_refused_when_it_is_too_long) {
  BOOST_TEST(wrong_with(with(R"("idempotency_key": ")" + std::string(256, 'k') + '"')) ==
             "idempotency_key is longer than 255 bytes");
  BOOST_TEST(
      parse_job(with(R"("idempotency_key": ")" + std::string(255, 'k') + '"'), publisher).how.ok());
  wrong_with(R"({"source": ")" + std::string(8'193, 's') + R"("})");
  wrong_with(with(R"("queue": ")" + std::string(64, 'q') + '"'));
  wrong_with(with(R"("labels": {"a": ")" + std::string(256, 'v') + R"("})"));
  std::string many = R"("labels": {)";
  for (int i = 0; i < 33; ++i)
    many += (i > 0 ? ",\"" : "\"") + std::to_string(i) + R"(": "")";
  wrong_with(with(many + "}"));
}

BOOST_AUTO_TEST_CASE(is_refused_when_it_is_hostile) {
  wrong_with("");
  wrong_with("\xff\xfe");
  wrong_with("[1, 2");
  wrong_with(R"({"source": "a\u0000b"})");
  wrong_with(R"({"source": "a\nb"})");
  wrong_with("{\"source\": \"a\xc3\x28\"}");
  wrong_with(R"({"source": "\ud800"})");
  BOOST_TEST(wrong_with(std::string(100'000, '[')) == "the job is nested too deep");
  wrong_with(with(R"("spec": )" + std::string(40, '[') + std::string(40, ']')));
  wrong_with(R"({"source": )" + std::string(17, '{'));
}

BOOST_AUTO_TEST_SUITE_END()
