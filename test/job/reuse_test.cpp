#include "test/job/one_job.hpp"

using namespace vdoc;
using namespace vdoc::test;

namespace {

constexpr const char* digest = "d1";
constexpr const char* file = "1:2:3:4"; ///< its identity

/// A job of a service that keeps results for later jobs.
struct a_job_among_others : one_job {
  a_job_among_others() { wanted.may_reuse = wanted.may_be_reused = true; }

  void opens(const std::string& identity = file) {
    job.emplace(wanted, remembered());
    happens(start{});
    grant(open_it);
    happens(opened{source(true, 0), {}, identity});
  }
  void reads_one_fragment() {
    grant(read_it);
    is_cut(0);
    reads_to_the_end();
  }
  void packs_it() {
    encodes_and_packs(encode(0, 1));
    encodes_and_packs(encode(0, 0));
  }
  [[nodiscard]] std::string end() const {
    const auto ends = all<finish>();
    return ends.empty() ? "" : ends[0].state;
  }
  /// What an earlier job of one fragment knows at its end.
  [[nodiscard]] static manifest::state work_of_another() {
    a_job_among_others other;
    other.opens();
    other.happens(no_twin{});
    other.reads_one_fragment();
    other.happens(digested{digest});
    other.packs_it();
    auto known = other.remembered();
    known.outcome.clear();
    known.apply(manifest::reused{"first"});
    return known;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_job_that_may_reuse_results, a_job_among_others)

BOOST_AUTO_TEST_CASE(looks_for_a_twin_before_any_work_and_works_when_there_is_none) {
  opens();
  BOOST_TEST(all<look_for_twin>().size() == 1U);
  BOOST_TEST(!wants(read_it));
  happens(no_twin{});
  BOOST_TEST(wants(read_it));
  BOOST_TEST(all<take_digest>().empty());
}

BOOST_AUTO_TEST_CASE(takes_over_what_a_twin_with_the_same_digest_has_made) {
  opens();
  happens(twin_found{"other", digest, "first"});
  BOOST_TEST(all<take_digest>().size() == 1U);
  BOOST_TEST(!wants(read_it));
  happens(digested{digest});
  const auto orders = all<adopt>();
  BOOST_REQUIRE(orders.size() == 1U);
  BOOST_TEST(orders[0].twin.job == "other");
  happens(adopted{work_of_another()});
  BOOST_TEST(end() == "succeeded");
  BOOST_TEST(job->known().reused_from == "first");
  BOOST_TEST(all<want_slot>().empty());
}

BOOST_AUTO_TEST_CASE(does_the_work_when_only_the_outside_of_the_source_is_the_same) {
  opens();
  happens(twin_found{"other", digest, "other"});
  happens(digested{"another"});
  BOOST_TEST(all<adopt>().empty());
  BOOST_TEST(wants(read_it));
}

BOOST_AUTO_TEST_CASE(does_the_work_when_the_twins_results_cannot_be_had_and_says_so) {
  opens();
  happens(twin_found{"other", digest, "other"});
  happens(digested{digest});
  happens(not_adopted{"it is gone"});
  BOOST_TEST(wants(read_it));
  const auto notes = all<note>();
  BOOST_REQUIRE(notes.size() == 1U);
  BOOST_TEST(notes[0].text == "the results of job other could not be reused: it is gone");
  reads_one_fragment();
  BOOST_TEST(all<take_digest>().empty()); // it has one
  packs_it();
  BOOST_TEST(end() == "succeeded");
  BOOST_TEST(job->known().reused_from == "");
}

BOOST_AUTO_TEST_CASE(takes_a_digest_for_later_jobs_while_the_last_fragments_are_worked_on) {
  opens();
  happens(no_twin{});
  reads_one_fragment();
  BOOST_TEST(all<take_digest>().size() == 1U);
  packs_it();
  BOOST_TEST(end() == ""); // the digest is still being taken
  happens(digested{digest});
  BOOST_TEST(end() == "succeeded");
  BOOST_TEST(remembered().digest.digest == digest);
  BOOST_TEST(remembered().digest.terms == terms_of(*job));
}

BOOST_AUTO_TEST_CASE(succeeds_without_a_digest) {
  opens();
  happens(no_twin{});
  reads_one_fragment();
  packs_it();
  happens(undigested{"written to"});
  BOOST_TEST(end() == "succeeded");
  BOOST_TEST(remembered().digest.digest == "");
}

BOOST_AUTO_TEST_CASE(works_anew_when_it_is_to_and_leaves_its_results_to_others) {
  wanted.may_reuse = false;
  opens();
  BOOST_TEST(all<look_for_twin>().empty());
  BOOST_TEST(wants(read_it));
  reads_one_fragment();
  BOOST_TEST(all<take_digest>().size() == 1U);
}

BOOST_AUTO_TEST_CASE(goes_on_with_its_own_work_when_some_of_it_is_done) {
  opens();
  happens(no_twin{});
  grant(read_it);
  is_cut(0);
  opens(); // a second attempt
  BOOST_TEST(all<look_for_twin>().empty());
  BOOST_TEST(wants(read_it));
}

BOOST_AUTO_TEST_CASE(takes_no_digest_of_a_file_that_earlier_attempts_did_not_read) {
  opens();
  happens(no_twin{});
  grant(read_it);
  is_cut(0);
  opens("1:2:3:5");
  grant(read_it);
  reads_to_the_end();
  packs_it();
  BOOST_TEST(end() == "succeeded");
  BOOST_TEST(all<take_digest>().empty());
}

BOOST_AUTO_TEST_CASE(of_a_single_command_neither_looks_nor_reads_twice) {
  wanted.may_reuse = wanted.may_be_reused = false;
  opens();
  BOOST_TEST(wants(read_it));
  reads_one_fragment();
  packs_it();
  BOOST_TEST(end() == "succeeded");
  BOOST_TEST(remembered().identity == "");
}

BOOST_AUTO_TEST_CASE(stops_at_once_while_it_takes_results_over) {
  opens();
  happens(twin_found{"other", digest, "other"});
  happens(interrupted{});
  BOOST_TEST(end() == "interrupted");
  happens(digested{digest});
  BOOST_TEST(seen.empty());
}

BOOST_AUTO_TEST_CASE(names_everything_that_results_depend_on) {
  opens();
  const auto before = terms_of(*job);
  const auto differs = [&](auto change) {
    auto other = *this;
    change(other.wanted);
    other.journal.clear();
    other.opens();
    return terms_of(*other.job) != before;
  };
  BOOST_TEST(differs([](spec& it) { it.encode.crf = 30; }));
  BOOST_TEST(differs([](spec& it) { it.progressive_best = true; }));
  BOOST_TEST(differs([](spec& it) { it.document = true; }));
  BOOST_TEST(differs([](spec& it) { it.skip_poison = true; }));
  BOOST_TEST(differs([](spec& it) { it.marks = "another version"; }));
  BOOST_TEST(!differs([](spec& it) { it.source = it.name = "/another/file.mp4"; }));
  BOOST_TEST(!differs([](spec& it) { it.title = "another"; })); // nothing shows it
}

BOOST_AUTO_TEST_SUITE_END()
