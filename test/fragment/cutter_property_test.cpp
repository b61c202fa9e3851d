#include "pipelines/fragment/cutter.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>
#include <random>

using namespace vdoc::fragment;
using namespace std::chrono_literals;

namespace {

using dice = std::mt19937_64;

int between(dice& chance, int low, int high) {
  return std::uniform_int_distribution{low, high}(chance);
}

/// A stream in decode order: GOPs of random length, open, closed or IDR, with a random number of
/// B pictures (a pyramid when there are three), random durations, and sometimes pre-roll.
std::vector<unit_header> stream(dice& chance) {
  std::vector<timestamp> clock; // of the n-th picture shown
  const auto variable = between(chance, 0, 1) == 1;
  const auto usual = 1ms * between(chance, 8, 400);
  const auto pictures = between(chance, 1, 1200);
  auto time = timestamp{0};
  for (int i = 0; i < pictures; ++i) {
    clock.push_back(time);
    time += variable ? 1ms * between(chance, 1, 300) : timestamp{usual};
  }
  clock.push_back(time);
  std::vector<unit_header> units;
  const auto put = [&](int shown_as, key_kind key) {
    const auto at = static_cast<std::size_t>(shown_as);
    units.push_back({clock[at], unknown_time, clock[at + 1] - clock[at], key, true,
                     static_cast<std::uint64_t>(between(chance, 1, 90)), units.size()});
  };
  const auto b_pictures = between(chance, 0, 3);
  const auto longest_gop = between(chance, 1, 600);
  put(0, key_kind::idr);
  auto left = between(chance, 1, longest_gop);
  for (int next = 1; next < pictures;) {
    auto count = std::min(b_pictures, pictures - next - 1);
    auto key = key_kind::none;
    if (--left <= 0) {
      left = between(chance, 1, longest_gop);
      key = static_cast<key_kind>(between(chance, 1, 3));
      count = key == key_kind::idr ? 0 : count;
    }
    put(next + count, key);
    if (count == 3)
      put(next + 1, key_kind::none);
    for (int b = 0; b < count; ++b)
      if (count != 3 || b != 1)
        put(next + b, key_kind::none);
    next += count + 1;
  }
  if (between(chance, 0, 3) == 0)
    for (auto& unit : units) {
      unit.pts -= clock[static_cast<std::size_t>(pictures) / 9];
      unit.shown = unit.pts >= 0ns;
    }
  return units;
}

struct pieces_and_runs {
  std::vector<fragment> pieces;
  std::map<std::string, std::vector<std::pair<std::size_t, std::uint64_t>>> runs; ///< unit, end
};

pieces_and_runs cut(const std::vector<unit_header>& units, const cut_rules& rules) {
  pieces_and_runs out;
  cutter cutting{rules, 50};
  std::size_t at = 0;
  const auto take = [&](const std::vector<cut_decision>& decisions) {
    for (const auto& one : decisions) {
      if (const auto* open = std::get_if<open_run>(&one)) {
        out.runs[open->run].clear();
      } else if (const auto* add = std::get_if<append_unit>(&one)) {
        auto& run = out.runs[add->run];
        run.emplace_back(at, (run.empty() ? 50 : run.back().second) + units[at].stored_bytes);
      } else if (const auto* done = std::get_if<finish_fragment>(&one)) {
        out.pieces.push_back(done->piece);
      }
    }
  };
  for (; at < units.size(); ++at)
    take(cutting.on(units[at]));
  take(cutting.end());
  BOOST_TEST(cutting.late() == 0);
  return out;
}

void check(const std::vector<unit_header>& units, const cut_rules& rules) {
  const auto [pieces, runs] = cut(units, rules);
  std::size_t shown = 0;
  for (const auto& unit : units)
    shown += unit.shown ? 1 : 0;
  std::vector<std::size_t> owned;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const auto& piece = pieces[i];
    BOOST_TEST(piece.index == i);
    BOOST_TEST((i == 0 || piece.begin == pieces[i - 1].end));
    BOOST_TEST((piece.begin < piece.end));
    std::uint32_t frames = 0;
    std::uint32_t after = 0; ///< units of the prefix since the last one of the fragment
    auto prefix_seen = false;
    const auto& run = runs.at(piece.run);
    for (const auto& [unit, end] : run) {
      const auto& header = units[unit];
      if (end <= piece.run_bytes && header.shown && header.pts >= piece.begin &&
          header.pts < piece.end) {
        ++frames;
        after = -1U;
        owned.push_back(unit);
      }
      after += end <= piece.run_bytes ? 1 : 0;
      prefix_seen = prefix_seen || end == piece.run_bytes;
    }
    BOOST_TEST(prefix_seen);
    BOOST_TEST(frames == piece.frames);
    BOOST_TEST((!piece.run_ends || run.back().second == piece.run_bytes));
    BOOST_TEST((piece.run_ends || after >= rules.reorder_units));
    BOOST_TEST((units[run.front().first].key != key_kind::none));
    if (!rules.only_at_idr && frames > 1) {
      auto longest = timestamp{0};
      for (const auto& unit : units)
        longest = std::max(longest, unit.duration);
      BOOST_TEST((piece.end - piece.begin <= rules.target * 3 / 2 + longest + 1ms));
    }
    if (rules.only_at_idr)
      BOOST_TEST((i == 0 || units[run.front().first].key == key_kind::idr));
  }
  std::sort(owned.begin(), owned.end());
  BOOST_TEST((std::adjacent_find(owned.begin(), owned.end()) == owned.end()));
  BOOST_TEST(owned.size() == shown);
}

} // namespace

BOOST_AUTO_TEST_SUITE(a_cutter_of_any_stream)

BOOST_AUTO_TEST_CASE(gives_every_picture_to_exactly_one_fragment) {
  for (std::uint64_t seed = 0; seed < 400; ++seed)
    BOOST_TEST_CONTEXT("seed " << seed) {
      dice chance{seed};
      check(stream(chance), {});
    }
}

BOOST_AUTO_TEST_CASE(gives_every_picture_to_exactly_one_fragment_when_copying) {
  for (std::uint64_t seed = 1000; seed < 1200; ++seed)
    BOOST_TEST_CONTEXT("seed " << seed) {
      dice chance{seed};
      check(stream(chance), {.only_at_idr = true});
    }
}

BOOST_AUTO_TEST_CASE(decides_the_same_for_a_stream_that_is_cut_short_until_there) {
  dice chance{7};
  const auto units = stream(chance);
  const auto whole = cut(units, {}).pieces;
  const auto middle = units.begin() + static_cast<long>(units.size() / 2);
  const auto half = cut(std::vector(units.begin(), middle), {});
  BOOST_REQUIRE(half.pieces.size() > 2);
  for (std::size_t i = 0; i + 2 < half.pieces.size(); ++i)
    BOOST_TEST((half.pieces[i] == whole[i]));
}

BOOST_AUTO_TEST_SUITE_END()
