#include "test/membership/lease_contract.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace vdoc::test {

using namespace vdoc::ledger;

namespace {

constexpr auto done = lease_outcome::done;
constexpr auto stale = lease_outcome::stale;

/// Takes it whatever it is; the epoch.
std::uint64_t take(lease_store& store, const std::string& holder,
                   const std::string& name = "leader") {
  const auto answer = store.take(name, store.look(name).now, holder, holder + ":7000");
  BOOST_REQUIRE_MESSAGE(answer.result == done, answer.trouble);
  return answer.now.epoch;
}

document paper(const std::string& key, const std::string& body) {
  document one;
  one.kind = "decision";
  one.key = key;
  one.body = body;
  return one;
}

/// "key=body/version" of all decisions.
std::string papers_of(const lease_maker& make) {
  std::string all;
  for (const auto& one : make.documents()->read("decision", "", 1000).all)
    all += one.key + "=" + one.body + "/" + std::to_string(one.version) + " ";
  return all;
}

} // namespace

void knows_of_a_lease_that_was_never_held_that_nobody_has_it(const lease_maker& make) {
  const auto answer = make.open()->look("leader");
  BOOST_TEST((answer.result == done), answer.trouble);
  BOOST_TEST((answer.now == lease{}));
}

void gives_a_free_lease_to_the_first_who_takes_it(const lease_maker& make) {
  const auto store = make.open();
  const auto answer = store->take("leader", {}, "a", "a:7000");
  BOOST_TEST((answer.result == done), answer.trouble);
  BOOST_TEST((answer.now == lease{"a", "a:7000", 1, 1}));
  BOOST_TEST((store->look("leader").now == answer.now));
  const auto second = make.open()->take("leader", {}, "b", "b:7000");
  BOOST_TEST((second.result == stale));
  BOOST_TEST((second.now == answer.now)); // so the loser knows who has it
}

void gives_it_to_one_of_many_who_take_it_at_once(const lease_maker& make) {
  const auto first = make.open();
  for (std::uint64_t round = 0; round < 10; ++round) {
    const auto seen = first->look("leader").now;
    std::atomic<int> winners{0};
    std::vector<std::thread> all;
    all.reserve(6);
    for (int i = 0; i < 6; ++i)
      all.emplace_back([&, i] {
        const auto answer = make.open()->take("leader", seen, "n" + std::to_string(i), "");
        winners += answer.result == done ? 1 : 0;
      });
    for (auto& each : all)
      each.join();
    BOOST_TEST(winners == 1);
    BOOST_TEST(first->look("leader").now.epoch == round + 1);
  }
}

void refuses_to_give_what_has_changed_since_it_was_seen(const lease_maker& make) {
  const auto store = make.open();
  const auto epoch = take(*store, "a");
  const auto seen = store->look("leader").now;
  store->renew({"leader", epoch});
  BOOST_TEST((store->take("leader", seen, "b", "").result == stale)); // a is still there
  BOOST_TEST(store->look("leader").now.holder == "a");
  BOOST_TEST((store->take("leader", store->look("leader").now, "b", "").result == done));
}

void gives_each_holder_a_higher_epoch(const lease_maker& make) {
  const auto store = make.open();
  for (std::uint64_t i = 1; i <= 5; ++i)
    BOOST_TEST(take(*store, i % 2 == 0 ? "a" : "b") == i);
  BOOST_TEST(take(*store, "b") == 6u); // also to the one that had it
}

void counts_every_renewal_so_that_others_see_it(const lease_maker& make) {
  const auto store = make.open();
  const auto epoch = take(*store, "a");
  const auto other = make.open();
  const auto before = other->look("leader").now;
  const auto answer = store->renew({"leader", epoch});
  BOOST_TEST((answer.result == done));
  const auto after = other->look("leader").now;
  BOOST_TEST(after.beat == before.beat + 1);
  BOOST_TEST(after.epoch == before.epoch);
  BOOST_TEST((answer.now == after));
}

void refuses_the_renewal_of_a_stale_epoch(const lease_maker& make) {
  const auto store = make.open();
  BOOST_TEST((store->renew({"leader", 1}).result == stale)); // nobody has it
  const auto epoch = take(*store, "a");
  take(*make.open(), "b");
  const auto before = store->look("leader").now;
  const auto answer = store->renew({"leader", epoch});
  BOOST_TEST((answer.result == stale));
  BOOST_TEST(answer.now.holder == "b");
  BOOST_TEST((store->release({"leader", epoch}).result == stale));
  BOOST_TEST((store->look("leader").now == before));
}

void keeps_the_epoch_when_a_lease_is_released(const lease_maker& make) {
  const auto store = make.open();
  const auto epoch = take(*store, "a");
  BOOST_TEST((store->release({"leader", epoch}).result == done));
  const auto now = store->look("leader").now;
  BOOST_TEST(now.holder == "");
  BOOST_TEST(now.said == "");
  BOOST_TEST(now.epoch == epoch);
  BOOST_TEST((store->renew({"leader", epoch}).result == stale));
  BOOST_TEST((store->keep({"leader", epoch}, {paper("p", "{}")}).result == stale));
  BOOST_TEST(take(*store, "b") == epoch + 1);
}

void keeps_documents_of_the_holder_and_none_of_a_stale_epoch(const lease_maker& make) {
  const auto store = make.open();
  const auto epoch = take(*store, "a");
  BOOST_TEST((store->keep({"leader", epoch}, {paper("p", "1"), paper("q", "1")}).result == done));
  BOOST_TEST(papers_of(make) == "p=1/1 q=1/1 ");
  const auto next = take(*make.open(), "b");
  const auto answer = store->keep({"leader", epoch}, {paper("p", "2"), paper("r", "2")});
  BOOST_TEST((answer.result == stale));
  BOOST_TEST(answer.now.epoch == next);
  BOOST_TEST((store->keep({"leader", next + 1}, {paper("p", "3")}).result == stale));
  BOOST_TEST((store->keep({"never held", 1}, {paper("p", "3")}).result == stale));
  BOOST_TEST(papers_of(make) == "p=1/1 q=1/1 ");
}

void counts_versions_of_documents_and_removes_them(const lease_maker& make) {
  const auto store = make.open();
  const lease_fence own{"leader", take(*store, "a")};
  store->keep(own, {paper("p", "1"), paper("q", "1")});
  BOOST_TEST(
      (store->keep(own, {paper("p", "2"), paper("q", ""), paper("none", "")}).result == done));
  BOOST_TEST(papers_of(make) == "p=2/2 ");
  BOOST_TEST((store->keep(own, {}).result == done));
}

void lets_no_stale_holder_write_though_both_hurry(const lease_maker& make) {
  const auto first = make.open();
  const auto old_epoch = take(*first, "a");
  std::atomic<bool> taken{false};
  auto last = done;
  bool wrote_after = false;
  std::thread old{[&] { // writes as fast as it can, until it is refused or should have been
    const auto own = make.open();
    for (int i = 0; last == done && !wrote_after; ++i) {
      const bool after = taken;
      last = own->keep({"leader", old_epoch}, {paper("p", "a" + std::to_string(i))}).result;
      wrote_after = after && last == done;
    }
  }};
  const auto other = make.open();
  auto answer = other->take("leader", other->look("leader").now, "b", "b:7000");
  for (int more = 10; more > 0 && answer.result == lease_outcome::store_down; --more)
    answer =
        other->take("leader", other->look("leader").now, "b", "b:7000"); // it came through late
  other->keep({"leader", answer.now.epoch}, {paper("p", "b")});
  taken = true;
  old.join();
  BOOST_TEST((answer.result == done), answer.trouble);
  BOOST_TEST((last == stale));
  BOOST_TEST(!wrote_after);
  BOOST_TEST(papers_of(make).starts_with("p=b/"));
}

void keeps_leases_of_different_names_apart(const lease_maker& make) {
  const auto store = make.open();
  const auto one = take(*store, "a", "one");
  take(*store, "b", "two");
  take(*store, "c", "two");
  BOOST_TEST((store->renew({"one", one}).result == done));
  BOOST_TEST(store->look("one").now.holder == "a");
  BOOST_TEST((store->renew({"two", one}).result == stale));
}

void keeps_any_word_as_it_is(const lease_maker& make) {
  const auto store = make.open();
  const std::string odd = "it's \"odd\"; \\ DROP TABLE leases -- \xc3\xa4";
  const auto answer = store->take(odd, {}, odd, odd);
  BOOST_TEST((answer.result == done), answer.trouble);
  const auto now = store->look(odd).now;
  BOOST_TEST(now.holder == odd);
  BOOST_TEST(now.said == odd);
  auto strange = paper(odd, "\"" + odd + "\"");
  BOOST_TEST((store->keep({odd, 1}, {strange}).result == done));
  BOOST_TEST(make.documents()->read("decision", "", 10).all.at(0).body == strange.body);
}

void knows_a_lease_again_when_opened_again(const lease_maker& make) {
  std::uint64_t epoch = 0;
  {
    const auto store = make.open();
    take(*store, "a");
    epoch = take(*store, "b");
    store->renew({"leader", epoch});
  }
  const auto now = make.open()->look("leader").now;
  BOOST_TEST((now == lease{"b", "b:7000", epoch, 3}));
}

} // namespace vdoc::test
