#include "test/tidy_test/rules.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <regex>
#include <set>
#include <sstream>

namespace vdoc::tidy {

namespace {

constexpr std::size_t longest_function = 80;
constexpr std::size_t longest_header = 200;
constexpr std::size_t longest_source = 400;
constexpr std::size_t longest_test = 450;

/// Files that may be longer, each for a reason.
const std::map<std::string, std::size_t> long_files{
    {"actors/job/rules.hpp", 320}, // every event and effect of a job, one place to read them
    {"pipelines/manifest/manifest.hpp", 220}, // every record of a job's journal
    {"test/job/rules_test.cpp", 600},
};

const std::map<std::string, std::set<std::string>> arrows_from{
    {"actors", {"actors", "pipelines", "net", "cluster", "conf"}},
    {"net", {"net", "cluster", "conf"}},
    {"cluster", {"cluster", "conf"}},
    {"pipelines", {"pipelines"}},
    {"conf", {"conf"}},
};

/// Who starts whom: a supervisor may include how its child is spawned.
const std::map<std::string, std::set<std::string>> starts{
    {"jobs", {"job"}},
    {"queue", {"job"}},
    {"node",
     {"demux",       "desk",     "digest",    "dispatch",   "document",   "hosts",   "ingest",
      "job",         "jobs",     "ledger",    "membership", "noop",       "package", "queue",
      "courier",     "follower", "canceller", "fetcher",    "leader",     "muster",  "schedule",
      "storekeeper", "survey",   "sweep",     "transcode",  "transcribe", "watch"}},
};

std::vector<std::string> folders_of(const std::string& path) {
  std::vector<std::string> parts;
  std::istringstream in{path};
  for (std::string part; std::getline(in, part, '/');)
    parts.push_back(part);
  return parts;
}

bool is_header(const source_file& file) {
  return file.path.ends_with(".hpp");
}
bool is_test(const source_file& file) {
  return file.path.starts_with("test/");
}

/// Whether an actor's file may include a file of another actor.
bool may_know(const std::string& who, const std::vector<std::string>& whom) {
  const std::string& folder = whom.at(1);
  const std::string& file = whom.back();
  // The vocabulary of messages, and the tools of supervision, are everybody's.
  const bool shared = folder == "wire" || folder == "supervision" || file == "stage_handles.hpp";
  const auto children = starts.find(who);
  const bool child = children != starts.end() && children->second.contains(folder);
  return who == folder || shared || file.ends_with("protocol.hpp") ||
         (child && file.starts_with("spawn"));
}

std::string at_line(const source_file& file, std::size_t line, const std::string& what) {
  return file.path + ":" + std::to_string(line) + ": " + what;
}

/// Names that libraries chose.
bool is_foreign(const std::string& name) {
  constexpr std::array prefixes{"g_",   "gst_",  "soup_", "av_",  "sws_", "sqlite3_",
                                "SSL_", "EVP_",  "X509_", "PEM_", "BIO_", "ASN1_",
                                "j_",   "jpeg_", "ps_",   "cmd_", "G",    "Soup"};
  const bool macro = std::ranges::none_of(name, [](char c) { return c >= 'a' && c <= 'z'; });
  return macro || std::ranges::any_of(prefixes, [&](const char* p) { return name.starts_with(p); });
}

/// Words of a field that happen to be on the list: GStreamer's GstVideoInfo and its caps field
/// codec_data, and the handler of ISO 14496-12.
bool is_term(const source_file& file, const std::string& name) {
  static const std::set<std::string> gstreamers{"info", "info_", "info_of", "set_info",
                                                "codec_data"};
  return (file.path.starts_with("pipelines/gst/") && gstreamers.contains(name)) ||
         (file.path == "test/support/mp4_boxes.hpp" && name == "handler");
}

/// The banned word in a name, "" when there is none.
std::string banned_word_in(std::string_view name) {
  constexpr std::array banned{"manager", "handler", "helper", "util", "common", "data", "info"};
  while (!name.empty()) {
    const auto end = std::min(name.find('_'), name.size());
    auto word = name.substr(0, end);
    for (const std::string_view one : banned)
      if (word == one || (word.ends_with('s') && word.substr(0, word.size() - 1) == one))
        return std::string{one};
    name.remove_prefix(std::min(end + 1, name.size()));
  }
  return "";
}

} // namespace

complaints arrows(const source_file& file) {
  complaints found;
  const auto from = folders_of(file.path);
  const auto allowed = arrows_from.find(from.front());
  if (allowed == arrows_from.end())
    return found;
  for (const std::string& include : includes_of(file.text)) {
    if (include.starts_with('<'))
      continue;
    const auto to = folders_of(include);
    if (!allowed->second.contains(to.front()))
      found.push_back(file.path + " includes " + include + ": no arrow leads there");
    else if (from.front() == "actors" && to.front() == "actors" && to.size() > 2 &&
             !may_know(from.at(1), to))
      found.push_back(file.path + " includes " + include +
                      ": of another actor only its protocol.hpp");
  }
  return found;
}

complaints platforms(const source_file& file) {
  complaints found;
  for (const std::string& include : includes_of(file.text)) {
    const bool gst = include.starts_with("<gst/");
    const bool caf = include.starts_with("<caf/") || include.starts_with("caf/");
    if (gst && !file.path.starts_with("pipelines/gst/") && !is_test(file))
      found.push_back(file.path + " includes " + include + ">: GStreamer lives in pipelines/gst");
    if (caf && !file.path.starts_with("actors/") && !is_test(file))
      found.push_back(file.path + " includes " + include + ">: CAF lives in actors");
    if (caf && include.ends_with("/all.hpp") && is_header(file))
      found.push_back(file.path + " includes all of CAF: slow to compile, name what is needed");
  }
  return found;
}

complaints media(const source_file& file) {
  // Stages live in media hosts; crew hires them there, main sets up the memory of both, and what
  // tries encoders is a child process of its own.
  static const std::set<std::string> stages{"ingest",     "demux",   "transcode",
                                            "transcribe", "package", "document"};
  static const std::set<std::string> of_hosts{"actors/node/crew.cpp",
                                              "actors/node/encoder_search.cpp",
                                              "actors/node/main.cpp", "actors/wire/pipelines.hpp"};
  complaints found;
  const auto folders = folders_of(file.path);
  if (folders.front() != "actors" || stages.contains(folders.at(1)) || of_hosts.contains(file.path))
    return found;
  for (const std::string& include : includes_of(file.text))
    if (include.starts_with("pipelines/gst/"))
      found.push_back(file.path + " includes " + include + ": the node opens no media");
  return found;
}

complaints names(const source_file& file) {
  complaints found;
  for (std::string part : folders_of(file.path)) {
    part = part.substr(0, part.find('.'));
    if (const auto word = banned_word_in(part); !word.empty())
      found.push_back(file.path + ": \"" + word + "\" in a file's name");
  }
  for (const identifier& one : identifiers_of(code_of(file.text)))
    if (const auto word = banned_word_in(one.name);
        !word.empty() && !one.member && !is_foreign(one.name) && !is_term(file, one.name))
      found.push_back(at_line(file, one.line, "\"" + word + "\" in the name " + one.name));
  return found;
}

complaints lengths(const source_file& file) {
  complaints found;
  for (const function_extent& one : functions_of(code_of(file.text)))
    if (one.lines > longest_function)
      found.push_back(
          at_line(file, one.first_line, one.name + " has " + std::to_string(one.lines) + " lines"));
  const auto exception = long_files.find(file.path);
  const auto limit = exception != long_files.end() ? exception->second
                     : is_header(file)             ? longest_header
                     : is_test(file)               ? longest_test
                                                   : longest_source;
  const auto size = lines_of(file.text).size();
  if (size > limit)
    found.push_back(file.path + " has " + std::to_string(size) + " lines");
  return found;
}

complaints headers(const source_file& file) {
  complaints found;
  if (!is_header(file))
    return found;
  const auto lines = lines_of(file.text);
  if (lines.empty() || lines.front() != "#pragma once")
    found.push_back(file.path + " does not begin with #pragma once");
  if (is_test(file))
    return found;
  if (file.text.find("///") == std::string::npos)
    found.push_back(file.path + " says nowhere what it is for (///)");
  return found;
}

complaints leftovers(const source_file& file) {
  static const std::regex later{R"(\b(TODO|FIXME)\b)"};
  static const std::regex sleeping{
      R"(\b(sleep_for|sleep_until|g_usleep|usleep|nanosleep|sleep)\s*\()"};
  // One waits for a condition with a deadline, the other plays a process that hangs.
  static const std::set<std::string> may_sleep{"test/support/until.hpp", "test/node/test_host.cpp"};
  complaints found;
  const auto lines = lines_of(file.text);
  const auto code = lines_of(code_of(file.text));
  for (std::size_t at = 0; at < lines.size(); ++at) {
    if (lines[at].find_first_of("DM") != std::string::npos && std::regex_search(lines[at], later) &&
        !file.path.starts_with("test/tidy_test/"))
      found.push_back(at_line(file, at + 1, "left for later"));
    if (is_test(file) && !may_sleep.contains(file.path) && at < code.size() &&
        code[at].find("sleep") != std::string::npos && std::regex_search(code[at], sleeping))
      found.push_back(at_line(file, at + 1, "a test that sleeps"));
  }
  return found;
}

complaints root_entry(const std::string& name) {
  static const std::set<std::string> allowed{".cache",
                                             ".ci",
                                             ".clang-format",
                                             ".clang-tidy",
                                             ".git",
                                             ".gitignore",
                                             "actors",
                                             "ARCHITECTURE.md",
                                             "benchmarks",
                                             "CHANGELOG.md",
                                             "cluster",
                                             "conf",
                                             "CMakeLists.txt",
                                             "CMakePresets.json",
                                             "deploy",
                                             "dev",
                                             "docs",
                                             "LICENSE",
                                             "net",
                                             "out",
                                             "pipelines",
                                             "README.md",
                                             "test",
                                             "compile_commands.json"};
  if (allowed.contains(name) || name == "build" || name.starts_with("build-"))
    return {};
  return {name + " does not belong into the root folder"};
}

complaints all_rules(const source_file& file) {
  complaints all;
  for (const auto rule : {arrows, platforms, media, names, lengths, headers, leftovers})
    for (std::string& one : rule(file))
      all.push_back(std::move(one));
  return all;
}

} // namespace vdoc::tidy
