#include "cluster/ledger/binary_rows.hpp"
#include "cluster/ledger/standing_jobs.hpp"
#include "test/ledger/store_words.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace vdoc;
using namespace vdoc::ledger;
using namespace std::string_literals;

job_row row_of(const std::string& id, job_state state, std::uint64_t last_sequence = 9) {
  job_row row;
  row.record.what = test::talk(id);
  row.record.what.priority = 3;
  row.record.state = state;
  row.record.attempts = 2;
  row.record.tries = 1;
  row.record.submitted_unix_ms = 11;
  row.record.changed_unix_ms = 12;
  row.record.due_unix_ms = 13;
  row.record.last_cause = "why";
  row.record.last_sequence = last_sequence;
  row.first_sequence = 5;
  return row;
}

} // namespace

BOOST_AUTO_TEST_SUITE(standing_jobs_)

BOOST_AUTO_TEST_CASE(are_known_as_they_were_written_last) {
  standing_jobs all{10};
  BOOST_TEST(!all.has("a"));
  BOOST_TEST(all.last_sequence("a") == 0u);
  all.note(row_of("a", job_state::queued, 7));
  all.note(row_of("a", job_state::running));
  BOOST_TEST(all.last_sequence("a") == 9u);
  const auto known = all.find("a").value();
  auto expected = row_of("a", job_state::running).record;
  expected.what = {};
  expected.what.id = "a";
  expected.what.priority = 3;
  BOOST_TEST((known.record == expected));
  BOOST_TEST(known.first_sequence == 5u);
  BOOST_TEST(!known.is_new);
  all.forget();
  BOOST_TEST(!all.find("a").has_value());
}

BOOST_AUTO_TEST_CASE(are_forgotten_at_their_end_and_while_they_wait_for_their_time) {
  standing_jobs all{10};
  for (const auto state :
       {job_state::succeeded, job_state::failed, job_state::cancelled, job_state::scheduled}) {
    all.note(row_of("a", job_state::running));
    all.note(row_of("a", state));
    BOOST_TEST(!all.has("a"));
  }
}

BOOST_AUTO_TEST_CASE(are_so_many_at_most) {
  standing_jobs all{2};
  all.note(row_of("a", job_state::queued));
  all.note(row_of("b", job_state::queued));
  all.note(row_of("a", job_state::running)); // is no new one
  BOOST_TEST(all.has("a"));
  all.note(row_of("c", job_state::queued));
  BOOST_TEST(!all.has("a"));
  BOOST_TEST(all.has("b"));
  BOOST_TEST(all.has("c"));
}

BOOST_AUTO_TEST_CASE(become_rows_in_binary) {
  using postgres::binary_rows;
  binary_rows rows{4711};
  rows.add("a\xff"s, std::int32_t{-2}, std::int64_t{0x0102030405060708});
  BOOST_TEST(rows.size() == 1u);
  const auto head = "\0\0\0\1\0\0\0\0\0\0\x12\x67\0\0\0\1\0\0\0\1"s;
  const auto text = "\0\0\0\x19\0\0\0\4a\xef\xbf\xbd"s;
  const auto numbers = "\0\0\0\x17\0\0\0\4\xff\xff\xff\xfe\0\0\0\x14\0\0\0\x8\1\2\3\4\5\6\7\x8"s;
  const auto written = std::move(rows).written();
  BOOST_TEST(written == head + "\0\0\0\x2c\0\0\0\3"s + text + numbers);
  BOOST_TEST(binary_rows{1}.written() == "\0\0\0\0\0\0\0\0\0\0\0\1"s);
}

BOOST_AUTO_TEST_SUITE_END()
