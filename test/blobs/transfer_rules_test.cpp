#include "net/blobs/transfer_rules.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>
#include <random>

namespace {

using namespace vdoc::blobs;

std::string pattern(std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; ++i)
    bytes[i] = static_cast<char>(i * 13 + i / 253);
  return bytes;
}

/// A host's rules with a leader behind a wire that the test owns.
struct a_wire {
  transfer_rules rules;
  std::int64_t now = 1'000;
  std::vector<request> sent;               ///< and not answered yet
  std::map<verb, std::size_t> asked;       ///< ever
  std::map<transfer_id, std::string> kept; ///< what was fetched
  std::map<transfer_id, transfer_end> ended;
  std::string source = pattern(10 * chunk_bytes + 77);
  std::string result; ///< as it was handed in
  std::size_t most_open = 0;

  void carry_out(const transfer_effects& todo) {
    for (const auto& each : todo) {
      if (const auto* question = std::get_if<ask>(&each)) {
        ++asked[question->what.what];
        auto what = question->what;
        if (what.what == verb::write)
          what.bytes = source.substr(what.offset, question->length);
        sent.push_back(what);
      } else if (const auto* bytes = std::get_if<keep>(&each)) {
        auto& file = kept[bytes->of];
        file.resize(std::max<std::size_t>(file.size(), bytes->offset + bytes->bytes.size()));
        file.replace(bytes->offset, bytes->bytes.size(), bytes->bytes);
      } else {
        BOOST_TEST(!ended.contains(std::get<over>(each).of));
        ended[std::get<over>(each).of] = std::get<over>(each).end;
      }
    }
    most_open = std::max(most_open, rules.open());
  }
  answer good_answer(const request& to) {
    answer it;
    it.number = to.number;
    it.offset = to.what == verb::look ? source.size() : to.offset;
    if (to.what == verb::read) {
      it.bytes = source.substr(to.offset, chunk_bytes);
      it.sum = digest_of(it.bytes);
    }
    if (to.what == verb::write) {
      result.resize(std::max<std::size_t>(result.size(), to.offset + to.bytes.size()));
      result.replace(to.offset, to.bytes.size(), to.bytes);
    }
    return it;
  }
  void begin(transfer_id id, const transfer_order& what) { carry_out(rules.begin(id, what, now)); }
  void reply(const answer& it) { carry_out(rules.on(it, now)); }
  /// Everything is answered, after so long each time.
  void serve(std::int64_t after_ms = 1) {
    while (!sent.empty()) {
      now += after_ms;
      for (const auto& one : std::exchange(sent, {}))
        reply(good_answer(one));
    }
  }
  void pass(std::int64_t ms) {
    for (const auto until = now + ms; now < until;) {
      now += 100;
      carry_out(rules.tick(now));
    }
  }
  [[nodiscard]] bool is_done(transfer_id id) const {
    const auto at = ended.find(id);
    return at != ended.end() && at->second.how == transfer_end::kind::done;
  }
  [[nodiscard]] transfer_end end_of(transfer_id id) const {
    const auto at = ended.find(id);
    return at == ended.end() ? transfer_end{transfer_end::kind::local, {}, "it goes on"}
                             : at->second;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(rules_of_transfers, a_wire)

BOOST_AUTO_TEST_CASE(fetch_a_file_chunk_by_chunk) {
  begin(1, fetch_order{"p", "runs/00000.au"});
  BOOST_REQUIRE(sent.size() == 1u);
  BOOST_TEST((sent[0].what == verb::look));
  BOOST_TEST(sent[0].pass == "p");
  BOOST_TEST(sent[0].file == "runs/00000.au");
  serve();
  BOOST_TEST(is_done(1));
  BOOST_TEST((kept[1] == source));
  BOOST_TEST(asked[verb::read] == 11u);
  BOOST_TEST(rules.transfers() == 0u);
}

BOOST_AUTO_TEST_CASE(go_on_from_what_is_there) {
  begin(1, fetch_order{"p", "f", 3 * chunk_bytes + 5, digest_of("what it has")});
  BOOST_TEST(sent[0].offset == 3 * chunk_bytes + 5);
  BOOST_TEST((sent[0].sum == digest_of("what it has")));
  serve();
  BOOST_TEST(is_done(1));
  BOOST_TEST(asked[verb::read] == 8u);
  BOOST_TEST((kept[1].substr(3 * chunk_bytes + 5) == source.substr(3 * chunk_bytes + 5)));
  begin(2, fetch_order{"p", "f", source.size(), {}}); // all of it
  serve();
  BOOST_TEST(is_done(2));
  BOOST_TEST(asked[verb::read] == 8u);
}

BOOST_AUTO_TEST_CASE(hand_a_result_in_and_settle_it_last) {
  begin(1, hand_in_order{"p", "f", source.size()});
  while (!sent.empty()) {
    const bool settles =
        std::ranges::any_of(sent, [](const request& one) { return one.what == verb::settle; });
    BOOST_TEST((!settles || (sent.size() == 1 && result == source)));
    now += 1;
    const auto one = sent.front();
    sent.erase(sent.begin());
    reply(good_answer(one));
  }
  BOOST_TEST(is_done(1));
  BOOST_TEST((result == source));
  begin(2, hand_in_order{"p", "empty", 0});
  BOOST_TEST((sent.at(0).what == verb::settle));
}

BOOST_AUTO_TEST_CASE(hold_only_so_many_chunks_at_a_time) {
  begin(1, fetch_order{"p", "f"});
  begin(2, hand_in_order{"p", "g", source.size()});
  begin(3, fetch_order{"p", "h"});
  serve();
  BOOST_TEST((is_done(1) && is_done(2) && is_done(3)));
  BOOST_TEST(most_open == transfer_terms{}.most_open);
}

BOOST_AUTO_TEST_CASE(take_less_at_a_time_while_the_link_is_slow) {
  source = pattern(200 * chunk_bytes);
  begin(1, fetch_order{"p", "f"});
  serve(500);
  BOOST_TEST(is_done(1));
  BOOST_TEST(rules.credit() == 1u);
  begin(2, fetch_order{"p", "f"});
  serve(5);
  BOOST_TEST(rules.credit() == transfer_terms{}.most_open);
}

BOOST_AUTO_TEST_CASE(ask_again_for_what_was_lost_and_for_nothing_else) {
  begin(1, fetch_order{"p", "f"});
  for (int i = 0; i < 3; ++i) {
    const auto one = sent.front();
    sent.erase(sent.begin());
    reply(good_answer(one));
  }
  const auto before = asked[verb::read];
  const auto lost = std::exchange(sent, {}); // the connection breaks
  BOOST_REQUIRE(!lost.empty());
  pass(1'400);
  BOOST_TEST(sent.empty());
  pass(300);
  BOOST_TEST((sent == lost));  // under the same numbers
  reply(good_answer(lost[0])); // which comes late, and again
  reply(good_answer(lost[0]));
  serve();
  BOOST_TEST(is_done(1));
  BOOST_TEST((kept[1] == source));
  BOOST_TEST(rules.asked_again() == lost.size());
  BOOST_TEST(asked[verb::read] == 11u + lost.size());
  BOOST_TEST(before < 11u);
}

BOOST_AUTO_TEST_CASE(give_up_when_nothing_is_answered) {
  begin(1, fetch_order{"p", "f"});
  begin(2, greet_order{});
  pass(19'900);
  BOOST_TEST(ended.empty());
  BOOST_TEST(asked[verb::look] < 16u);
  pass(300);
  BOOST_TEST((end_of(1).how == transfer_end::kind::unreachable));
  BOOST_TEST((end_of(2).how == transfer_end::kind::unreachable));
  BOOST_TEST(end_of(1).why == "no answer for 20 s");
  now += 3'600'000; // a pause is no silence
  sent.clear();
  begin(3, fetch_order{"p", "f"});
  pass(200);
  BOOST_TEST(!ended.contains(3));
  serve();
  BOOST_TEST(is_done(3));
}

BOOST_AUTO_TEST_CASE(wait_for_a_slow_answer_as_long_as_others_come) {
  begin(1, fetch_order{"p", "f"});
  serve();
  begin(2, greet_order{});
  const auto slow = std::exchange(sent, {});
  for (transfer_id id = 10; id < 40; ++id) {
    pass(1'000);
    begin(id, greet_order{});
    serve();
  }
  reply(good_answer(slow[0]));
  BOOST_TEST(is_done(2));
}

BOOST_AUTO_TEST_CASE(notice_a_chunk_that_was_changed_and_ask_again) {
  begin(1, fetch_order{"p", "f"});
  reply(good_answer(std::exchange(sent, {})[0]));
  auto wrong = good_answer(sent.front());
  wrong.bytes[100] = static_cast<char>(wrong.bytes[100] + 1);
  sent.erase(sent.begin());
  reply(wrong);
  BOOST_TEST(!kept.contains(1));
  serve();
  BOOST_TEST(is_done(1));
  BOOST_TEST((kept[1] == source));
  BOOST_TEST(asked[verb::read] == 12u);
}

BOOST_AUTO_TEST_CASE(notice_a_chunk_of_another_place_or_size) {
  begin(1, fetch_order{"p", "f"});
  reply(good_answer(std::exchange(sent, {})[0]));
  auto shorter = good_answer(sent[0]);
  shorter.bytes.pop_back();
  shorter.sum = digest_of(shorter.bytes);
  auto elsewhere = good_answer(sent[1]);
  elsewhere.offset = 0;
  sent.erase(sent.begin(), sent.begin() + 2);
  reply(shorter);
  reply(elsewhere);
  BOOST_TEST(!kept.contains(1));
  serve();
  BOOST_TEST((kept[1] == source));
}

BOOST_AUTO_TEST_CASE(give_up_when_all_that_comes_is_damaged) {
  begin(1, fetch_order{"p", "f"});
  reply(good_answer(std::exchange(sent, {})[0]));
  while (!ended.contains(1)) {
    BOOST_REQUIRE(!sent.empty());
    auto wrong = good_answer(sent.front());
    wrong.bytes[0] = static_cast<char>(wrong.bytes[0] + 1);
    sent.erase(sent.begin());
    reply(wrong);
  }
  BOOST_TEST((end_of(1).how == transfer_end::kind::unreachable));
  BOOST_TEST(asked[verb::read] < 16u);
}

BOOST_AUTO_TEST_CASE(end_with_what_the_leader_says) {
  begin(1, hand_in_order{"p", "f", source.size()});
  begin(2, fetch_order{"p", "g"});
  auto refused = good_answer(sent[0]);
  refused.how = verdict::given_up;
  reply(refused);
  BOOST_TEST((end_of(1).how == transfer_end::kind::refused));
  BOOST_TEST((end_of(1).said == verdict::given_up));
  serve(); // what else was asked for it is answered in vain
  BOOST_TEST(is_done(2));
}

BOOST_AUTO_TEST_CASE(hand_in_again_what_the_leader_got_damaged) {
  begin(1, hand_in_order{"p", "f", source.size()});
  auto damaged = good_answer(sent[0]);
  damaged.how = verdict::damaged;
  result.clear();
  sent.erase(sent.begin());
  reply(damaged);
  serve();
  BOOST_TEST(is_done(1));
  BOOST_TEST((result == source));
}

BOOST_AUTO_TEST_CASE(end_one_whose_disk_refuses_and_go_on_with_others) {
  begin(1, fetch_order{"p", "f"});
  begin(2, fetch_order{"p", "g"});
  carry_out(rules.fail_locally(1, "full", now));
  BOOST_TEST((end_of(1).how == transfer_end::kind::local));
  serve();
  BOOST_TEST(is_done(2));
  BOOST_TEST((kept[2] == source));
}

BOOST_AUTO_TEST_CASE(bring_everything_over_a_wire_that_loses_repeats_and_changes_order) {
  for (unsigned seed = 1; seed <= 200; ++seed) {
    a_wire wire;
    std::mt19937 chance{seed};
    wire.source = pattern(chance() % (30 * chunk_bytes));
    wire.begin(1, fetch_order{"p", "f"});
    wire.begin(2, hand_in_order{"p", "g", wire.source.size()});
    for (int step = 0; step < 100'000 && wire.ended.size() < 2; ++step) {
      if (!wire.sent.empty() && chance() % 4 != 0) {
        const auto at = static_cast<std::ptrdiff_t>(chance() % wire.sent.size());
        const auto one = wire.sent[static_cast<std::size_t>(at)];
        if (chance() % 8 != 0)
          wire.sent.erase(wire.sent.begin() + at); // else it is answered again
        if (chance() % 10 != 0)
          wire.reply(wire.good_answer(one));
      } else {
        wire.pass(100);
      }
    }
    BOOST_TEST((wire.is_done(1) && wire.is_done(2)), "seed " << seed);
    BOOST_TEST((wire.kept[1] == wire.source), "seed " << seed);
    BOOST_TEST((wire.result == wire.source), "seed " << seed);
  }
}

BOOST_AUTO_TEST_SUITE_END()
