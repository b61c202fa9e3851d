#include "test/engine/engine_run.hpp"
#include "test/support/box_edits.hpp"
#include "test/support/ffprobe.hpp"
#include "test/support/media_catalogue.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <regex>

// What job.json says of damage whose place and size are known, beside what ffmpeg makes of it.

namespace {

using namespace vdoc::test;

/// A copyable ladder, whose first fragment is encoded in two parts, and one that is all encoded.
const std::vector<std::string> ladders{"180:600:1200,90:300:600", "90:300:600"};

/// Calls `what` with each byte, and its place in its access unit, of the pictures from `from` to
/// `to`. Returns how many pictures that are.
template <class Change>
int change_pictures(const std::filesystem::path& file, double from, double to, Change what) {
  auto bytes = read_file(file);
  int pictures = 0;
  const auto packets =
      ffprobe(file.string(), {"-select_streams", "v:0", "-show_packets"}).at("packets");
  for (const auto& one : packets) {
    const auto pts = number_in(one, "pts_time", -1);
    if (pts < from - 0.001 || pts > to + 0.001)
      continue;
    ++pictures;
    const auto begin = static_cast<std::size_t>(number_in(one, "pos", -1));
    const auto size = static_cast<std::size_t>(number_in(one, "size", 0));
    for (std::size_t n = 0; n < size; ++n)
      what(bytes.at(begin + n), n);
  }
  write_file(file, bytes);
  return pictures;
}

int count_of(const std::filesystem::path& file, const std::string& how, const std::string& what) {
  return static_cast<int>(number_in(
      ffprobe(file.string(), {"-select_streams", "v:0", how, "-show_entries", "stream=" + what})
          .at("streams")
          .at(0),
      what, -1));
}

struct a_damaged_film {
  temp_folder place;
  std::filesystem::path file = place / "film.mp4";
  nlohmann::json job, pieces;

  a_damaged_film() { std::filesystem::copy_file(make(source_named("mp4_faststart")), file); }

  [[nodiscard]] int by_ffmpeg() const { return count_of(file, "-count_frames", "nb_read_frames"); }
  [[nodiscard]] int decoded() const { return pieces.at("frames_decoded").get<int>(); }
  [[nodiscard]] int lost() const { return pieces.at("frames_lost").get<int>(); }

  void runs_with(const std::string& ladder) {
    const temp_folder out;
    const auto result = run_engine(
        {{file.string()}, renditions_only(), {{"VIDEO_DOC_LADDER_RUNGS", ladder}}}, out.path());
    BOOST_REQUIRE_MESSAGE(result.succeeded(), result.story());
    job = job_of(out / "film");
    pieces = job.at("fragments");
    for (const auto& one : job.at("renditions"))
      if (!one.at("copied").get<bool>())
        BOOST_TEST(one.at("frames") == decoded());
  }

  /// Begin and end of what the only warning of such an end says is damaged. It names as many
  /// pictures as job.json counts.
  [[nodiscard]] std::pair<double, double> told(const std::string& end, const char* counted) const {
    const std::regex wording{"damaged (?:at|between) ([0-9.]+) s(?: and ([0-9.]+) s)?: "
                             "([0-9]+) of [0-9]+ pictures " +
                             end};
    std::pair<double, double> where{-1, -1};
    int warnings = 0;
    for (const auto& one : job.at("warnings")) {
      const auto warning = one.get<std::string>();
      std::smatch found;
      if (!std::regex_match(warning, found, wording))
        continue;
      ++warnings;
      BOOST_TEST(std::stoi(found[3]) == pieces.at(counted).get<int>(), warning);
      where.first = std::stod(found[1]);
      where.second = found[2].matched ? std::stod(found[2]) : where.first;
    }
    BOOST_REQUIRE_MESSAGE(warnings == 1, job.at("warnings").dump());
    return where;
  }
  [[nodiscard]] std::pair<double, double> told_damage() const {
    return told("cannot be decoded", "frames_lost");
  }
  [[nodiscard]] std::pair<double, double> told_concealment() const {
    return told("are shown as far as they can be decoded", "frames_concealed");
  }

  void erase(double from, double to) const {
    change_pictures(file, from, to, [](char& one, std::size_t) { one = 0; });
  }

  void is_counted_when_erased(double from, double to) {
    const auto all = count_of(file, "-count_packets", "nb_read_packets");
    erase(from, to);
    for (const auto& ladder : ladders) {
      BOOST_TEST_INFO_SCOPE(ladder);
      runs_with(ladder);
      BOOST_TEST(decoded() == by_ffmpeg());
      BOOST_TEST(decoded() + lost() == all);
      const auto [begin, end] = told_damage();
      BOOST_TEST(begin <= from);
      BOOST_TEST(end >= to);
    }
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(damage_in_a_film, a_damaged_film)

BOOST_AUTO_TEST_CASE(that_erased_pictures_is_counted_as_ffmpeg_does) {
  is_counted_when_erased(2.4, 2.6);
}

BOOST_AUTO_TEST_CASE(at_its_beginning_is_no_less_told) {
  is_counted_when_erased(0.4, 0.6);
}

BOOST_AUTO_TEST_CASE(is_told_to_the_second) {
  erase(2.4, 2.6);
  for (const auto& ladder : ladders) {
    BOOST_TEST_INFO_SCOPE(ladder);
    runs_with(ladder);
    BOOST_TEST(job.at("warnings").size() == 1U);
    const auto [begin, end] = told_damage();
    BOOST_TEST(std::abs(begin - 2.4) < 0.3);
    BOOST_TEST(std::abs(end - 2.6) < 0.3);
  }
}

BOOST_AUTO_TEST_CASE(by_flipped_bits_is_counted) {
  const auto all = count_of(file, "-count_packets", "nb_read_packets");
  const auto damaged = change_pictures(file, 2.4, 2.6, [](char& one, std::size_t at) {
    if (at > 6)
      one = static_cast<char>(static_cast<unsigned char>(one) ^ (1U << (at % 8)));
  });
  for (const auto& ladder : ladders) {
    BOOST_TEST_INFO_SCOPE(ladder);
    runs_with(ladder);
    BOOST_TEST(decoded() + lost() == all);
    BOOST_TEST(lost() > 0);
    BOOST_TEST(decoded() == by_ffmpeg());
    BOOST_TEST(lost() + pieces.at("frames_concealed").get<int>() == damaged);
    const auto [begin, end] = told_damage();
    const auto [hidden_begin, hidden_end] = told_concealment();
    BOOST_TEST(std::min(begin, hidden_begin) == 2.4);
    BOOST_TEST(std::max(end, hidden_end) == 2.6);
  }
}

BOOST_AUTO_TEST_CASE(that_the_decoder_hides_is_told) {
  change_pictures(file, 2.4, 2.6, [](char& one, std::size_t at) {
    if (at > 6 && at % 7 == 0)
      one = static_cast<char>(static_cast<unsigned char>(one) ^ (1U << (at % 8)));
  });
  runs_with(ladders.back());
  BOOST_TEST(decoded() == by_ffmpeg());
  const auto [begin, end] = told_concealment();
  BOOST_TEST(std::abs(begin - 2.4) < 0.3);
  BOOST_TEST(std::abs(end - 2.6) < 0.3);
}

BOOST_AUTO_TEST_CASE(is_not_told_of_a_whole_one) {
  for (const auto& ladder : ladders) {
    runs_with(ladder);
    BOOST_TEST(job.at("warnings").empty());
    BOOST_TEST(pieces.at("frames_concealed") == 0);
  }
}

BOOST_AUTO_TEST_CASE(by_a_cut_is_told_with_the_time_at_which_it_ends) {
  truncate_to(file, 0.6);
  const auto packets =
      ffprobe(file.string(), {"-select_streams", "v:0", "-show_packets"}).at("packets");
  double end = 0;
  for (const auto& one : packets)
    end = std::max(end, number_in(one, "pts_time", 0));
  for (const auto& ladder : ladders) {
    BOOST_TEST_INFO_SCOPE(ladder);
    runs_with(ladder);
    // ffmpeg shows the picture that the cut goes through, as far as it is there.
    BOOST_TEST(std::abs(decoded() + lost() - by_ffmpeg()) <= 1);
    BOOST_TEST(decoded() >= by_ffmpeg() - 1);
    BOOST_REQUIRE(job.at("warnings").size() == 1U);
    const auto warning = job.at("warnings").at(0).get<std::string>();
    static const std::regex wording{R"(it ends at ([0-9.]+) s of 6\.0 s: the rest is missing)"};
    std::smatch found;
    BOOST_REQUIRE_MESSAGE(std::regex_match(warning, found, wording), warning);
    BOOST_TEST(std::abs(std::stod(found[1]) - end) < 1.0, warning << ", not at " << end);
  }
}

BOOST_AUTO_TEST_SUITE_END()
