#include "actors/node/plan.hpp"

#include "actors/node/fetch_plan.hpp"
#include "cluster/desk/job_options.hpp"
#include "cluster/ledger/job_id.hpp"
#include "cluster/resources/machine.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <set>
#include <sstream>
#include <thread>

namespace vdoc::node {

namespace fs = std::filesystem;

namespace {

/// The last part of a path or URL, without query and extension.
std::string stem_of(std::string input) {
  if (input.find("://") != std::string::npos)
    input.resize(std::min(input.find_first_of("?#"), input.size()));
  auto stem = fs::path{input}.filename().stem().string();
  std::replace_if(
      stem.begin(), stem.end(), [](unsigned char c) { return c < 0x20 || c == '/' || c == 0x7f; },
      '_');
  if (stem.empty() || stem == "." || stem == "..")
    stem = "video";
  return stem;
}

bool is_remote(const std::string& input) {
  return input.find("://") != std::string::npos;
}

std::vector<int> heights_of(const std::string& ladder) {
  std::vector<int> heights;
  std::istringstream in{ladder};
  for (std::string word; std::getline(in, word, ',');) {
    int height = 0;
    std::from_chars(word.data(), word.data() + word.size(), height);
    heights.push_back(height);
  }
  return heights;
}

job::spec spec_of(const conf::settings& settings) {
  const auto& run = settings.run;
  const auto& limits = settings.limits;
  job::spec what;
  what.ladder.automatic = run.ladder == "auto";
  if (!what.ladder.automatic)
    what.ladder.heights_px = heights_of(run.ladder);
  for (const auto& one : settings.ladder.rungs)
    what.rungs.push_back({static_cast<int>(one.height_px), static_cast<int>(one.max_bitrate_kbps),
                          static_cast<int>(one.buffer_kbit)});
  what.encode.preset = run.preset;
  what.encode.crf = static_cast<int>(run.crf);
  what.segment_ms = static_cast<std::uint32_t>(run.segment_ms);
  what.transport_stream = run.container == "ts";
  what.progressive_best = run.mp4;
  what.captions = run.captions != "off";
  what.language = run.language;
  what.document = run.document;
  what.skip_poison = run.skip_poison;
  what.picture_every_ms = static_cast<std::uint32_t>(settings.document.picture_every_ms);
  what.fragments_ahead = static_cast<std::uint32_t>(limits.fragments_ahead);
  what.utterances_ahead = static_cast<std::uint32_t>(limits.utterances_ahead);
  what.poison_after = {static_cast<std::uint32_t>(limits.poison_after),
                       static_cast<std::uint32_t>(limits.poison_after_external_kills),
                       static_cast<std::uint32_t>(limits.tries)};
  return what;
}

/// The file of a job's source, where that is an upload.
std::string local_source(const ledger::job& what, const uploads::upload_store& uploads) {
  if (!what.source.starts_with("upload:"))
    return what.source;
  const auto id = uploads::upload_in(what.source);
  const auto found = uploads.book.find(id, ledger::unix_ms_now());
  if (!found || found->what.tenant != what.tenant)
    throw failure{{culprit::user,
                   "the upload of the source is gone: it was taken back, or nobody continued it in "
                   "time",
                   "upload the file again, with a new job", "upload"}};
  return uploads.folder.file_of(found->what);
}

/// What of this program its results depend on, beside a job's options.
std::string marks_of(const conf::settings& settings) {
  const auto& speech = settings.speech;
  return std::string{VIDEO_DOC_VERSION} + "\n" + speech.model_folder + "\n" + speech.voice_model +
         "\n" + std::to_string(speech.longest_utterance_ms) + "\n" +
         std::to_string(settings.limits.most_audio_tracks);
}

} // namespace

queue::work_plan plan_of(const conf::settings& settings, const fs::path& folder,
                         const ledger::job& what, const uploads::upload_store& uploads) {
  const auto options = desk::options_of(what.spec);
  auto own = settings;
  try {
    for (const auto& [key, value] : options.run)
      conf::assign(own, "run." + key, value, "spec." + key);
  } catch (const conf::settings_error& wrong) {
    throw failure{{culprit::user, wrong.what(), "retry it with another spec", "spec"}};
  }
  queue::work_plan plan;
  plan.what = spec_of(own);
  plan.what.source = local_source(what, uploads);
  plan.what.name = what.id;
  plan.what.title = stem_of(plan.what.source);
  plan.what.marks = marks_of(settings);
  plan.what.may_be_reused = settings.service.reuse_results;
  plan.what.needs = options.needs;
  plan.what.urgency = options.urgency;
  plan.what.heeds_poison = !options.fresh;
  plan.what.may_reuse = settings.service.reuse_results && !options.fresh;
  plan.around.root = folder / what.id;
  plan.around.earlier.tenant = what.tenant;
  plan.around.stall_s = static_cast<std::uint32_t>(settings.limits.stall_s);
  plan.around.start_fetcher = fetchers_of(settings);
  return plan;
}

std::uint16_t host_count(const conf::settings& settings) {
  if (settings.run.workers > 0)
    return static_cast<std::uint16_t>(std::min<std::int64_t>(settings.run.workers, 1024));
  return static_cast<std::uint16_t>(std::max(1U, std::thread::hardware_concurrency()));
}

std::vector<std::string> offers_of(const conf::settings& settings) {
  auto words = resources::machine_words();
  const auto& labels = settings.cluster.labels;
  words.insert(words.end(), labels.begin(), labels.end());
  return words;
}

std::vector<std::string> result_names(const std::vector<std::string>& inputs) {
  std::vector<std::string> names;
  std::set<std::string> taken;
  for (const auto& input : inputs) {
    const auto stem = stem_of(input);
    auto name = stem;
    for (int n = 2; !taken.insert(name).second; ++n)
      name = stem + "-" + std::to_string(n);
    names.push_back(name);
  }
  return names;
}

std::vector<jobs::planned> plan(const run_request& request) {
  std::vector<jobs::planned> jobs;
  const auto names = result_names(request.inputs);
  for (std::size_t i = 0; i < request.inputs.size(); ++i) {
    jobs::planned one;
    one.what = spec_of(request.settings);
    one.what.source =
        is_remote(request.inputs[i]) ? request.inputs[i] : fs::absolute(request.inputs[i]).string();
    one.what.name = names[i];
    one.what.title = names[i];
    one.around.root = fs::absolute(request.settings.run.out) / names[i];
    one.around.resume = request.resume;
    one.around.stall_s = static_cast<std::uint32_t>(request.settings.limits.stall_s);
    one.around.start_fetcher = fetchers_of(request.settings);
    jobs.push_back(std::move(one));
  }
  return jobs;
}

} // namespace vdoc::node
