#include "actors/ledger/rules.hpp"
#include "test/ledger/store_words.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace std::chrono_literals;
using namespace vdoc;
using namespace vdoc::ledger;

/// Effects as a line of text: "commit 2", "look", "reply 3 done", "keep 4 5 w/1".
struct a_ledger {
  rules thought{terms{4, 20, 500ms, 2000ms, 5000ms}, 0, 1000};
  rules::time now{};
  std::int64_t unix_ms = 1000;

  static std::string said(const effects& todo) {
    std::string line;
    for (const auto& each : todo) {
      line += line.empty() ? "" : ", ";
      if (const auto* x = std::get_if<commit>(&each)) {
        line += "commit";
        for (const auto& one : *x->entries)
          line += " " + std::get<event>(one).cause;
      } else if (const auto* y = std::get_if<look_after>(&each)) {
        line += "look" + (y->doubt.empty() ? "" : " " + y->doubt);
      } else if (const auto* z = std::get_if<reply>(&each)) {
        line += "reply " + std::to_string(z->ticket);
        for (const auto& one : z->each)
          line += " " + to_string(one.result);
        line += z->trouble.empty() ? "" : " (" + z->trouble + ")";
        line += z->in_doubt ? " in doubt" : "";
      } else {
        const auto& kept = std::get<keep>(each);
        line += "keep";
        for (const auto& one : kept.wishes)
          line += " " + std::to_string(one.ticket);
        line += kept.doubt.empty() ? "" : " " + kept.doubt;
      }
    }
    return line;
  }

  std::string asked(std::uint64_t ticket, bool must_not_be_lost = false, int entries = 1) {
    wish what{ticket, {}, must_not_be_lost};
    for (int i = 0; i < entries; ++i)
      what.entries.emplace_back(test::of("a", event_kind::warned, std::to_string(ticket)));
    return said(thought.asked(std::move(what)));
  }
  std::string flush() { return said(thought.flush(now)); }
  std::string committed(std::size_t entries) {
    batch_written done;
    done.each.assign(entries, {outcome::done, {}, 7});
    return said(thought.committed(done, 300us, now, unix_ms));
  }
  std::string failed(std::size_t entries, const std::string& doubt = {}) {
    batch_written done;
    done.each.assign(entries, {doubt.empty() ? outcome::store_down : outcome::done, {}, 0});
    done.trouble = "gone";
    done.doubt = doubt;
    return said(thought.committed(done, 1ms, now, unix_ms));
  }
  std::string looked(const std::string& trouble = {}, std::size_t spooled = 0,
                     fate doubtful = fate::not_known_yet) {
    caught_up done;
    done.trouble = trouble;
    done.doubtful = doubtful;
    return said(thought.looked_after(done, spooled, now, unix_ms));
  }
  std::string pass(std::chrono::milliseconds span) {
    now += span;
    unix_ms += span.count();
    return said(thought.tick(now, unix_ms));
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(the_rules_of_ledger, a_ledger)

BOOST_AUTO_TEST_CASE(write_what_has_gathered_while_the_last_batch_was_written) {
  BOOST_TEST(asked(1) == "");
  BOOST_TEST(flush() == "commit 1");
  BOOST_TEST(asked(2) == "");
  BOOST_TEST(asked(3) == "");
  BOOST_TEST(flush() == "");
  BOOST_TEST(committed(1) == "commit 2 3, reply 1 done");
  BOOST_TEST(committed(2) == "reply 2 done, reply 3 done");
  BOOST_TEST(thought.is_idle());
  BOOST_TEST(thought.how().transactions == 2u);
  BOOST_TEST(thought.how().entries == 3u);
  BOOST_TEST(thought.how().last_commit_us == 300);
}

BOOST_AUTO_TEST_CASE(keep_a_write_in_one_transaction_and_a_transaction_small) {
  asked(1, false, 3);
  asked(2, false, 2);
  asked(3, false, 9);
  asked(4);
  BOOST_TEST(flush() == "commit 1 1 1");
  BOOST_TEST(committed(3) == "commit 2 2, reply 1 done done done");
  BOOST_TEST(committed(2) == "commit 3 3 3 3 3 3 3 3 3, reply 2 done done");
  BOOST_TEST(committed(9) == "commit 4, reply 3 done done done done done done done done done");
}

BOOST_AUTO_TEST_CASE(refuse_what_can_be_asked_again_before_too_much_waits) {
  asked(1);
  flush();
  asked(2, false, 19);
  BOOST_TEST(asked(3) == "");
  BOOST_TEST(asked(4) == "reply 4 store_down (overloaded: 20 entries wait for the database)");
  BOOST_TEST(asked(5, true) == "");
  BOOST_TEST(thought.how().up);
  committed(1);
  BOOST_TEST(asked(6) == "");
}

BOOST_AUTO_TEST_CASE(refuse_what_can_be_asked_again_and_keep_the_rest_while_it_is_away) {
  asked(1);
  asked(2, true);
  flush();
  asked(3);
  asked(4, true);
  BOOST_TEST(failed(2) == "reply 1 store_down (gone), keep 2, reply 3 store_down (gone), keep 4");
  BOOST_TEST(asked(5) == "reply 5 store_down (gone)");
  BOOST_TEST(asked(6, true) == "keep 6");
  BOOST_TEST(!thought.how().up);
  BOOST_TEST(thought.how().trouble == "gone");
  BOOST_TEST(pass(500ms) == "look");
  BOOST_TEST(pass(500ms) == "");
  BOOST_TEST(looked("still gone", 3) == "");
  BOOST_TEST(asked(7) == "reply 7 store_down (still gone)");
  BOOST_TEST(pass(500ms) == "look");
  BOOST_TEST(looked("", 1) == "look"); // more of the spool
  BOOST_TEST(asked(8) == "reply 8 store_down (still gone)");
  BOOST_TEST(looked("", 0) == "");
  BOOST_TEST(thought.how().up);
  BOOST_TEST(thought.how().since_unix_ms == unix_ms);
  asked(9, true);
  BOOST_TEST(flush() == "commit 9");
}

BOOST_AUTO_TEST_CASE(begin_with_what_an_earlier_process_has_spooled) {
  thought = rules{terms{}, 3, 1000};
  BOOST_TEST(asked(1).starts_with("reply 1 store_down (results of an earlier process"));
  BOOST_TEST(pass(500ms) == "look");
  BOOST_TEST(looked("", 0) == "");
  asked(2);
  BOOST_TEST(flush() == "commit 2");
}

BOOST_AUTO_TEST_CASE(take_a_commit_that_stalls_for_a_database_that_is_away) {
  asked(1);
  asked(2, true);
  flush();
  asked(3);
  BOOST_TEST(pass(1500ms) == "");
  asked(4, true);
  const std::string why = " (the database has not answered for 2000 ms)";
  BOOST_TEST(pass(500ms) == "reply 3 store_down" + why);
  BOOST_TEST(asked(5) == "reply 5 store_down" + why);
  BOOST_TEST(asked(6, true) == ""); // behind what is in flight
  BOOST_TEST(pass(2500ms) == "");
  const auto answer = pass(500ms);
  BOOST_TEST(answer.starts_with("reply 1 store_down (whether it was written is not known"));
  BOOST_TEST(answer.find(") in doubt") != std::string::npos, answer);
  BOOST_TEST(pass(500ms) == "");
  BOOST_TEST(failed(2) == "reply 0 store_down (gone), keep 2, keep 4 6");
  BOOST_TEST(asked(7, true) == "keep 7");
}

BOOST_AUTO_TEST_CASE(come_back_when_it_was_only_slow) {
  asked(1, true);
  flush();
  asked(2, true);
  pass(2000ms);
  BOOST_TEST(!thought.how().up);
  BOOST_TEST(committed(1) == "reply 1 done, look");
  BOOST_TEST(asked(3, true) == "");
  BOOST_TEST(looked() == "commit 2 3");
  BOOST_TEST(thought.how().up);
}

BOOST_AUTO_TEST_CASE(spool_what_waited_in_memory_when_it_is_away_after_all) {
  asked(1, true);
  flush();
  asked(2, true);
  pass(2000ms);
  committed(1);
  BOOST_TEST(looked("gone") == "keep 2");
}

BOOST_AUTO_TEST_CASE(hold_the_answer_while_a_commit_is_in_doubt) {
  asked(1);
  asked(2, true);
  asked(3);
  flush();
  BOOST_TEST(failed(3, "w/1") == "keep 2 w/1");
  BOOST_TEST(!thought.is_idle());
  BOOST_TEST(pass(500ms) == "look w/1");
  BOOST_TEST(looked("gone", 1) == "");
  BOOST_TEST(pass(500ms) == "look w/1");
  BOOST_TEST(looked("", 0, fate::written) == "reply 1 done, reply 3 done");
  BOOST_TEST(thought.is_idle());
}

BOOST_AUTO_TEST_CASE(say_so_when_it_turns_out_not_to_be_written) {
  asked(1);
  flush();
  failed(1, "w/1");
  pass(500ms);
  // Known, even if the database is gone again at once.
  BOOST_TEST(looked("gone", 0, fate::not_written) ==
             "reply 1 store_down (the database went away before it was written)");
  BOOST_TEST(pass(500ms) == "look");
}

BOOST_AUTO_TEST_CASE(say_that_nobody_knows_when_it_takes_too_long) {
  asked(1);
  flush();
  failed(1, "w/1");
  for (int i = 0; i < 9; ++i) {
    BOOST_TEST(pass(500ms) == "look w/1");
    looked("gone");
  }
  const auto answer = pass(500ms);
  BOOST_TEST(answer.starts_with("reply 1 store_down (whether it was written is not known"));
  BOOST_TEST(answer.find(") in doubt") != std::string::npos, answer);
}

BOOST_AUTO_TEST_SUITE_END()
