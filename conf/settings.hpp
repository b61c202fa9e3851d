#pragma once

#include "conf/artefact_settings.hpp"
#include "conf/cluster_settings.hpp"
#include "conf/fault_settings.hpp"
#include "conf/service_settings.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace vdoc::conf {

// Every field is a key of conf/video-doc.toml, which says what it is for, its unit and why its
// default is what it is. A test holds that the two agree.

/// What `video-doc run` does when no flag says otherwise.
struct run_settings {
  std::string out = "out";
  std::string ladder = "auto";
  std::string preset = "veryfast";
  std::int64_t crf = 23;
  std::int64_t segment_ms = 4000;
  std::string container = "fmp4";
  bool mp4 = false;
  std::string captions = "auto";
  std::string language = "en";
  bool document = true;
  std::int64_t workers = 0;
  bool skip_poison = false;
};

/// What the engine takes on at most, and when it loses patience.
struct limit_settings {
  std::int64_t largest_width_px = 8192;
  std::int64_t largest_height_px = 8192;
  std::int64_t largest_pixels = 35'389'440;
  std::int64_t most_audio_tracks = 16;
  std::int64_t stall_s = 10;
  std::int64_t fragments_ahead = 0;
  std::int64_t utterances_ahead = 64;
  std::int64_t host_memory_mib = 3072;
  std::int64_t poison_after = 3;
  std::int64_t poison_after_external_kills = 32;
  std::int64_t tries = 3;
};

/// One step of the ladder.
struct rung {
  std::int64_t height_px = 0;
  std::int64_t max_bitrate_kbps = 0;
  std::int64_t buffer_kbit = 0;
  friend bool operator==(const rung&, const rung&) = default;
};

/// The steps that `ladder = "auto"` chooses from.
struct ladder_settings {
  std::vector<rung> rungs{{2160, 16'000, 32'000}, {1440, 9'000, 18'000}, {1080, 5'000, 10'000},
                          {720, 2'800, 5'600},    {480, 1'400, 2'800},   {360, 800, 1'600},
                          {240, 400, 800}};
};

/// Where sources may come from.
struct source_settings {
  std::vector<std::string> schemes{"file", "http", "https"};
  bool allow_private_addresses = false;
  std::vector<std::string> allowed_networks;
  std::string authorities;
  std::int64_t connect_timeout_s = 5;
  std::int64_t answer_timeout_s = 12;
  std::int64_t idle_timeout_s = 10;
  std::int64_t redirects = 5;
  std::int64_t largest_gb = 50;
};

/// Where speech is looked for and recognised with what, and how much at once.
struct speech_settings {
  std::string model_folder = "/usr/share/pocketsphinx/model/en-us";
  std::string voice_model;
  std::int64_t longest_utterance_ms = 20'000;
};

/// What the document and the thumbnails are made of.
struct document_settings {
  std::int64_t picture_every_ms = 2000;
};

/// Where jobs are remembered.
struct ledger_settings {
  std::string database;
  std::string replica;
  std::int64_t readers = 4;
};

/// What is logged, and how.
struct log_settings {
  std::string level = "info";
  std::string format = "text";
};

/// Where `video-doc submit` and the other clients find a service.
struct client_settings {
  std::string url;
  std::string events;
  std::string identity;
  std::string token;
  std::string authorities;
};

struct settings {
  run_settings run;
  limit_settings limits;
  ladder_settings ladder;
  source_settings source;
  speech_settings speech;
  document_settings document;
  ledger_settings ledger;
  service_settings service;
  artefact_settings artefacts;
  cluster_settings cluster;
  log_settings log;
  client_settings client;
  fault_settings faults;
};

/// A setting is wrong: the user's fault. `what()` is one line that names the place (file and line,
/// variable or flag), the key and what is allowed.
class settings_error : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

using environment = std::vector<std::pair<std::string, std::string>>;

/// Of this process: pass `environ`.
environment environment_of(const char* const* variables);

/// Defaults, then the file, then the environment; flags come after with `assign`. Without `file`
/// the variable VIDEO_DOC_CONFIG names it; without either there is none.
settings load(const std::optional<std::filesystem::path>& file, const environment& variables);

/// Takes over what the file says. A key that is unknown, given a value of another type or out of
/// range is an error with the file's name and line. `name` is what errors call the file.
void read_toml(settings& into, std::string_view toml, const std::string& name);

/// Takes over VIDEO_DOC_<SECTION>_<KEY>. Any other VIDEO_DOC_ variable is an error, so that a slip
/// of the pen is noticed; VIDEO_DOC_CONFIG, VIDEO_DOC_BINARY and VIDEO_DOC_TEST_* are not settings.
/// Names that others gave to some settings come first, so that ours win: DATABASE_URL is
/// ledger.database, MAX_CONCURRENT_JOBS and JOB_TIMEOUT are service.max_concurrent_jobs and
/// service.job_timeout_s, LOG_LEVEL and LOG_FORMAT are log.level and log.format (in any case of
/// letters, and with the levels of other systems: WARN, CRITICAL), VIDEO_DOC_URL,
/// VIDEO_DOC_IDENTITY and VIDEO_DOC_TOKEN are client.url, client.identity and client.token.
void read_environment(settings& into, const environment& variables);

/// Sets one key from text, as flags and the environment do. `key` is "run.crf". Lists are separated
/// by commas, rungs are "height:bitrate:buffer", times also take "4s" and "500ms". `origin` is what
/// errors call the place: "--crf".
void assign(settings& into, std::string_view key, std::string_view text, std::string_view origin);

/// "run.out", "run.ladder", ...: every key there is, in the order of the structs.
std::vector<std::string> all_keys();

/// The value of a key as the TOML file writes it: `23`, `"auto"`, `["file", "http"]`.
std::string written_value(const settings& from, std::string_view key);

} // namespace vdoc::conf
