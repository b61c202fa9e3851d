#include "test/ledger/store_words.hpp"
#include "test/membership/lease_contract.hpp"
#include "test/support/until.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <string>
#include <thread>

namespace vdoc::test {

using namespace vdoc::ledger;

namespace {

/// SQLite may keep whoever asks waiting for longer than it likes while another one writes without a
/// pause: then it is asked again, as candidates do.
std::uint64_t take_as(lease_store& store, const std::string& holder) {
  lease_answer answer;
  until(std::chrono::seconds{60}, [&] {
    answer = store.take("leader", store.look("leader").now, holder, "");
    return answer.result != lease_outcome::store_down;
  });
  BOOST_REQUIRE_MESSAGE(answer.result == lease_outcome::done, answer.trouble);
  return answer.now.epoch;
}

/// Everything that is in the ledger, in words.
std::string all_of(store& of) {
  std::string words;
  for (const auto& one : of.list({}, "", 100'000).jobs)
    words += one.what.id + " " + to_string(one.state) + " " + std::to_string(one.attempts) + "; ";
  for (const auto& one : of.read("page", "", 1'000).all)
    words += one.key + "=" + one.body + " ";
  return words;
}

} // namespace

void commits_what_the_holder_of_a_lease_writes(const lease_maker& make) {
  const auto leases = make.open();
  const auto store = make.fenced({{"leader", take_as(*leases, "a")}, {}});
  BOOST_TEST(results_of(store->write({talk("job-1")}, noon)) == "done");
  BOOST_TEST(results_of(store->write({of("job-1", event_kind::started), page("p", "1")}, noon)) ==
             "done done");
  BOOST_TEST(all_of(*make.documents()) == "job-1 running 1; p=1 ");
}

void changes_nothing_at_all_for_a_stale_epoch_and_says_so(const lease_maker& make) {
  const auto leases = make.open();
  int refusals = 0;
  const auto epoch = take_as(*leases, "a");
  const auto old = make.fenced({{"leader", epoch}, [&] { ++refusals; }});
  BOOST_TEST(results_of(old->write({talk("job-1"), of("job-1", event_kind::started),
                                    of("job-1", event_kind::succeeded)},
                                   noon)) == "done done done");
  BOOST_TEST(results_of(old->write({talk("job-2"), page("p", "1")}, noon)) == "done done");
  const auto before = all_of(*make.documents());
  take_as(*leases, "b");

  const auto alone = old->write({talk("job-3")}, noon); // one statement in PostgreSQL
  BOOST_TEST(alone.trouble.find("epoch " + std::to_string(epoch) + " is over") !=
             std::string::npos);
  BOOST_TEST(alone.doubt == "");
  BOOST_TEST((alone.each.at(0).result == outcome::store_down));
  BOOST_TEST(old->write({of("job-2", event_kind::started)}, noon).trouble != "");
  BOOST_TEST(old->write({page("p", "2")}, noon).trouble != "");
  BOOST_TEST(
      old->write({talk("job-4"), of("job-2", event_kind::warned), page("q", "1")}, noon).trouble !=
      "");
  BOOST_TEST((old->remove_ended(noon + 1'000'000, 10).result == outcome::store_down));
  BOOST_TEST(refusals == 5);
  BOOST_TEST(all_of(*make.documents()) == before);
  BOOST_TEST(all_of(*old) == before); // questions are free
}

void lets_the_next_holder_write_what_the_one_before_may_not(const lease_maker& make) {
  const auto leases = make.open();
  const auto old = make.fenced({{"leader", take_as(*leases, "a")}, {}});
  old->write({talk("job-1")}, noon);
  const auto next = make.fenced({{"leader", take_as(*leases, "b")}, {}});
  BOOST_TEST(old->write({of("job-1", event_kind::started)}, noon).trouble != "");
  BOOST_TEST(results_of(next->write({of("job-1", event_kind::started)}, noon)) == "done");
  BOOST_TEST(next->remove_ended(noon + 1, 10).trouble == "");
  leases->release({"leader", leases->look("leader").now.epoch});
  BOOST_TEST(next->write({of("job-1", event_kind::warned)}, noon).trouble != ""); // nobody's now
}

void lets_no_stale_leader_commit_a_batch_though_both_hurry(const lease_maker& make) {
  const auto leases = make.open();
  const auto old_epoch = take_as(*leases, "a");
  std::atomic<bool> taken{false};
  std::atomic<int> written{0};
  std::thread old{[&] { // writes whenever it can, by one statement and by two in turn
    const auto own = make.fenced({{"leader", old_epoch}, {}});
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{90};
    for (int i = 0; std::chrono::steady_clock::now() < end; ++i) {
      const bool after = taken;
      const auto id = "job-" + std::to_string(i / 2);
      const auto how = i % 2 == 0 ? own->write({talk(id)}, noon)
                                  : own->write({of(id, event_kind::started), page("p", id)}, noon);
      if (!how.trouble.empty())
        return;
      ++written;
      BOOST_TEST(!after);
      until(std::chrono::milliseconds{2}, [&] { return taken.load(); }); // others want in as well
    }
    BOOST_ERROR("it was never refused");
  }};
  until(std::chrono::seconds{60}, [&] { return written >= 20; });
  const auto next = make.fenced({{"leader", take_as(*make.open(), "b")}, {}});
  const auto known = all_of(*make.documents()); // of what may be there at all
  next->write({page("p", "b")}, noon);
  taken = true;
  old.join();
  BOOST_TEST(make.documents()->read("page", "", 10).all.at(0).body == "b");
  BOOST_TEST(make.documents()->list({}, "", 100'000).jobs.size() ==
             static_cast<std::size_t>(std::count(known.begin(), known.end(), ';')));
}

} // namespace vdoc::test
