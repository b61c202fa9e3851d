#include "pipelines/fragment/display_order.hpp"

#include <boost/test/unit_test.hpp>

using namespace vdoc::fragment;
using namespace std::chrono_literals;
using std::chrono::milliseconds;

namespace {

constexpr auto anchor = picture_kind::anchor;
constexpr auto b = picture_kind::bidirectional;
constexpr auto absent = picture_kind::absent;

struct ordering {
  display_order order;
  std::string story;
  std::uint64_t next = 0;

  void take(const std::vector<picture>& pictures) {
    for (const auto& one : pictures) {
      BOOST_TEST(one.ticket == next++);
      story += !one.header.shown ? "-" : std::to_string(one.header.pts / 1ms);
      story += " ";
    }
  }
  std::uint64_t put_in = 0;
  void put(picture_kind kind, timestamp pts, timestamp dts, key_kind key = key_kind::none) {
    take(order.put({{pts, dts, 40ms, key}, kind, put_in++}));
  }
  void end() { take(order.end()); }
};

} // namespace

BOOST_AUTO_TEST_SUITE(an_order_of_display)

BOOST_AUTO_TEST_CASE(gives_the_nth_picture_shown_the_nth_decode_time) {
  ordering it{{reordering::one_anchor, true}, {}};
  it.put(anchor, 0ms, 0ms);
  it.put(anchor, 40ms, 40ms);
  it.put(b, 80ms, 80ms);
  it.put(b, 120ms, 120ms);
  it.put(anchor, 160ms, 160ms);
  it.put(b, 200ms, 200ms);
  it.end();
  BOOST_TEST(it.story == "0 120 40 80 200 160 ");
}

BOOST_AUTO_TEST_CASE(unpacks_pictures_that_share_a_slot) {
  ordering it{{reordering::one_anchor, true}, {}};
  it.put(anchor, unknown_time, 0ms);
  it.put(anchor, unknown_time, 40ms);
  it.put(b, unknown_time, unknown_time);
  it.put(absent, unknown_time, 80ms);
  it.put(anchor, unknown_time, 120ms);
  it.end();
  BOOST_TEST(it.story == "0 80 40 - 120 ");
  ordering parsed{{reordering::one_anchor, true}, {}};
  parsed.put(anchor, unknown_time, 0ms);
  parsed.put(anchor, unknown_time, 40ms);
  parsed.put(b, unknown_time, 80ms); // made up: it came with the one before
  parsed.put(b, unknown_time, 80ms);
  parsed.put(absent, unknown_time, 120ms);
  parsed.put(anchor, unknown_time, 160ms);
  parsed.end();
  BOOST_TEST(parsed.story == "0 120 40 80 - 160 ");
}

BOOST_AUTO_TEST_CASE(shows_the_picture_before_an_absent_one_for_longer) {
  ordering it{{reordering::one_anchor, true}, {}};
  it.put(anchor, unknown_time, 0ms);
  it.put(absent, unknown_time, 40ms);
  it.put(anchor, unknown_time, 80ms);
  it.put(anchor, unknown_time, 120ms);
  it.end();
  BOOST_TEST(it.story == "0 - 80 120 ");
}

BOOST_AUTO_TEST_CASE(fills_in_what_a_program_stream_leaves_out) {
  ordering it{{reordering::one_anchor, false}, {}};
  it.put(anchor, 500ms, 460ms);
  it.put(anchor, unknown_time, unknown_time);
  it.put(b, unknown_time, unknown_time);
  it.put(b, 580ms, unknown_time);
  it.put(anchor, 740ms, unknown_time);
  it.put(b, unknown_time, unknown_time);
  it.put(b, unknown_time, unknown_time);
  it.end();
  BOOST_TEST(it.story == "500 620 540 580 740 660 700 ");
}

BOOST_AUTO_TEST_CASE(leaves_known_times_alone) {
  ordering it{{reordering::free, false}, {}};
  it.put(anchor, 0ms, 0ms, key_kind::idr);
  it.put(anchor, 160ms, 40ms);
  it.put(anchor, 80ms, 80ms);
  it.put(anchor, 40ms, 120ms);
  it.end();
  BOOST_TEST(it.story == "0 160 80 40 ");
  BOOST_TEST(it.order.repaired() == 0);
}

BOOST_AUTO_TEST_CASE(separates_pictures_with_the_same_time) {
  ordering it{{reordering::none, false}, {}};
  for (const auto at : {0ms, 40ms, 40ms, 80ms})
    it.put(anchor, at, at);
  it.end();
  BOOST_TEST(it.story == "0 40 60 80 ");
  BOOST_TEST(it.order.repaired() == 1);
}

BOOST_AUTO_TEST_CASE(goes_on_where_joined_recordings_start_again) {
  ordering it{{reordering::free, false}, {}};
  it.put(anchor, 10000ms, 10000ms, key_kind::idr);
  it.put(anchor, 10040ms, 10040ms);
  it.put(anchor, 0ms, 0ms, key_kind::idr);
  it.put(anchor, 40ms, 40ms);
  it.end();
  BOOST_TEST(it.story == "10000 10040 10080 10120 ");
}

BOOST_AUTO_TEST_CASE(shows_a_picture_when_the_hidden_one_before_it_was_due) {
  ordering it{{reordering::none, false}, {}};
  it.put(anchor, 501ms, unknown_time, key_kind::idr);
  it.take(it.order.put({{.pts = 542ms, .duration = 40ms, .shown = false}, anchor, it.put_in++}));
  it.put(anchor, unknown_time, unknown_time);
  it.put(anchor, 584ms, unknown_time);
  BOOST_TEST(it.story == "501 - 542 584 ");
}

BOOST_AUTO_TEST_SUITE_END()
