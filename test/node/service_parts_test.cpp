#include "actors/node/service_parts.hpp"
#include "test/supervision/stepped_actors.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

namespace {

using namespace vdoc;

struct parts_of_a_service : test::stepped_actors {
  node::service_parts parts;

  survey::actor a_survey() {
    return system.spawn([]() -> survey::actor::behavior_type {
      return {[](const survey::count&) {}, [](const survey::forget&) {}};
    });
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(the_parts_of_a_service, parts_of_a_service)

/// A supervisor may be starting an actor while the node ends, which waits until nobody knows any.
BOOST_AUTO_TEST_CASE(remember_nobody_who_comes_after_they_are_closed) {
  const auto survey = a_survey();
  parts.set(survey);
  BOOST_TEST((parts.find_survey() == survey));
  parts.clear_work();
  BOOST_TEST(!parts.find_survey());
  parts.set(survey);
  parts.close();
  BOOST_TEST(!parts.find_survey());
  parts.set(survey);
  BOOST_TEST(!parts.find_survey());
  node::newest<survey::actor> one;
  one.set(survey);
  BOOST_TEST((one.find() == survey));
  one.close();
  one.set(survey);
  BOOST_TEST(!one.find());
  caf::anon_send_exit(survey, caf::exit_reason::kill);
  run();
}

BOOST_AUTO_TEST_SUITE_END()
