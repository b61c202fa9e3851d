#include "actors/node/crew.hpp"

#include "actors/canceller/spawn.hpp"
#include "actors/demux/spawn.hpp"
#include "actors/document/spawn.hpp"
#include "actors/ingest/spawn.hpp"
#include "actors/noop/spawn.hpp"
#include "actors/package/spawn.hpp"
#include "actors/transcode/spawn.hpp"
#include "actors/transcode/spawn_audio.hpp"
#include "actors/transcribe/spawn.hpp"
#include "net/blobs/far_files.hpp"
#include "pipelines/gst/abilities.hpp"
#include "pipelines/gst/graph.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>

#include <system_error>

namespace vdoc::node {

namespace {

ingest::admission admission_of(const conf::settings& settings) {
  ingest::admission rules;
  const auto& limits = settings.limits;
  rules.inspect.largest_width_px = static_cast<int>(limits.largest_width_px);
  rules.inspect.largest_height_px = static_cast<int>(limits.largest_height_px);
  rules.inspect.largest_pixels = limits.largest_pixels;
  rules.inspect.most_audio_tracks = static_cast<int>(limits.most_audio_tracks);
  rules.inspect.patience = std::chrono::seconds{limits.stall_s};
  rules.schemes = settings.source.schemes;
  return rules;
}

/// The one that is built in.
constexpr const char* recognizer_word = "recognizer:pocketsphinx";

constexpr std::uint64_t bytes_per_mb = 1'000'000;

std::filesystem::path cache_folder(const conf::cluster_settings& of, const std::string& node) {
  return of.cache.empty() ? std::filesystem::temp_directory_path() / ("video-doc-" + node)
                          : std::filesystem::path{of.cache} / node;
}

/// The process before this one may be there still (see transcode::keeping).
std::shared_ptr<blobs::piece_cache> open_cache(const std::filesystem::path& folder,
                                               const std::string& host, std::uint64_t limit) {
  try {
    return std::make_shared<blobs::piece_cache>(folder, host, limit);
  } catch (const std::system_error&) {
    return std::make_shared<blobs::piece_cache>(folder, host + "-next", limit);
  }
}

std::shared_ptr<transcode::keeping> keeping_of(const media_host_options& options,
                                               const std::shared_ptr<allegiance>& leader) {
  if (options.kept.empty())
    return nullptr;
  return std::make_shared<transcode::keeping>(options.kept, options.host_id, options.incarnation,
                                              !options.leaders.empty(), leader);
}

void let_it_keep(crew& hired, const std::shared_ptr<transcode::keeping>& kept) {
  hired.part = [kept](std::function<void()> done) {
    const auto key = kept->leader().part(std::move(done));
    return key && kept->linger(*key);
  };
  hired.kept = [kept] { return kept->words(); };
}

} // namespace

hire crew_of(const conf::settings& settings, const media_host_options& options) {
  return [settings, options](caf::actor_system& system) {
    gst::initialise();
    crew hired;
    hired.offers = gst::decoders_installed();
    hired.offers.emplace_back(recognizer_word);
    auto& stages = hired.handles;
    const auto files = std::make_shared<blobs::files_in_use>();
    const auto cancelled = std::make_shared<cancellations>();
    const auto leader = std::make_shared<allegiance>();
    const auto kept = keeping_of(options, leader);
    stages.canceller = canceller::spawn(system, cancelled);
    stages.ingest = ingest::spawn(system, admission_of(settings));
    stages.demux = demux::spawn(system);
    stages.transcode =
        transcode::spawn(system, files, cancelled,
                         {settings.faults.crash_at_fragment, settings.faults.hang_at_fragment,
                          settings.faults.times, settings.faults.fail_transcodes},
                         options.turn, kept);
    stages.audio = transcode::spawn_audio(
        system, {std::chrono::milliseconds{settings.speech.longest_utterance_ms},
                 settings.speech.voice_model});
    stages.transcribe = transcribe::spawn(system, files, cancelled, {settings.speech.model_folder});
    stages.package = package::spawn(system, leader);
    stages.document = document::spawn(system, leader);
    stages.noop = noop::spawn(system);
    const auto add = [&](const char* name, const auto& who) {
      hired.members.push_back({name, caf::actor_cast<caf::actor>(who)});
    };
    add("INGEST", stages.ingest);
    add("DEMUX", stages.demux);
    add("TRANSCODE", stages.transcode);
    add("AUDIO", stages.audio);
    add("TRANSCRIBE", stages.transcribe);
    add("PACKAGE", stages.package);
    add("DOCUMENT", stages.document);
    add("NOOP", stages.noop);
    add("CANCELLER", stages.canceller);
    if (kept)
      let_it_keep(hired, kept);
    hired.ailment = [kept, looks = 0]() mutable {
      if (constexpr int looks_between_sweeps = 60; kept && ++looks % looks_between_sweeps == 0)
        kept->encodes().sweep();
      const auto left = gst::pipelines_left_behind();
      return left == 0 ? std::string{} : std::to_string(left) + " pipelines did not stop";
    };
    hired.move_files = [files, of = settings.cluster](const std::string& node,
                                                      const std::string& host, auto by,
                                                      auto on_stranded) {
      auto cache = open_cache(cache_folder(of, node), host,
                              static_cast<std::uint64_t>(of.cache_mb) * bytes_per_mb);
      files->use(std::make_shared<blobs::far_files>(std::move(by), std::move(cache),
                                                    std::move(on_stranded)));
    };
    return hired;
  };
}

} // namespace vdoc::node
