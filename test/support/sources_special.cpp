#include "test/support/source_recipes.hpp"

#include <sstream>
#include <utility>

namespace vdoc::test {
namespace {

std::string captions_srt() {
  return "1\n00:00:01,000 --> 00:00:02,500\nThe first caption\n\n"
         "2\n00:00:03,000 --> 00:00:05,000\nThe <i>second</i> one,\n"
         "on two lines\n\n";
}
std::string captions_vtt() {
  return "WEBVTT\n\n00:01.000 --> 00:02.500\nDer erste Untertitel\n\n"
         "00:03.000 --> 00:05.000\nUnd der zweite\n\n";
}
std::string chapters_text() {
  return ";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=2000\ntitle=Opening\n[CHAPTER]\n"
         "TIMEBASE=1/1000\nSTART=2000\nEND=4500\ntitle=The middle & "
         "more\n[CHAPTER]\nTIMEBASE=1/1000\n"
         "START=4500\nEND=6000\ntitle=End\n";
}

source speech() {
  source one{.name = "speech_at_known_times",
             .file = "speech_at_known_times.mp4",
             .steps = {},
             .master = {.frames = 500, .flash_every_s = 3600}};
  std::string inputs;
  std::ostringstream filters, mixed;
  int number = 0;
  for (const auto& sentence : spoken_sentences()) {
    const auto n = std::to_string(number++);
    one.companions.push_back({"say" + n + ".txt", sentence.text + "\n"});
    const auto said = "{here}/say" + n;
    one.steps.push_back("-f lavfi -i flite=textfile=" + said +
                        ".txt:voice=slt -af silenceremove=1:0:-50dB " + said + ".wav");
    inputs.append(" -i ").append(said).append(".wav");
    filters << "[" << number << ":a]aresample=48000,adelay=" << sentence.begin.count() << ":all=1[s"
            << n << "];";
    mixed << "[s" << n << "]";
  }
  one.steps.push_back("-i {master}" + inputs + " -filter_complex " + filters.str() + mixed.str() +
                      "amix=inputs=" + std::to_string(number) +
                      ":normalize=0,apad=whole_dur=20[a] -map 0:v -map [a] -t 20 " + h264() +
                      "-c:a aac -b:a 128k -ac 2 -bitexact {out}");
  return one;
}

source noise() {
  source one{.name = "minute_of_music_and_noise",
             .file = "minute_of_music_and_noise.m4a",
             .steps = {"-f lavfi -i anoisesrc=c=pink:a=0.3:d=30:seed=7 -f lavfi -i "
                       "sine=f=261.6:d=30 -f lavfi -i sine=f=329.6:d=30 -f lavfi -i "
                       "sine=f=392:d=30 -filter_complex "
                       "[1]tremolo=f=2:d=0.9[a];[2]tremolo=f=3:d=0.8[b];[3]tremolo=f=1:d=0.7[c];"
                       "[a][b][c]amix=inputs=3[m];[0][m]concat=n=2:v=0:a=1[out] -map [out] -c:a "
                       "aac -bitexact {out}"}};
  one.video = false;
  return one;
}

} // namespace

std::vector<spoken> spoken_sentences() {
  using namespace std::chrono_literals;
  return {{1500ms, "the quick brown fox jumps over the lazy dog"},
          {6000ms, "we are going to talk about the history of the city"},
          {11'000ms, "please open the window and close the door"},
          {15'500ms, "this is the end of the story"}};
}

std::vector<source> texts_that_work() {
  const auto text = [](std::string name, std::string file, std::vector<companion> beside,
                       const std::string& inputs, const std::string& options) {
    source one{.name = std::move(name), .file = std::move(file), .steps = {}};
    one.companions = std::move(beside);
    one.steps = {"-i {master} " + inputs + " " + h264() + "-c:a aac " + options +
                 " -bitexact {out}"};
    return one;
  };
  const companion srt{"captions.srt", captions_srt()};
  auto two_languages = text("mkv_two_languages", "mkv_two_languages.mkv", {}, "",
                            "-map 0:v -map 0:a -map 0:a -metadata:s:a:0 language=eng "
                            "-metadata:s:a:1 language=deu -filter:a:1 volume=0.5");
  two_languages.audio_languages = {"en", "de"};
  auto mkv_srt = text("mkv_srt", "mkv_srt.mkv", {srt}, "-i {here}/captions.srt",
                      "-map 0 -map 1 -c:s srt -metadata:s:s:0 language=fra");
  mkv_srt.caption_languages = {"fr"};
  auto mkv_srt_flac = text("mkv_srt_flac", "mkv_srt_flac.mkv", {srt}, "-i {here}/captions.srt",
                           "-map 0 -map 1 -c:a flac -c:s srt -metadata:s:s:0 language=fra");
  mkv_srt_flac.caption_languages = {"fr"};
  auto mkv_ass = text("mkv_ass", "mkv_ass.mkv", {srt}, "-i {here}/captions.srt",
                      "-map 0 -map 1 -c:s ass -metadata:s:s:0 language=eng");
  mkv_ass.caption_languages = {"en"};
  auto mov_text = text("mp4_mov_text", "mp4_mov_text.mp4", {srt}, "-i {here}/captions.srt",
                       "-map 0 -map 1 -c:s mov_text -metadata:s:s:0 language=eng");
  mov_text.caption_languages = {"en"};
  auto sidecar_srt = text("mp4_sidecar_srt", "talk.mp4", {{"talk.en.srt", captions_srt()}}, "", "");
  sidecar_srt.caption_languages = {"en"};
  auto sidecar_vtt = text("mp4_sidecar_vtt", "talk.mp4", {{"talk.de.vtt", captions_vtt()}}, "", "");
  sidecar_vtt.caption_languages = {"de"};
  auto chapters = text("mp4_chapters", "mp4_chapters.mp4", {{"chapters.txt", chapters_text()}},
                       "-i {here}/chapters.txt", "-map 0 -map_metadata 1");
  chapters.chapters = {"Opening", "The middle & more", "End"};
  auto chapters_mkv = chapters;
  chapters_mkv.name = "mkv_chapters";
  chapters_mkv.file = "mkv_chapters.mkv";
  return {two_languages, mkv_srt,      mkv_srt_flac, mkv_ass,  mov_text, sidecar_srt,
          sidecar_vtt,   chapters_mkv, chapters,     speech(), noise()};
}

std::vector<source> sources_to_disturb() {
  return {
      simple("mp4_a_minute", "mp4_a_minute.mp4", h264() + "-c:a aac -b:a 96k", {.frames = 1500})};
}

std::vector<source> long_sources() {
  const std::string small =
      "-c:v libx264 -preset ultrafast -bf 2 -sc_threshold 0 -pix_fmt yuv420p ";
  return {
      simple("mkv_one_key_frame", "mkv_one_key_frame.mkv",
             small + "-g 100000 -keyint_min 100000 -c:a aac -b:a 48k -ac 1",
             {.width_px = 160,
              .height_px = 96,
              .fps_numerator = 5,
              .frames = 3000,
              .flash_every_s = 20}),
      simple("mp4_three_hours", "mp4_three_hours.mp4",
             small + "-g 4 -c:a aac -b:a 32k -ac 1 -ar 16000",
             {.width_px = 160,
              .height_px = 96,
              .fps_numerator = 1,
              .frames = 10'800,
              .flash_every_s = 600,
              .rate_hz = 16'000}),
  };
}

} // namespace vdoc::test
