#include "actors/job/trusted.hpp"
#include "test/support/temp_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>

namespace {

using namespace vdoc;
using namespace std::chrono_literals;

/// A job of three fragments that was interrupted: the first is packed, the second encoded, the
/// third cut.
struct a_job_after_a_crash {
  test::temp_folder root;
  manifest::state known;

  a_job_after_a_crash() {
    manifest::source_opened source;
    source.probe.audio.resize(1);
    source.ladder = {{"720p", 1280, 720, 6000, 12000, false}};
    known.apply(source);
    for (std::uint32_t i = 0; i < 3; ++i)
      cuts(i);
    encodes(0);
    encodes(1);
    packs(0);
  }

  void write(const std::string& name, std::size_t bytes) const {
    const auto file = root / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream{file} << std::string(bytes, 'x');
  }
  void remove(const std::string& name) const { std::filesystem::remove(root / name); }

  void cuts(std::uint32_t index) {
    fragment::fragment piece;
    piece.index = index;
    piece.run = "runs/" + std::to_string(index);
    piece.run_bytes = 70;
    known.apply(manifest::fragment_cut{piece});
    write(".work/" + piece.run, 100); // the next fragment of the run has begun
  }
  void encodes(std::uint32_t index) {
    gst::transcode_result made;
    made.renditions.push_back({"720p", "encoded/" + std::to_string(index), 50, 200, {}, ""});
    known.apply(manifest::fragment_encoded{index, 0, made});
    write(".work/encoded/" + std::to_string(index), 260);
  }
  void packs(std::uint32_t index) {
    manifest::segment_packed one;
    one.track = "720p";
    one.index = index;
    one.uri = std::to_string(index) + ".m4s";
    one.bytes = 300;
    known.apply(one);
    write("video/720p/" + one.uri, 300);
  }
  void cuts_speech(std::uint32_t index, bool heard) {
    known.apply(manifest::utterance_cut{index, 0, "speech/" + std::to_string(index), 0s, 1s});
    write(".work/speech/" + std::to_string(index), 10);
    if (heard)
      known.apply(manifest::utterance_heard{index, "pocketsphinx", {}, {}});
  }

  /// "fragments/encoded/packed".
  [[nodiscard]] std::string believed() const {
    auto left = job::trusted(known, root.path());
    return std::to_string(left.fragments.size()) + "/" + std::to_string(left.encoded.size()) + "/" +
           std::to_string(left.tracks["720p"].segments.size());
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_manifest, a_job_after_a_crash)

BOOST_AUTO_TEST_CASE(is_believed_when_its_files_are_there) {
  BOOST_TEST(believed() == "3/2/1");
}

BOOST_AUTO_TEST_CASE(is_believed_without_what_is_used_up) {
  remove(".work/runs/0");
  remove(".work/encoded/0");
  remove(".work/runs/1");
  BOOST_TEST(believed() == "3/2/1");
}

BOOST_AUTO_TEST_CASE(is_not_believed_about_half_a_segment) {
  write("video/720p/0.m4s", 299);
  BOOST_TEST(believed() == "3/2/0"); // packed again from what is encoded
}

BOOST_AUTO_TEST_CASE(is_not_believed_about_half_an_encoded_fragment) {
  write(".work/encoded/1", 100);
  BOOST_TEST(believed() == "3/1/1");
}

BOOST_AUTO_TEST_CASE(makes_the_source_be_cut_again_from_a_lost_run_on) {
  write(".work/runs/2", 69);
  BOOST_TEST(believed() == "2/2/1");
  known.ended.emplace();
  BOOST_TEST(!job::trusted(known, root.path()).ended);
}

BOOST_AUTO_TEST_CASE(makes_the_source_be_cut_again_for_a_lost_segment_whose_run_is_used_up) {
  for (const auto* gone : {"video/720p/0.m4s", ".work/encoded/0", ".work/runs/0"})
    remove(gone);
  BOOST_TEST(believed() == "0/0/0");
}

BOOST_AUTO_TEST_CASE(makes_sound_be_encoded_again_whose_file_is_lost) {
  gst::audio_segment segment;
  segment.file = "encoded/audio0/0";
  segment.bytes = 50;
  known.apply(manifest::audio_encoded{segment});
  known.apply(manifest::audio_ended{0, 48'000, {}});
  write(".work/encoded/audio0/0", 60);
  BOOST_TEST(job::trusted(known, root.path()).audio_done.contains(0));
  remove(".work/encoded/audio0/0");
  const auto left = job::trusted(known, root.path());
  BOOST_TEST(left.audio.empty());
  BOOST_TEST(left.audio_done.empty());
}

BOOST_AUTO_TEST_CASE(makes_speech_be_cut_again_whose_sound_is_lost_before_it_was_heard) {
  cuts_speech(0, true);
  cuts_speech(1, false);
  cuts_speech(2, true);
  known.apply(manifest::audio_ended{0, 48'000, {}});
  remove(".work/speech/0");
  remove(".work/speech/2");
  BOOST_TEST(job::trusted(known, root.path()).utterances.size() == 3U);
  remove(".work/speech/1");
  const auto left = job::trusted(known, root.path());
  BOOST_TEST(left.utterances.size() == 1U);
  BOOST_TEST(left.heard.size() == 1U);
  BOOST_TEST(left.audio_done.empty());
}

BOOST_AUTO_TEST_SUITE_END()
