#include "cluster/ledger/catch_up.hpp"
#include "cluster/ledger/spool.hpp"
#include "cluster/ledger/sqlite_store.hpp"
#include "test/ledger/store_words.hpp"
#include "test/support/temp_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>

namespace {

using namespace vdoc;
using namespace vdoc::ledger;
using test::noon;
using test::of;
using test::page;
using test::talk;
using k = event_kind;

struct a_spool_on_disk {
  test::temp_folder folder;
  std::filesystem::path file = folder / "ledger.spool";

  [[nodiscard]] std::string text() const {
    std::ifstream in{file, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
  }
  void rewrite(const std::string& text) const {
    std::ofstream{file, std::ios::binary | std::ios::trunc} << text;
  }
};

spooled record(std::vector<entry> entries, std::string doubt = {}) {
  return {0, std::move(entries), std::move(doubt)};
}

std::string causes_in(const std::vector<spooled>& all) {
  std::string causes;
  for (const auto& one : all)
    for (const auto& each : one.entries)
      causes += std::get<event>(each).cause + ";";
  return causes;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_spool, a_spool_on_disk)

BOOST_AUTO_TEST_CASE(keeps_every_field_of_what_it_is_given) {
  const job asked{"id",  "/s",           "o",  R"({"a":"\u00e4"})", "t",    "q",  -3,
                  "key", R"({"l":"1"})", noon, {"a", "b"},          "00-1", "{}", "dk",
                  7};
  const event happened{"id", k::retrying, "caf\xc3\xa9 \"x\"\n", "17", 0, noon + 1,
                       0,    4,           {page("p", "1", 2)}};
  const document kept{"kind", "key", "body\\", 7};
  const roll listed{page("p", "{}"), {"a", "b"}};
  {
    spool first{file};
    first.append({record({asked, happened, kept, listed}, "w/3"), record({page("p", "")})});
  }
  const spool again{file};
  const auto all = again.first(100);
  BOOST_REQUIRE(all.size() == 2u);
  BOOST_TEST(all.at(0).number == 1u);
  BOOST_TEST(all.at(0).doubt == "w/3");
  BOOST_TEST((all.at(0).entries == std::vector<entry>{asked, happened, kept, listed}));
  BOOST_TEST((all.at(1).entries == std::vector<entry>{page("p", "")}));
}

BOOST_AUTO_TEST_CASE(makes_no_file_before_it_is_needed_and_removes_it_when_it_is_not) {
  spool all{file};
  BOOST_TEST(!std::filesystem::exists(file));
  all.append({record({of("a", k::warned, "1")}), record({of("a", k::warned, "2")})});
  const auto id = all.id();
  BOOST_TEST(!id.empty());
  all.drop_through(1);
  BOOST_TEST(causes_in(all.first(100)) == "2;");
  all.drop_through(2);
  BOOST_TEST(!std::filesystem::exists(file));
  BOOST_TEST(all.size() == 0u);
  all.append({record({of("a", k::warned, "3")})});
  BOOST_TEST(all.id() != id); // or number 1 would be taken for the first spool's
  BOOST_TEST(all.first(100).at(0).number == 1u);
}

BOOST_AUTO_TEST_CASE(goes_on_where_an_earlier_process_stopped) {
  std::string id;
  {
    spool first{file};
    first.append({record({of("a", k::warned, "1")})});
    first.append({record({of("a", k::warned, "2")})});
    id = first.id();
  }
  spool second{file};
  BOOST_TEST(second.id() == id);
  second.append({record({of("a", k::warned, "3")})});
  const auto all = spool{file}.first(100);
  BOOST_TEST(causes_in(all) == "1;2;3;");
  BOOST_TEST(all.at(2).number == 3u);
}

BOOST_AUTO_TEST_CASE(gives_the_first_ones_up_to_a_size) {
  spool all{file};
  const auto warned = [](const char* cause) { return of("a", k::warned, cause); };
  all.append({record({warned("1"), warned("2"), warned("3")}), record({warned("4")}),
              record({warned("5"), warned("6")})});
  BOOST_TEST(causes_in(all.first(1)) == "1;2;3;");
  BOOST_TEST(causes_in(all.first(4)) == "1;2;3;4;");
  BOOST_TEST(causes_in(all.first(5)) == "1;2;3;4;");
  BOOST_TEST(causes_in(all.first(6)) == "1;2;3;4;5;6;");
}

BOOST_AUTO_TEST_CASE(drops_a_line_that_a_power_cut_has_left_unfinished) {
  {
    spool all{file};
    all.append({record({of("a", k::warned, "1")})});
    all.append({record({of("a", k::warned, "2")})});
  }
  const auto whole = text();
  const auto second = whole.find('\n', whole.find('\n') + 1) + 1;
  for (auto size = second; size < whole.size(); ++size) {
    rewrite(whole.substr(0, size));
    spool cut{file};
    BOOST_TEST(causes_in(cut.first(100)) == "1;");
    cut.append({record({of("a", k::warned, "3")})});
    BOOST_TEST(causes_in(spool{file}.first(100)) == "1;3;");
  }
  for (std::size_t size = 0; size < whole.find('\n'); ++size) {
    rewrite(whole.substr(0, size));
    spool cut{file};
    BOOST_TEST(cut.size() == 0u);
    cut.append({record({of("a", k::warned, "3")})});
    BOOST_TEST(causes_in(spool{file}.first(100)) == "3;");
  }
}

BOOST_AUTO_TEST_CASE(does_not_believe_bytes_that_have_changed) {
  {
    spool all{file};
    all.append({record({of("a", k::warned, "one")}), record({of("a", k::warned, "two")})});
  }
  auto changed = text();
  changed.replace(changed.find("two"), 3, "2.0");
  rewrite(changed);
  BOOST_TEST(causes_in(spool{file}.first(100)) == "one;");
}

BOOST_AUTO_TEST_SUITE_END()

namespace {

struct a_database_that_was_away : a_spool_on_disk {
  std::unique_ptr<store> where = open_sqlite_store(folder / "video-doc.db");
  spool kept{file};

  a_database_that_was_away() { where->write({talk("a"), of("a", k::started)}, noon); }

  caught_up catch_up_with(std::size_t most_entries) {
    return catch_up(*where, {{}, kept.id(), kept.first(most_entries)}, noon + 99);
  }
  [[nodiscard]] std::string history() const {
    std::string causes;
    for (const auto& each : where->history_of("a").events)
      if (!each.cause.empty())
        causes += each.cause + ";";
    return causes;
  }
};

/// Says of some batches that they were written after all, or that nobody knows yet.
struct doubting_store final : store {
  explicit doubting_store(store& real) : real_{real} {}
  batch_written write(const std::vector<entry>& batch, std::int64_t now) override {
    return real_.write(batch, now);
  }
  found find_last(const std::string& s, const std::string& o) override {
    return real_.find_last(s, o);
  }
  ledger::history history_of(const std::string& id) override { return real_.history_of(id); }
  found find(const std::string& id) override { return real_.find(id); }
  job_page list(const job_filter&, const std::string&, std::uint32_t) override { return {}; }
  job_page open_jobs(const std::string&, std::uint32_t) override { return {}; }
  counts count() override { return {}; }
  documents read(const std::string& a, const std::string& b, std::uint32_t most) override {
    return real_.read(a, b, most);
  }
  removed remove_ended(std::int64_t, std::uint32_t) override { return {}; }
  fate fate_of(const std::string& doubt) override {
    ++asked;
    return doubt == "written" ? fate::written
           : doubt == "not"   ? fate::not_written
                              : fate::not_known_yet;
  }
  store& real_;
  int asked = 0;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(catching_up, a_database_that_was_away)

BOOST_AUTO_TEST_CASE(writes_all_in_order) {
  kept.append({record({of("a", k::warned, "1"), of("a", k::warned, "2")}),
               record({of("a", k::warned, "3")}), record({of("a", k::succeeded, "4")})});
  const auto first = catch_up_with(3);
  BOOST_TEST(first.trouble == "");
  BOOST_TEST(first.through == 2u);
  BOOST_TEST(first.entries == 3u);
  kept.drop_through(first.through);
  kept.drop_through(catch_up_with(3).through);
  BOOST_TEST(history() == "1;2;3;4;");
  BOOST_TEST(kept.size() == 0u);
}

BOOST_AUTO_TEST_CASE(writes_nothing_twice_when_it_was_cut_off_after_a_commit) {
  kept.append({record({of("a", k::warned, "1")}), record({of("a", k::warned, "2")}),
               record({of("a", k::warned, "3")})});
  catch_up_with(2);
  // The process dies here; the next one finds the whole spool.
  const spool again{file};
  const auto done = catch_up(*where, {{}, again.id(), again.first(100)}, noon);
  BOOST_TEST(done.through == 3u);
  BOOST_TEST(done.entries == 1u);
  BOOST_TEST(history() == "1;2;3;");
  catch_up(*where, {{}, again.id(), again.first(100)}, noon);
  BOOST_TEST(history() == "1;2;3;");
}

BOOST_AUTO_TEST_CASE(leaves_no_trace_of_a_spool_that_is_gone) {
  kept.append({record({of("a", k::warned, "1")})});
  catch_up_with(100);
  BOOST_TEST(where->read("spool", "", 10).all.size() == 1u);
  where->write({end_of_spool(kept.id())}, noon);
  BOOST_TEST(where->read("spool", "", 10).all.empty());
}

BOOST_AUTO_TEST_CASE(leaves_out_what_was_written_after_all) {
  kept.append({record({of("a", k::warned, "1")}, "written"),
               record({of("a", k::warned, "2")}, "written"),
               record({of("a", k::warned, "3")}, "not"), record({of("a", k::warned, "4")})});
  doubting_store doubting{*where};
  const auto done = catch_up(doubting, {"not", kept.id(), kept.first(100)}, noon);
  BOOST_TEST((done.doubtful == fate::not_written));
  BOOST_TEST(done.through == 4u);
  BOOST_TEST(history() == "3;4;");
  BOOST_TEST(doubting.asked == 2);
}

BOOST_AUTO_TEST_CASE(waits_while_nobody_knows) {
  kept.append({record({of("a", k::warned, "1")}), record({of("a", k::warned, "2")}, "open")});
  doubting_store doubting{*where};
  const auto done = catch_up(doubting, {"written", kept.id(), kept.first(100)}, noon);
  BOOST_TEST(done.trouble != "");
  BOOST_TEST((done.doubtful == fate::written));
  BOOST_TEST(done.through == 0u);
  BOOST_TEST(history() == "");
}

BOOST_AUTO_TEST_SUITE_END()
