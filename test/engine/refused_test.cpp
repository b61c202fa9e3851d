#include "test/engine/engine_run.hpp"
#include "test/support/box_edits.hpp"
#include "test/support/exactness.hpp"
#include "test/support/media_catalogue.hpp"
#include "test/support/one_case_each.hpp"

#include <algorithm>
#include <cctype>

// What cannot be decoded here is said by its name; what can be used beside it is used.

namespace {

using namespace vdoc::test;

constexpr const char* sound = " -f lavfi -i sine=r=48000:d=1 ";
constexpr const char* avc = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p ";
constexpr const char* hevc =
    "-c:v libx265 -preset ultrafast -x265-params log-level=none -tag:v hvc1 ";

/// Renames the sample entry of the video track number `track` (0 is the file's first).
void rename_entry(std::string& bytes, const std::string& from, const std::string& to,
                  int track = 0) {
  std::size_t at = 0;
  for (int n = 0; n <= track; ++n)
    at = bytes.find(from, bytes.find("stsd", at) + 4);
  bytes.replace(at, from.size(), to);
}

/// Puts a Dolby Vision configuration (its document "Dolby Vision Streams Within the ISO Base Media
/// File Format", 3.2) in the place of the box of pixel aspect, which has room for its head.
void claim_dolby_vision(std::string& bytes, const std::string& entry, int profile, bool base,
                        bool enhancement) {
  const auto at = bytes.find("pasp", bytes.find(entry, bytes.find("stsd")));
  bytes.replace(at, 4, profile > 7 ? "dvvC" : "dvcC");
  bytes.at(at + 4) = 1;
  bytes.at(at + 5) = 0;
  bytes.at(at + 6) = static_cast<char>(profile << 1);
  bytes.at(at + 7) = static_cast<char>(1 << 3 | 1 << 2 | (enhancement ? 2 : 0) | (base ? 1 : 0));
}

void edit_bytes(const std::filesystem::path& file,
                const std::function<void(std::string&)>& change) {
  auto bytes = read_file(file);
  change(bytes);
  write_file(file, bytes);
}

struct refusal {
  source recipe;
  std::string named; ///< in a warning or in the failure
  int renditions = 0;
  std::string name{};
  std::string skipped{};
};

refusal edited(const std::string& name, const std::string& inputs, const std::string& codecs,
               std::string named, int renditions, std::function<void(std::string&)> change,
               const std::string& extension = ".mp4") {
  refusal one{.recipe = {.name = "refused_" + name,
                         .file = name + extension,
                         .steps = {"-f lavfi -i testsrc2=s=320x180:r=25:d=1" + inputs + " " +
                                   codecs + "-c:a aac -bitexact {out}"}},
              .named = std::move(named),
              .renditions = renditions,
              .name = name};
  if (change)
    one.recipe.edits.push_back(
        {name + " 1", [change](const auto& file) { edit_bytes(file, change); }});
  return one;
}

std::vector<refusal> all_refusals() {
  const std::string with_sound = sound;
  const auto vvc = [](std::string& bytes) {
    rename_entry(bytes, "avc1", "vvc1");
    bytes.replace(bytes.find("avcC"), 4, "vvcC");
  };
  const auto profile_5 = [](std::string& bytes) {
    claim_dolby_vision(bytes, "hvc1", 5, true, false);
    rename_entry(bytes, "hvc1", "dvh1");
  };
  // Two layers in two tracks: the second depends on the first (`vdep`).
  const auto two_tracks = [](std::string& bytes) {
    const auto reference = bytes.find("tmcd", bytes.find("tref", bytes.find("tref") + 4));
    bytes.replace(reference, 4, "vdep");
    rename_entry(bytes, "hvc1", "dvhe", 1);
    claim_dolby_vision(bytes, "dvhe", 7, false, true);
  };
  const std::string key = " -encryption_scheme cenc-aes-ctr -encryption_key "
                          "76a6c65c5ea762046bd749a2e632ccbb -encryption_kid "
                          "a7e61c373e219033c21091fa607bf3b8 ";
  return {
      edited("vvc", "", avc, "VVC (H.266)", -1, vvc),
      edited("vvc_with_sound", with_sound, avc, "VVC (H.266)", 0, vvc),
      edited("dolby_vision_5", with_sound, hevc, "Dolby Vision video (profile 5)", 0, profile_5),
      edited("dolby_vision_7_in_one_track", with_sound, hevc, "Dolby Vision enhancement layer", 1,
             [](std::string& bytes) { claim_dolby_vision(bytes, "hvc1", 7, true, true); }),
      edited("dolby_vision_7_in_two_tracks", " -f lavfi -i testsrc2=s=160x90:r=25:d=1" + with_sound,
             std::string{hevc} + "-map 0 -map 1 -map 2 -timecode 00:00:00:00 ",
             "Dolby Vision enhancement layer", 1, two_tracks, ".mov"),
      edited("dolby_vision_8", with_sound, hevc, "Dolby Vision", 1,
             [](std::string& bytes) { claim_dolby_vision(bytes, "hvc1", 8, true, false); }),
      edited("unheard_of", with_sound, avc, "video of the kind \"zzzz\"", 0,
             [](std::string& bytes) { rename_entry(bytes, "avc1", "zzzz"); }),
      edited("encrypted", with_sound, avc + key, "encrypted", -1, nullptr),
  };
}

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char one) { return static_cast<char>(std::tolower(one)); });
  return text;
}

void is_said_by_name(const refusal& one) {
  const auto file = make(one.recipe);
  const temp_folder out;
  const auto result = run_engine({{file.string()}, renditions_only(), small_ladder()}, out.path());
  const auto folder = out.path() / file.stem();
  const auto job = job_of(folder);
  BOOST_TEST((result.out + result.err).find(one.named) != std::string::npos, result.story());
  if (one.renditions < 0) { // nothing is left to be made
    BOOST_TEST(result.exit_code == 1, result.story());
    BOOST_TEST(job.at("error").at("whose") == "input");
    BOOST_TEST(job.at("error").at("message").get<std::string>().find(one.named) !=
               std::string::npos);
    BOOST_TEST(!job.at("error").at("advice").get<std::string>().empty());
    return;
  }
  BOOST_REQUIRE_MESSAGE(result.succeeded(), result.story());
  BOOST_TEST(std::ranges::any_of(job.at("warnings"), [&](const std::string& text) {
    return lower(text).find(lower(one.named)) != std::string::npos;
  }));
  const auto package = read_package(folder);
  BOOST_TEST(package.audio.size() == 1U);
  BOOST_TEST(package.video.empty() == (one.renditions == 0));
  for (const auto& [listed, track] : package.video)
    BOOST_TEST(decode_video(track.input).frames.size() == 25U);
}

const one_case_each cases{"what_cannot_be_decoded_is_said_by_name", all_refusals(),
                          is_said_by_name};

} // namespace
