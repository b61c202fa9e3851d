#include "test/support/sources_broken.hpp"

#include "test/support/box_edits.hpp"
#include "test/support/media_catalogue.hpp"
#include "test/support/transport_edits.hpp"

#include <unistd.h>

namespace vdoc::test {
namespace {

/// A file of its own, to be damaged.
std::filesystem::path copy_of(const std::string& source, const std::filesystem::path& folder,
                              const std::string& name) {
  const auto from = make(source_named(source));
  auto to = folder / (name + from.extension().string());
  std::filesystem::copy_file(from, to);
  return to;
}

source forty_tracks() {
  source one{.name = "forty_audio_tracks", .file = "forty_audio_tracks.mkv", .steps = {}};
  std::string maps;
  for (int n = 0; n < 40; ++n)
    maps += "-map 0:a ";
  one.steps = {"-t 2 -i {master} -map 0:v " + maps +
               "-c:v libx264 -preset ultrafast -c:a aac -b:a 32k -ac 1 -bitexact {out}"};
  return one;
}

source gigantic_jpeg() {
  return {.name = "gigantic_jpeg",
          .file = "gigantic_jpeg.avi",
          .steps = {"-f lavfi -i color=s=16000x12000:r=25:d=0.08 -c:v mjpeg -pix_fmt yuvj420p "
                    "-bitexact {out}"}};
}

source for_vp8_claim() {
  return {.name = "gigantic_vp8",
          .file = "gigantic_vp8.webm",
          .steps = {"-i {master} -an -vf scale=640:360 -c:v libvpx -g 50 -deadline realtime "
                    "-cpu-used 8 -bitexact {out}"},
          .edits = {{"claim_vp8_size 1",
                     [](const auto& file) { claim_vp8_size(file, 640, 360, 16'000, 12'000); }}}};
}

} // namespace

std::vector<broken_source> make_broken_sources(const std::filesystem::path& folder) {
  std::vector<broken_source> all;
  const auto add = [&](std::string name, std::filesystem::path file, bool may_succeed,
                       std::string must_say = "") -> broken_source& {
    return all.emplace_back(
        broken_source{std::move(name), std::move(file), may_succeed, std::move(must_say), ""});
  };
  write_file(folder / "zero_bytes.mp4", "");
  add("zero_bytes", folder / "zero_bytes.mp4", false, "empty");
  std::string prose;
  for (int n = 0; n < 60; ++n)
    prose += "This is a letter, not a film. ";
  write_file(folder / "text_named.mp4", prose);
  add("text_named_mp4", folder / "text_named.mp4", false);

  const auto headless = copy_of("mp4_index_at_end", folder, "truncated_before_index");
  truncate_to(headless, 0.6);
  add("truncated_before_index", headless, false);
  const auto cut = copy_of("mp4_faststart", folder, "truncated_media");
  truncate_to(cut, 0.6);
  add("truncated_media", cut, true);
  for (const std::uint32_t seed : {1U, 2U, 3U}) {
    const auto name = "bit_flips_" + std::to_string(seed);
    const auto flipped = copy_of("mp4_faststart", folder, name);
    flip_bits(flipped, seed, 40, 0.2, 1.0);
    add(name, flipped, true);
  }
  const auto flipped_head = copy_of("mp4_faststart", folder, "bit_flips_in_index");
  flip_bits(flipped_head, 4, 25, 0.0, 0.03);
  add("bit_flips_in_index", flipped_head, true);
  const auto lossy = copy_of("ts_starts_at_11s", folder, "lost_packets");
  lose_packets(lossy, 400, 60);
  add("lost_packets", lossy, true);
  const auto tableless = copy_of("mp4_faststart", folder, "missing_sample_table");
  hide_boxes(tableless, "stbl");
  add("missing_sample_table", tableless, false);
  const auto nameless = copy_of("mp4_faststart", folder, "missing_sample_description");
  hide_boxes(nameless, "stsd");
  add("missing_sample_description", nameless, false);

  add("gigantic_jpeg", make(gigantic_jpeg()), false, "16000");
  add("gigantic_vp8", make(for_vp8_claim()), false, "16000");
  add("forty_audio_tracks", make(forty_tracks()), true);
  std::filesystem::create_directory(folder / "a_directory.mp4");
  add("a_directory", folder / "a_directory.mp4", false, "directory");
  add("no_such_file", folder / "no_such_file.mp4", false);
  const auto closed = copy_of("mp4_faststart", folder, "no_permission");
  std::filesystem::permissions(closed, std::filesystem::perms::none);
  auto& forbidden = add("no_permission", closed, false, "permission");
  if (geteuid() == 0)
    forbidden.skipped = "root may read everything";
  return all;
}

} // namespace vdoc::test
