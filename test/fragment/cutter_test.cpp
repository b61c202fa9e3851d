#include "pipelines/fragment/cutter.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>
#include <ostream>

using namespace vdoc::fragment;
using namespace std::chrono_literals;
using std::chrono::milliseconds;

namespace {

/// Pieces as text, for whole comparisons: "0 0+4000 100 a" is index, begin + length, frames, run.
struct cutting {
  cut_rules rules;
  std::vector<fragment> pieces;
  std::map<std::string, std::vector<int>> runs; ///< what went into each, as positions of units
  std::vector<std::string> closed;
  cutter cut{rules, 100};
  int position = 0;

  explicit cutting(cut_rules given = {}) : rules{given}, cut{given, 100} {}

  void take(const std::vector<cut_decision>& decisions) {
    for (const auto& one : decisions) {
      if (const auto* open = std::get_if<open_run>(&one))
        runs[open->run].clear();
      else if (const auto* add = std::get_if<append_unit>(&one))
        runs[add->run].push_back(position);
      else if (const auto* done = std::get_if<finish_fragment>(&one))
        pieces.push_back(done->piece);
      else
        closed.push_back(std::get<close_run>(one).run);
    }
  }
  void unit(milliseconds pts, key_kind key = key_kind::none, bool shown = true,
            milliseconds duration = 40ms) {
    take(cut.on({pts, unknown_time, duration, key, shown, 10, 7}));
    ++position;
  }
  void end() { take(cut.end()); }

  /// `seconds` of 25 pictures, each `gop` of them starting with a key frame.
  void plain(int pictures, int gop, key_kind key = key_kind::idr) {
    for (int i = 0; i < pictures; ++i)
      unit(40ms * i, i % gop == 0 ? key : key_kind::none);
  }
  [[nodiscard]] std::string story() const {
    std::string text;
    for (const auto& one : pieces) {
      const auto ms = [](timestamp time) {
        return std::to_string(std::chrono::duration_cast<milliseconds>(time).count());
      };
      text += ms(one.begin) + "-" + ms(one.end) + "/" + std::to_string(one.frames) + "@" +
              one.run.substr(10, 2) + (one.run_ends ? " " : "+ ");
    }
    return text;
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(a_cutter)

BOOST_AUTO_TEST_CASE(cuts_at_the_first_key_frame_that_is_late_enough) {
  cutting it;
  it.plain(250, 50);
  it.end();
  BOOST_TEST(it.story() == "0-4000/100@0. 4000-8000/100@1. 8000-10000/50@2. ");
  BOOST_TEST(it.runs["runs/000001.au"].front() == 100);
  BOOST_TEST(it.runs["runs/000000.au"].back() == 99);
  BOOST_TEST(it.pieces[0].run_bytes == 100 + 100 * 10);
  BOOST_TEST(it.closed.size() == 3);
}

BOOST_AUTO_TEST_CASE(tolerates_a_key_frame_one_picture_early) {
  cutting it;
  it.plain(200, 99); // 3.96 s
  it.end();
  BOOST_TEST(it.story() == "0-3960/99@0. 3960-7920/99@1. 7920-8000/2@2. ");
}

BOOST_AUTO_TEST_CASE(gives_a_fragment_the_next_key_frame_and_its_leading_pictures) {
  cutting it;
  it.unit(0ms, key_kind::idr);
  for (auto at = 120ms; at < 4000ms; at += 120ms) { // P, then two B
    it.unit(at);
    it.unit(at - 80ms);
    it.unit(at - 40ms);
  } // up to 3960
  it.unit(4080ms, key_kind::open);
  it.unit(4000ms);
  it.unit(4040ms);
  it.unit(4200ms);
  it.unit(4120ms);
  it.unit(4160ms);
  it.end();
  BOOST_TEST(it.story() == "0-4080/102@0. 4080-4240/4@1. ");
  const auto& first = it.runs["runs/000000.au"];
  BOOST_TEST(first.size() == 103);
  BOOST_TEST(first.back() == 102);
  BOOST_TEST((it.runs["runs/000001.au"] == std::vector{100, 101, 102, 103, 104, 105}));
  BOOST_TEST(it.pieces[0].run_bytes == 100 + 103 * 10);
}

BOOST_AUTO_TEST_CASE(cuts_a_long_gop_by_time_and_goes_on_at_its_next_key_frame) {
  cutting it;
  for (int i = 0; i < 400; ++i)
    it.unit(40ms * i, i == 0 || i == 275 ? key_kind::idr : key_kind::none); // key at 11 s
  it.end();
  BOOST_TEST(it.story() == "0-4000/100@0.+ 4000-8000/100@0.+ 8000-11000/75@0. "
                           "11000-16000/125@1. ");
  BOOST_TEST(it.pieces[0].run_bytes == 100 + 10 * (100 - 1 + 32 + 1));
  BOOST_TEST(it.pieces[2].run_bytes == 100 + 10 * 275);
}

BOOST_AUTO_TEST_CASE(never_makes_more_than_one_and_a_half_targets_of_ten_minutes_without_a_key) {
  cutting it;
  it.plain(15000, 15000);
  it.end();
  BOOST_TEST(it.runs.size() == 1);
  std::uint32_t frames = 0;
  for (const auto& piece : it.pieces) {
    BOOST_TEST((piece.end - piece.begin <= 6s));
    frames += piece.frames;
  }
  BOOST_TEST(it.pieces.size() == 150);
  BOOST_TEST(frames == 15000);
  BOOST_TEST(it.pieces.back().run_ends);
}

BOOST_AUTO_TEST_CASE(cuts_every_picture_of_an_intra_stream_alike) {
  cutting it;
  it.plain(300, 1);
  it.end();
  BOOST_TEST(it.story() == "0-3960/99@0. 3960-7920/99@1. 7920-11880/99@2. 11880-12000/3@3. ");
}

BOOST_AUTO_TEST_CASE(makes_one_fragment_of_a_short_stream) {
  cutting it;
  it.unit(0ms, key_kind::idr);
  it.end();
  BOOST_TEST(it.story() == "0-40/1@0. ");
  cutting nothing;
  nothing.end();
  BOOST_TEST(nothing.pieces.empty());
}

BOOST_AUTO_TEST_CASE(keeps_pre_roll_in_the_run_but_does_not_count_it) {
  cutting it;
  it.unit(-5000ms, key_kind::idr, false);
  it.unit(-4960ms, key_kind::none, false);
  it.unit(-80ms, key_kind::idr, false); // decoding may start as late as here
  it.unit(-40ms, key_kind::none, false);
  it.unit(0ms);
  it.unit(40ms);
  it.end();
  BOOST_TEST(it.story() == "0-80/2@0. ");
  BOOST_TEST((it.runs["runs/000000.au"] == std::vector{2, 3, 4, 5}));
}

BOOST_AUTO_TEST_CASE(begins_with_the_first_picture_shown_even_if_it_follows_the_key_frame) {
  cutting it;
  it.unit(80ms, key_kind::closed);
  it.unit(0ms);
  it.unit(40ms);
  it.unit(120ms);
  it.end();
  BOOST_TEST(it.story() == "0-160/4@0. ");
}

BOOST_AUTO_TEST_CASE(leaves_out_what_leans_on_a_missing_start) {
  cutting it;
  it.unit(0ms);
  it.unit(160ms, key_kind::open);
  it.unit(80ms);
  it.unit(120ms);
  it.unit(200ms);
  it.end();
  BOOST_TEST(it.story() == "160-240/2@0. ");
  BOOST_TEST(it.cut.undecodable() == 3);
}

BOOST_AUTO_TEST_CASE(cuts_for_copying_at_idr_pictures_only) {
  cutting it{{.only_at_idr = true}};
  for (int i = 0; i < 400; ++i)
    it.unit(40ms * i, i % 300 == 0 ? key_kind::idr : i % 50 == 0 ? key_kind::open : key_kind::none);
  it.end();
  BOOST_TEST(it.story() == "0-12000/300@0. 12000-16000/100@1. ");
}

BOOST_AUTO_TEST_CASE(counts_pictures_where_only_the_order_is_known) {
  cutting it{{.ordered_only = true}};
  for (int i = 0; i < 250; ++i) {
    it.take(it.cut.on({unknown_time, 40ms * i, 40ms, i % 12 == 0 ? key_kind::open : key_kind::none,
                       true, 10, 0}));
    ++it.position;
  }
  it.end();
  BOOST_TEST(it.story() == "0-4000/100@0.+ 4000-8000/100@0.+ 8000-10000/50@0. ");
  BOOST_TEST(it.pieces[0].skip == 0);
  BOOST_TEST(it.pieces[1].skip == 100);
  BOOST_TEST(it.pieces[2].skip == 200);
  BOOST_TEST(it.pieces[1].run_bytes == 100 + 10 * (200 + 32));
}

BOOST_AUTO_TEST_CASE(begins_a_run_where_the_format_changes) {
  cutting it;
  it.plain(50, 50);
  it.cut.format_changes(120);
  it.unit(2000ms, key_kind::idr);
  it.unit(2040ms);
  it.end();
  BOOST_TEST(it.story() == "0-2000/50@0. 2000-2080/2@1. ");
  BOOST_TEST(it.pieces[1].run_bytes == 120 + 2 * 10);
}

BOOST_AUTO_TEST_CASE(splits_what_came_too_slowly_to_be_split_before) {
  cutting it; // one picture a second: 32 units are half a minute
  for (int i = 0; i < 20; ++i)
    it.unit(1000ms * i, i == 0 ? key_kind::idr : key_kind::none, true, 1000ms);
  it.end();
  BOOST_TEST(it.story() == "0-4000/4@0. 4000-8000/4@0. 8000-12000/4@0. 12000-16000/4@0. "
                           "16000-20000/4@0. ");
}

BOOST_AUTO_TEST_CASE(prints_other_bytes_and_other_times_differently) {
  const auto print = [](std::uint64_t digest, milliseconds pts) {
    cutter cut{{}, 100};
    cut.on({0ms, unknown_time, 40ms, key_kind::idr, true, 10, 1});
    cut.on({pts, unknown_time, 40ms, key_kind::none, true, 10, digest});
    return std::get<finish_fragment>(cut.end().front()).piece.hash;
  };
  BOOST_TEST(print(2, 40ms) == print(2, 40ms));
  BOOST_TEST(print(2, 40ms) != print(3, 40ms));
  BOOST_TEST(print(2, 40ms) != print(2, 41ms));
}

BOOST_AUTO_TEST_SUITE_END()
