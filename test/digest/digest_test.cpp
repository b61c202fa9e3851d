#include "actors/digest/spawn.hpp"
#include "test/supervision/stepped_actors.hpp"
#include "test/support/temp_folder.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>

#include <fstream>

namespace {

using namespace vdoc;

/// DIGEST with slices of 10 bytes, and askers who note in which order they are answered.
struct a_digest_in_small_slices : test::stepped_actors {
  test::temp_folder folder;
  digest::actor who = digest::spawn(system, {10, false});
  std::shared_ptr<std::vector<std::string>> answers = std::make_shared<std::vector<std::string>>();

  ~a_digest_in_small_slices() { caf::anon_send_exit(who, caf::exit_reason::kill); }

  digest::take has(const std::string& name, std::size_t bytes) const {
    std::ofstream{folder / name} << std::string(bytes, 'x');
    return {{{folder / name, ""}}};
  }
  caf::actor asks(const std::string& name, const digest::take& what) {
    return system.spawn([=, to = who, all = answers](caf::event_based_actor* self) {
      self->request(to, caf::infinite, what).then([=](const digest::taken& it) {
        all->push_back(name + (it.digest.empty() ? " cannot" : ""));
      });
    });
  }
  digest::taken taken(const digest::take& what) { return answer_of<digest::taken>(who, what); }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_digest, a_digest_in_small_slices)

BOOST_AUTO_TEST_CASE(says_what_a_file_holds_and_which_file_that_was) {
  const auto one = taken(has("one", 95));
  BOOST_TEST(one.digest.size() == 64U);
  BOOST_TEST(one.identity == content::identity_of(folder / "one"));
  BOOST_TEST(taken(has("two", 95)).digest == one.digest);
  BOOST_TEST(taken(has("three", 96)).digest != one.digest);
}

BOOST_AUTO_TEST_CASE(lets_a_short_source_not_wait_for_a_long_one) {
  asks("long", has("long", 10'000));
  asks("short", has("short", 30));
  run();
  BOOST_TEST(*answers == (std::vector<std::string>{"short", "long"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(says_why_a_source_cannot_be_read_and_goes_on) {
  const digest::take nothing{{{folder / "nothing", ""}}};
  BOOST_TEST(taken(nothing).digest == "");
  BOOST_TEST(taken(nothing).trouble.find("nothing") != std::string::npos);
  BOOST_TEST(taken(has("one", 5)).trouble == "");
}

BOOST_AUTO_TEST_CASE(forgets_whose_asker_has_ended) {
  const auto impatient = asks("long", has("long", 1'000'000));
  for (int i = 0; i < 100; ++i)
    steps.try_run_once();
  caf::anon_send_exit(impatient, caf::exit_reason::kill);
  run();
  BOOST_TEST(answers->empty());
  BOOST_TEST(taken(has("one", 5)).digest.size() == 64U);
}

BOOST_AUTO_TEST_SUITE_END()
