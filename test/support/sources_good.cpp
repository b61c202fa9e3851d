#include "test/support/box_edits.hpp"
#include "test/support/source_recipes.hpp"
#include "test/support/transport_edits.hpp"

#include <utility>

namespace vdoc::test {
namespace {

using std::chrono::milliseconds;

std::string aac() {
  return "-c:a aac -b:a 128k ";
}

source with_edit(source one, std::string name, void (*apply)(const std::filesystem::path&)) {
  one.edits.push_back({std::move(name), apply});
  return one;
}

/// The container leaves open where the first picture or sound lies: see source::zero_slack.
source vague(source one, milliseconds zero, milliseconds sync = milliseconds{0}) {
  one.zero_slack = zero;
  one.sync_slack = sync;
  return one;
}

/// A picture that is stored turned and mirrored back, and says how to put it right.
source oriented(bool mirrored, int degrees, const std::string& undo) {
  const auto name =
      std::string{"mov_orientation_"} + (mirrored ? "mirrored_" : "") + std::to_string(degrees);
  auto one = simple(name, name + ".mov", "-vf " + undo + " " + h264() + aac());
  one.edits.push_back({name, [=](const auto& file) { set_orientation(file, mirrored, degrees); }});
  return one;
}

} // namespace

std::vector<source> containers_that_work() {
  const auto ts = [](const std::string& name, const std::string& options) {
    return simple(name, name + ".ts", h264() + aac() + options);
  };
  auto edit_list = simple("mov_edit_list", "mov_edit_list.mov", "");
  edit_list.steps = {"-i {master} " + h264() + aac() + "-g 25 {here}/whole.mp4",
                     "-ss 1.32 -i {here}/whole.mp4 -c copy -bitexact {out}"};
  auto empty_edit = simple("mp4_empty_edit", "mp4_empty_edit.mp4", "");
  empty_edit.steps = {
      "-itsoffset 0.48 -i {master} -i {master} -map 0:v -map 1:a -vsync passthrough " + h264() +
      aac() + "-bitexact {out}"};
  auto sound_late = simple("mkv_sound_starts_late", "mkv_sound_starts_late.mkv", "");
  sound_late.steps = {
      "-i {master} -itsoffset 0.7 -i {master} -map 0:v -map 1:a -vsync passthrough " + h264() +
      aac() + "-bitexact {out}"};
  return {
      simple("mp4_faststart", "mp4_faststart.mp4", h264() + aac() + "-movflags +faststart"),
      simple("mp4_index_at_end", "mp4_index_at_end.mp4", h264() + aac()),
      simple("mp4_fragmented", "mp4_fragmented.mp4",
             h264() + aac() + "-movflags +frag_keyframe+delay_moov+default_base_moof"),
      edit_list,
      empty_edit,
      oriented(false, 90, "transpose=cclock"),
      oriented(false, 180, "hflip,vflip"),
      oriented(false, 270, "transpose=clock"),
      oriented(true, 0, "hflip"),
      oriented(true, 90, "transpose=cclock,hflip"),
      simple("mp4_dash", "mp4_dash.mp4", h264() + aac() + "-movflags +dash+delay_moov"),
      simple("mp4_negative_offsets", "mp4_negative_offsets.mp4",
             h264() + aac() + "-movflags +negative_cts_offsets"),
      simple("mkv_h264_ac3", "mkv_h264_ac3.mkv", h264() + "-c:a ac3"),
      sound_late,
      // The first packet of Vorbis gives no sound: is it there?
      vague(simple("webm_vp8_vorbis", "webm_vp8_vorbis.webm",
                   "-c:v libvpx -g 50 -deadline realtime -cpu-used 8 -b:v 400k -c:a libvorbis"),
            milliseconds{5}),
      // AVI counts pictures in the order of decoding: with B-frames ffmpeg shows all one frame
      // late.
      vague(simple("avi_mpeg4_bframes", "avi_mpeg4_bframes.avi",
                   "-c:v mpeg4 -vtag XVID -bf 2 -g 50 -q:v 4 -c:a libmp3lame"),
            milliseconds{41}, milliseconds{31}),
      simple("flv_h264_aac", "flv_h264_aac.flv", h264() + aac()),
      simple("flv_sorenson_mp3", "flv_sorenson_mp3.flv",
             "-c:v flv -g 50 -q:v 4 -c:a libmp3lame -ar 44100"),
      ts("ts_starts_at_11s", "-output_ts_offset 10"),
      simple("m2ts_of_a_camera", "m2ts_of_a_camera.m2ts",
             h264() + "-c:a ac3 -f mpegts -mpegts_m2ts_mode 1"),
      ts("ts_wraps_around", "-output_ts_offset 95440"),
      with_edit(ts("ts_without_delimiters", ""), "remove_delimiters 1", remove_delimiters),
      with_edit(ts("ts_tables_change", ""), "change_map_version 1", change_map_version),
      // Sound that came before the tables may be used or not.
      vague(with_edit(ts("ts_joined_late", "-g 25"), "join_late 100",
                      [](const auto& file) { join_late(file, 100); }),
            milliseconds{90}),
      simple("ps_mpeg2_mp2", "ps_mpeg2_mp2.mpg",
             "-c:v mpeg2video -g 25 -bf 2 -q:v 4 -c:a mp2 -f vob"),
      simple("ogv_theora_vorbis", "ogv_theora_vorbis.ogv",
             "-c:v libtheora -g 50 -q:v 7 -c:a libvorbis"),
      // The first packet of WMA gives no sound either.
      vague(simple("wmv_wmv2_wmav2", "wmv_wmv2_wmav2.wmv",
                   "-c:v wmv2 -g 50 -q:v 4 -c:a wmav2 -f asf"),
            milliseconds{45}),
  };
}

std::vector<source> codecs_that_work() {
  const auto mkv = [](const std::string& name, const std::string& options,
                      master_spec master = {}) {
    return simple(name, name + ".mkv", options + " -c:a aac", master);
  };
  auto hlg = simple("mp4_hevc_10bit_hlg", "mp4_hevc_10bit_hlg.mp4",
                    "-c:v libx265 -preset ultrafast -pix_fmt yuv420p10le -x265-params "
                    "keyint=50:colorprim=bt2020:transfer=arib-std-b67:colormatrix=bt2020nc:"
                    "log-level=none -color_primaries bt2020 -color_trc arib-std-b67 -colorspace "
                    "bt2020nc -tag:v hvc1 -c:a aac");
  hlg.hdr = true;
  auto pq = hlg;
  pq.name = "mp4_hevc_10bit_pq";
  pq.file = "mp4_hevc_10bit_pq.mp4";
  for (const std::string word : {"transfer=", "-color_trc "})
    pq.steps.front().replace(pq.steps.front().find(word + "arib-std-b67"),
                             word.size() + std::string{"arib-std-b67"}.size(), word + "smpte2084");
  const master_spec cif{.width_px = 352, .height_px = 288};
  return {
      simple("mp4_h264_open_gop", "mp4_h264_open_gop.mp4",
             "-c:v libx264 -preset veryfast -x264-params "
             "open-gop=1:keyint=25:min-keyint=25:scenecut=0:bframes=3:b-pyramid=normal "
             "-pix_fmt yuv420p " +
                 aac()),
      simple("ts_h264_open_gop", "ts_h264_open_gop.ts",
             "-c:v libx264 -preset veryfast -x264-params "
             "open-gop=1:keyint=25:min-keyint=25:scenecut=0:bframes=3:b-pyramid=normal "
             "-pix_fmt yuv420p " +
                 aac()),
      mkv("mkv_h264_b_pyramid", "-c:v libx264 -preset veryfast -x264-params "
                                "keyint=50:bframes=7:b-pyramid=normal:b-adapt=0 -pix_fmt yuv420p"),
      mkv("mkv_h264_444", "-c:v libx264 -preset veryfast -g 50 -pix_fmt yuv444p"),
      mkv("mkv_h264_10bit", "-c:v libx264 -preset veryfast -g 50 -pix_fmt yuv420p10le"),
      mkv("mkv_hevc_8bit", "-c:v libx265 -preset ultrafast -pix_fmt yuv420p -x265-params "
                           "keyint=50:log-level=none"),
      hlg,
      pq,
      simple("ts_hevc_open_gop", "ts_hevc_open_gop.ts",
             "-c:v libx265 -preset ultrafast -pix_fmt yuv420p -x265-params "
             "keyint=25:min-keyint=25:open-gop=1:bframes=3:log-level=none " +
                 aac()),
      mkv("mkv_vp9_10bit", "-c:v libvpx-vp9 -profile:v 2 -g 50 -deadline realtime -cpu-used 8 "
                           "-pix_fmt yuv420p10le -b:v 400k"),
      mkv("mkv_av1_10bit", "-c:v libsvtav1 -preset 12 -g 50 -pix_fmt yuv420p10le"),
      mkv("mkv_ffv1", "-c:v ffv1 -pix_fmt yuv420p"),
      simple("mov_prores_pcm", "mov_prores_pcm.mov",
             "-c:v prores_ks -profile:v 0 -pix_fmt yuv422p10le -c:a pcm_s16le"),
      simple("mov_dnxhr_pcm", "mov_dnxhr_pcm.mov",
             "-c:v dnxhd -profile:v dnxhr_lb -pix_fmt yuv422p -c:a pcm_s16le"),
      simple("avi_mjpeg_pcm", "avi_mjpeg_pcm.avi",
             "-c:v mjpeg -q:v 4 -pix_fmt yuvj420p -c:a pcm_s16le"),
      simple("avi_uncompressed", "avi_uncompressed.avi",
             "-c:v rawvideo -pix_fmt bgr24 -c:a pcm_s16le"),
      simple("avi_msmpeg4v3", "avi_msmpeg4v3.avi",
             "-c:v msmpeg4 -vtag DIV3 -g 50 -q:v 4 -c:a libmp3lame"),
      simple("mpg_mpeg1_mp2", "mpg_mpeg1_mp2.mpg",
             "-c:v mpeg1video -g 25 -bf 2 -q:v 4 -c:a mp2 -f mpeg"),
      simple("webm_vp9_opus", "webm_vp9_opus.webm",
             "-c:v libvpx-vp9 -g 50 -deadline realtime -cpu-used 8 -pix_fmt yuv420p -b:v 400k "
             "-c:a libopus"),
      simple("webm_vp9_alpha", "webm_vp9_alpha.webm",
             "-c:v libvpx-vp9 -g 50 -deadline realtime -cpu-used 8 -pix_fmt yuva420p -b:v 400k "
             "-c:a libopus"),
      simple("mp4_av1_opus", "mp4_av1_opus.mp4",
             "-c:v libsvtav1 -preset 12 -g 50 -pix_fmt yuv420p -c:a libopus"),
      simple("ts_mpeg2_mp2", "ts_mpeg2_mp2.ts", "-c:v mpeg2video -g 25 -bf 2 -q:v 4 -c:a mp2"),
      simple("mp4_mpeg4", "mp4_mpeg4.mp4", "-c:v mpeg4 -bf 2 -g 50 -q:v 4 " + aac()),
      simple("3gp_h263_aac", "3gp_h263_aac.3gp", "-c:v h263 -g 50 -q:v 4 -c:a aac -f 3gp", cif),
  };
}

std::vector<source> pictures_that_work() {
  // Frames 0, 5, 10, ... always stay, so that flashes begin where they did.
  auto vfr_mkv = simple("mkv_vfr", "mkv_vfr.mkv",
                        "-vf select='not(mod(n,5))+lt(mod(n,45),20)+eq(mod(n,7),3)' -vsync vfr " +
                            h264() + aac());
  auto vfr_mp4 = vfr_mkv;
  vfr_mp4.name = "mp4_vfr";
  vfr_mp4.file = "mp4_vfr.mp4";
  auto anamorphic = simple("mp4_non_square_pixels", "mp4_non_square_pixels.mp4",
                           "-vf scale=240:180,setsar=4/3 " + h264() + aac());
  anamorphic.display_width_px = 320;
  anamorphic.display_height_px = 180;
  return {
      vfr_mkv,
      vfr_mp4,
      simple("mp4_120fps", "mp4_120fps.mp4", h264() + aac(), {.fps_numerator = 120, .frames = 480}),
      simple("mkv_ntsc", "mkv_ntsc.mkv", h264() + aac(),
             {.fps_numerator = 30000, .fps_denominator = 1001, .frames = 150}),
      simple("mp4_ntsc", "mp4_ntsc.mp4", h264() + aac(),
             {.fps_numerator = 30000, .fps_denominator = 1001, .frames = 150}),
      simple("ts_interlaced_mpeg2", "ts_interlaced_mpeg2.ts",
             "-vf setfield=tff -c:v mpeg2video -flags +ilme+ildct -top 1 -g 25 -bf 2 -q:v 3 "
             "-c:a mp2",
             {.width_px = 352, .height_px = 288}),
      simple("mkv_interlaced_h264", "mkv_interlaced_h264.mkv",
             "-vf setfield=tff " + h264() + "-x264-params tff=1 " + aac(),
             {.width_px = 352, .height_px = 288}),
      anamorphic,
      simple("mp4_portrait", "mp4_portrait.mp4", h264() + aac(),
             {.width_px = 180, .height_px = 320}),
      simple("webm_odd_size", "webm_odd_size.webm",
             "-pix_fmt yuv420p -c:v libvpx-vp9 -g 50 -deadline realtime -cpu-used 8 -b:v 400k "
             "-c:a libopus",
             {.width_px = 321, .height_px = 181}),
      simple("mkv_odd_size_444", "mkv_odd_size_444.mkv",
             "-c:v libx264 -preset veryfast -g 50 -pix_fmt yuv444p -c:a aac",
             {.width_px = 319, .height_px = 179}),
  };
}

std::vector<source> copyable_sources() {
  return {
      simple("mp4_copyable_720p", "mp4_copyable_720p.mp4", h264() + "-crf 26 " + aac(),
             {.width_px = 1280, .height_px = 720, .frames = 200}),
      simple("mkv_copyable_uneven_keys", "mkv_copyable_uneven_keys.mkv",
             h264() + "-crf 26 -g 125 -force_key_frames 0.4,1.0,3.48,5.0 " + aac(),
             {.width_px = 640, .height_px = 360, .frames = 200}),
  };
}

} // namespace vdoc::test
