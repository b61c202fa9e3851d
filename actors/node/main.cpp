#include "actors/node/audit_command.hpp"
#include "actors/node/client_command.hpp"
#include "actors/node/cluster_command.hpp"
#include "actors/node/crew.hpp"
#include "actors/node/encoder_search.hpp"
#include "actors/node/end_signals.hpp"
#include "actors/node/key_command.hpp"
#include "actors/node/ledger_command.hpp"
#include "actors/node/node_name.hpp"
#include "actors/node/nodes_command.hpp"
#include "actors/node/operator_command.hpp"
#include "actors/node/role_check.hpp"
#include "actors/node/run_command.hpp"
#include "actors/node/serve_command.hpp"
#include "actors/node/source_fetch.hpp"
#include "actors/node/tenants_command.hpp"
#include "actors/node/token_command.hpp"
#include "actors/node/webhook_command.hpp"
#include "actors/node/worker_command.hpp"
#include "net/log/log.hpp"
#include "pipelines/gst/heap.hpp"

#include <CLI/CLI.hpp>

#include <array>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <optional>
#include <unistd.h>

namespace {

using namespace vdoc;

/// A flag that sets a key of the settings.
struct flag_key {
  const char* flag;
  const char* key;
  const char* words;
  const char* also = ""; ///< ",--other": another name of the flag
};
constexpr flag_key run_flags[]{
    {"--out", "run.out", "folder of the results; one folder for each input"},
    {"--ladder", "run.ladder", "auto, or heights: 1080,720,480"},
    {"--preset", "run.preset", "x264's preset"},
    {"--crf", "run.crf", "quality, 0 (lossless) to 51; 18 to 28 is usual"},
    {"--segment", "run.segment_ms", "length of a segment: 4s, 2500ms"},
    {"--container", "run.container", "fmp4 or ts"},
    {"--captions", "run.captions", "auto or off"},
    {"--language", "run.language", "what is spoken, where the source does not say: en"},
    {"--workers", "run.workers", "media host processes; 0: one for each core"},
};

int wrong_use(const std::string& message) {
  std::cerr << "video-doc: " << message << "\n";
  return static_cast<int>(node::run_exit::wrong_use);
}

/// Everything on the command line after `run`.
struct run_line {
  std::vector<std::string> inputs;
  std::vector<std::string> values{std::size(run_flags)};
  std::optional<std::string> configuration;
  bool mp4 = false;
  bool no_document = false;
  bool skip_poison = false;
  bool resume = false;
  bool json = false;
  bool quiet = false;
};

void describe_run(CLI::App& command, run_line& line) {
  command.add_option("INPUT", line.inputs, "files, or file:, http: and https: URLs")->required();
  for (std::size_t i = 0; i < std::size(run_flags); ++i)
    command.add_option(run_flags[i].flag, line.values[i], run_flags[i].words);
  command.add_flag("--mp4", line.mp4, "video.mp4 holds the best rendition");
  command.add_flag("--no-document", line.no_document, "renditions and captions only");
  command.add_flag("--skip-poison", line.skip_poison,
                   "bridge with black what brings media hosts down, instead of failing");
  command.add_flag("--resume", line.resume, "go on where an interrupted run stopped");
  command.add_flag("--json", line.json, "progress and results as JSON lines");
  command.add_flag("--quiet", line.quiet, "errors only");
  command.add_option("--config", line.configuration, "settings file (see conf/video-doc.toml)");
}

node::run_request to_request(const CLI::App& command, const run_line& line) {
  node::run_request request;
  if (line.configuration)                                         // media hosts read the same file
    ::setenv("VIDEO_DOC_CONFIG", line.configuration->c_str(), 1); // NOLINT(concurrency-mt-unsafe)
  request.settings = conf::load(line.configuration, conf::environment_of(environ));
  for (std::size_t i = 0; i < std::size(run_flags); ++i)
    if (command.count(run_flags[i].flag) > 0)
      conf::assign(request.settings, run_flags[i].key, line.values[i], run_flags[i].flag);
  if (line.mp4)
    request.settings.run.mp4 = true;
  if (line.no_document)
    request.settings.run.document = false;
  if (line.skip_poison)
    request.settings.run.skip_poison = true;
  request.inputs = line.inputs;
  request.resume = line.resume;
  request.json = line.json;
  request.quiet = line.quiet;
  return request;
}

/// A child of the node; its settings come through the environment that the node gave it.
int media_host(int count, char** words) {
  gst::keep_big_blocks();
  const std::vector<std::string> arguments(words + 2, words + count);
  try {
    const auto settings = conf::load(std::nullopt, conf::environment_of(environ));
    const auto options = node::from_arguments(arguments);
    return node::run_media_host(options, node::crew_of(settings, options));
  } catch (const std::exception& error) {
    return wrong_use(error.what());
  }
}

constexpr flag_key serve_flags[]{
    {"--data", "service.folder", "folder of the ledger and the results (service.folder)"},
    {"--zmq", "service.zmq", "endpoint to listen on (service.zmq)"},
    {"--metrics", "service.metrics", "address for Prometheus: 127.0.0.1:9464 (service.metrics)"},
    {"--http", "service.http", "address and port to answer HTTP on (service.http)"},
    {"--watch", "service.watch", "folder whose files become jobs (service.watch)"},
    {"--node", "cluster.name", "name of this node in its cluster (cluster.name)"},
    {"--role", "cluster.role",
     "all, or some of gateway, worker, leader-candidate: gateway,worker (cluster.role)"},
    {"--join", "cluster.join", "HOST:PORT,... of those who may lead, for a worker (cluster.join)"},
    {"--cluster-listen", "cluster.listen",
     "address and port for workers of other machines (cluster.listen)", ",--listen"},
};

/// Everything on the command line after `serve`.
struct serve_line {
  std::vector<std::string> values{std::size(serve_flags)};
  std::optional<std::string> events;
  std::optional<std::string> configuration;
  bool exposed = false;
};

void describe_serve(CLI::App& command, serve_line& line) {
  for (std::size_t i = 0; i < std::size(serve_flags); ++i)
    command.add_option(std::string{serve_flags[i].flag} + serve_flags[i].also, line.values[i],
                       serve_flags[i].words);
  command.add_option("--events", line.events,
                     "endpoint to tell events on, \"\" for none (service.events)");
  command.add_flag("--exposed", line.exposed,
                   "listen also where other machines reach it, unguarded (service.exposed)");
  command.add_option("--config", line.configuration, "settings file (see conf/video-doc.toml)");
}

conf::settings to_settings(const CLI::App& command, const serve_line& line) {
  if (line.configuration)                                         // media hosts read the same file
    ::setenv("VIDEO_DOC_CONFIG", line.configuration->c_str(), 1); // NOLINT(concurrency-mt-unsafe)
  auto settings = conf::load(line.configuration, conf::environment_of(environ));
  for (std::size_t i = 0; i < std::size(serve_flags); ++i)
    if (command.count(serve_flags[i].flag) > 0)
      conf::assign(settings, serve_flags[i].key, line.values[i], serve_flags[i].flag);
  if (line.events)
    conf::assign(settings, "service.events", *line.events, "--events");
  if (line.exposed)
    settings.service.exposed = true;
  if (const auto wrong = node::complaint_about_roles(settings); !wrong.empty())
    throw conf::settings_error{wrong};
  return settings;
}

void set_up_log(const conf::settings& settings) {
  constexpr std::array levels{std::pair{"debug", log::level::debug},
                              std::pair{"info", log::level::normal},
                              std::pair{"warning", log::level::warning}};
  auto least = log::level::error;
  for (const auto& [name, level] : levels)
    if (settings.log.level == name)
      least = level;
  log::set_up(least, settings.log.format == "json" ? log::format::json : log::format::text,
              node::node_name_of(settings));
}

void block_signals() {
  node::block_end_signals();
  std::signal(SIGPIPE, SIG_IGN);
}

} // namespace

int main(int count, char** words) {
  log::set_up(log::level::normal, log::format::text);
  if (count >= 2 && std::string_view{words[1]} == "media-host")
    return media_host(count, words);
  if (count >= 2 && std::string_view{words[1]} == node::encoder_search_word)
    return node::find_encoders({words + 2, words + count});
  if (count >= 2 && std::string_view{words[1]} == node::source_fetch_word)
    return node::fetch_source({words + 2, words + count});
  CLI::App app{"Turns videos into renditions, captions and a document."};
  app.set_version_flag("--version", VIDEO_DOC_VERSION);
  app.require_subcommand(1);
  auto* run = app.add_subcommand("run", "work on files now, in this process and its media hosts");
  run_line line;
  describe_run(*run, line);
  auto* serve = app.add_subcommand("serve", "take jobs from others, and run them whatever happens");
  serve_line of_service;
  describe_serve(*serve, of_service);
  const node::client_command client{app};
  const node::operator_command operation{app};
  const node::tenants_command tenants{app};
  const node::key_command keys{app};
  const node::ledger_command ledger{app};
  const node::token_command token{app};
  const node::webhook_command webhook{app};
  const node::audit_command audit{app};
  const node::cluster_command cluster{app};
  const node::nodes_command nodes{app};
  try {
    app.parse(count, words);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : static_cast<int>(node::run_exit::wrong_use);
  }
  try {
    if (ledger.is_asked())
      return ledger.run();
    if (keys.is_asked())
      return keys.run();
    if (client.is_asked())
      return client.run();
    if (operation.is_asked())
      return operation.run();
    if (tenants.is_asked())
      return tenants.run();
    if (token.is_asked())
      return token.run();
    if (webhook.is_asked())
      return webhook.run();
    if (audit.is_asked())
      return audit.run();
    if (nodes.is_asked())
      return nodes.run();
    if (cluster.is_asked())
      return cluster.run();
    block_signals();
    if (serve->parsed()) {
      const auto settings = to_settings(*serve, of_service);
      set_up_log(settings);
      return static_cast<int>(node::roles_of(settings) == conf::roles{false, true, false}
                                  ? node::serve_as_worker(settings)
                                  : node::serve(settings));
    }
    return static_cast<int>(node::run(to_request(*run, line)));
  } catch (const conf::settings_error& error) {
    return wrong_use(error.what());
  } catch (const std::exception& error) { // refused, no answer, no such key
    std::cerr << "video-doc: " << error.what() << "\n";
    return static_cast<int>(node::run_exit::job_failed);
  }
}
