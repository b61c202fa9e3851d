#include "test/support/box_edits.hpp"
#include "test/support/source_recipes.hpp"

#include <utility>

namespace vdoc::test {
namespace {

using std::chrono::milliseconds;

/// Six channels of which the first is left, the second right, and the others both.
std::string surround() {
  return "-af pan=5.1|FL=c0|FR=c1|FC=0.5*c0+0.5*c1|LFE=0*c0|BL=c0|BR=c1 ";
}

source of_steps(std::string name, const std::string& extension, std::vector<std::string> steps) {
  auto file = name + extension;
  return {.name = std::move(name), .file = std::move(file), .steps = std::move(steps)};
}

source film(std::string name, const std::string& extension, const std::string& options) {
  return of_steps(std::move(name), extension,
                  {"-i {master} " + h264() + options + " -bitexact {out}"});
}

source only_sound(std::string name, const std::string& extension, const std::string& options) {
  auto one =
      of_steps(std::move(name), extension, {"-i {master} -vn " + options + " -bitexact {out}"});
  one.video = false;
  return one;
}

source vague(source one, milliseconds zero) {
  one.zero_slack = zero;
  return one;
}

/// AMR has no encoder in ffmpeg: GStreamer makes the frames, a header in front of them makes the
/// file (RFC 4867, 5).
source amr(std::string name, const std::string& plugin, const std::string& encoder,
           const std::string& magic, int rate_hz) {
  auto one = of_steps(
      std::move(name), ".3gp",
      {"-i {master} -vn -ac 1 -ar " + std::to_string(rate_hz) + " {here}/narrow.wav",
       "gst-launch-1.0 -q filesrc location={here}/narrow.wav ! wavparse ! audioconvert ! " +
           encoder + " ! filesink location={here}/frames",
       "-i concat:{here}/magic|{here}/frames -c copy {here}/narrow.amr",
       "-i {master} -i {here}/narrow.amr -map 0:v -map 1:a -c:v h263 -g 50 -q:v 4 -c:a copy -f 3gp "
       "-bitexact {out}"});
  one.master = {.width_px = 176, .height_px = 144};
  one.companions = {{"magic", magic}};
  if (!std::filesystem::exists("/usr/lib/x86_64-linux-gnu/gstreamer-1.0/lib" + plugin + ".so"))
    one.skipped = "no AMR encoder: GStreamer's plugin " + plugin + " is not installed";
  return one;
}

/// HE-AAC has no encoder here either. A core of half the rate, whose configuration says that it is
/// extended (ISO/IEC 14496-3, 1.6.5), is decoded as such: to twice the rate.
source high_efficiency(source one) {
  one.edits.push_back({"signal band replication 1", signal_band_replication});
  return one;
}

/// Picture and sound of the master, the one so much later than the other. The master's own times
/// stay: nothing is moved to zero.
source apart(std::string name, const std::string& extension, double video_s, double audio_s,
             const std::string& sound) {
  return of_steps(std::move(name), extension,
                  {"-itsoffset " + std::to_string(video_s) + " -i {master} -itsoffset " +
                   std::to_string(audio_s) + " -i {master} -map 0:v -map 1:a -vsync passthrough " +
                   h264() + sound + " -bitexact {out}"});
}

/// The sound of the seconds up to `gap_s` and from `on_s` on.
source with_gap(std::string name, const std::string& extension, const std::string& gap_s,
                const std::string& on_s, const std::string& sound) {
  return of_steps(std::move(name), extension,
                  {"-i {master} " + h264() + "-af aselect=not(between(t\\," + gap_s + "\\," + on_s +
                   ")) " + sound + " -bitexact {out}"});
}

/// Two pieces of sound in one transport stream, each coded in its way; the packets of the second
/// follow those of the first. That is so long that ffmpeg, which looks at 5 s, does not take the
/// format of the second for that of both.
source changing(std::string name, const std::string& first, const std::string& second) {
  auto one = of_steps(std::move(name), ".ts",
                      {"-i {master} -t 8 -output_ts_offset 1 " + h264() + first +
                           " -muxdelay 0 -muxpreload 0 -bitexact {here}/a.ts",
                       "-ss 8 -i {master} -output_ts_offset 9 " + h264() + second +
                           " -muxdelay 0 -muxpreload 0 -bitexact {here}/b.ts",
                       "cp {here}/a.ts {out}",
                       "dd if={here}/b.ts of={out} oflag=append conv=notrunc status=none"});
  one.master = {.frames = 300};
  return one;
}

source with_tracks(source one, std::vector<std::string> languages) {
  one.audio_languages = std::move(languages);
  return one;
}

std::vector<source> coded_sounds() {
  return {
      film("mp4_mp3", ".mp4", "-c:a libmp3lame"),
      film("mkv_mp3_mono", ".mkv", "-c:a libmp3lame -ac 1 -ar 22050"),
      film("mkv_opus_surround", ".mkv", surround() + "-c:a libopus -mapping_family 1 -b:a 256k"),
      film("mkv_eac3_surround", ".mkv", surround() + "-c:a eac3"),
      film("mp4_ac3_surround", ".mp4", surround() + "-c:a ac3"),
      film("ts_eac3", ".ts", "-c:a eac3"),
      film("mp4_aac_surround", ".mp4", surround() + "-c:a aac -b:a 256k"),
      film("mp4_aac_44100_mono", ".mp4", "-c:a aac -ac 1 -ar 44100"),
      high_efficiency(film("mp4_he_aac", ".mp4", "-c:a aac -ar 24000")),
      film("mkv_flac", ".mkv", "-c:a flac"),
      film("mp4_flac", ".mp4", "-c:a flac -strict -2"),
      film("mp4_alac", ".mp4", "-c:a alac"),
      film("mov_pcm", ".mov", "-c:a pcm_s16le"),
      film("mov_pcm_24", ".mov", "-c:a pcm_s24be"),
      film("mov_pcm_96000", ".mov", "-c:a pcm_s24be -ar 96000"),
      film("mkv_pcm_float", ".mkv", "-c:a pcm_f32le"),
      film("avi_adpcm", ".avi", "-bf 0 -c:a adpcm_ms -ar 22050"),
      amr("3gp_h263_amr", "gstamrnb", "amrnbenc", "#!AMR\n", 8000),
      amr("3gp_h263_amr_wb", "gstvoamrwbenc", "voamrwbenc band-mode=MR2385", "#!AMR-WB\n", 16000),
  };
}

std::vector<source> sounds_alone() {
  return {
      vague(only_sound("audio_only_mp3", ".mp3", "-c:a libmp3lame"), milliseconds{30}),
      only_sound("audio_only_m4a", ".m4a", "-c:a aac"),
      only_sound("audio_only_aac", ".aac", "-c:a aac"),
      only_sound("audio_only_flac", ".flac", "-c:a flac"),
      only_sound("audio_only_wav", ".wav", "-c:a pcm_s16le -ac 1 -ar 16000"),
      only_sound("audio_only_wav_mulaw", ".wav", "-c:a pcm_mulaw -ac 1 -ar 8000"),
      only_sound("audio_only_ogg", ".ogg", "-c:a libvorbis"),
      only_sound("audio_only_opus", ".opus", "-c:a libopus"),
      only_sound("audio_only_ac3", ".ac3", "-c:a ac3"),
      only_sound("audio_only_mp2", ".mp2", "-c:a mp2"),
      only_sound("audio_only_mka", ".mka", "-c:a libopus"),
  };
}

std::vector<source> sounds_in_time() {
  auto of_a_moment = film("mp4_sound_of_a_moment", ".mp4", "-af atrim=end=2.1 -c:a aac");
  of_a_moment.master = {.frames = 300};
  return {
      apart("mp4_sound_starts_late", ".mp4", 0, 0.7, "-c:a aac"),
      apart("ts_sound_starts_late", ".ts", 0, 0.7, "-c:a aac"),
      apart("flv_sound_starts_late", ".flv", 0, 0.7, "-c:a aac"),
      apart("mkv_picture_starts_late", ".mkv", 0.52, 0, "-c:a aac"),
      apart("ts_picture_starts_late", ".ts", 0.52, 0, "-c:a ac3"),
      film("mp4_sound_ends_early", ".mp4", "-af atrim=end=2.5 -c:a aac"),
      of_a_moment,
      film("mkv_sound_ends_early", ".mkv", "-af atrim=end=2.5 -c:a flac"),
      film("mkv_picture_ends_early", ".mkv", "-vf trim=end=4 -c:a flac"),
      with_gap("mkv_gap_in_sound", ".mkv", "2.2", "3.5", "-c:a flac"),
      with_gap("ts_gap_in_sound", ".ts", "2.2", "3.5", "-c:a mp2"),
      with_gap("mp4_gap_in_sound", ".mp4", "2.2", "3.5", "-c:a ac3"),
      changing("ts_rate_changes", "-c:a mp2 -ar 48000", "-c:a mp2 -ar 44100"),
      changing("ts_channels_change", "-c:a aac -ac 2", "-c:a aac -ac 1"),
  };
}

std::vector<source> sounds_side_by_side() {
  const std::string three = "-map 0:v -map 0:a -map 0:a -map 0:a -metadata:s:a:0 language=eng "
                            "-metadata:s:a:1 language=deu -metadata:s:a:2 language=fra "
                            "-filter:a:1 volume=0.5 -filter:a:2 volume=0.25 ";
  return {
      with_tracks(film("mp4_three_languages", ".mp4", three + "-c:a aac"), {"en", "de", "fr"}),
      with_tracks(film("mkv_three_codecs", ".mkv",
                       three + "-c:a:0 libopus -c:a:1 ac3 -c:a:2 libmp3lame -ar:a:2 44100"),
                  {"en", "de", "fr"}),
      with_tracks(film("ts_three_languages", ".ts", three + "-c:a mp2"), {"en", "de", "fr"}),
  };
}

} // namespace

std::vector<source> sounds_that_work() {
  auto silent = film("mp4_no_audio", ".mp4", "-an");
  silent.audio = false;
  std::vector<source> all{silent};
  for (const auto& some : {coded_sounds(), sounds_alone(), sounds_in_time(), sounds_side_by_side()})
    all.insert(all.end(), some.begin(), some.end());
  return all;
}

} // namespace vdoc::test
