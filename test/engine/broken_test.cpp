#include "test/engine/engine_run.hpp"
#include "test/support/exactness.hpp"
#include "test/support/media_catalogue.hpp"
#include "test/support/one_case_each.hpp"
#include "test/support/source_server.hpp"
#include "test/support/sources_broken.hpp"

#include <algorithm>
#include <cctype>
#include <sstream>
#include <unistd.h>

namespace {

using namespace vdoc::test;
using namespace std::chrono_literals;

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char one) { return static_cast<char>(std::tolower(one)); });
  return text;
}

/// A failed job has to say in one line whose fault it is and what to do, on stderr and in job.json.
void is_honest_failure(const outcome& result, const nlohmann::json& job, const std::string& name,
                       const std::string& must_say) {
  std::vector<std::string> about;
  std::istringstream lines{result.err};
  for (std::string line; std::getline(lines, line);)
    if (line.find(name) != std::string::npos)
      about.push_back(line);
  BOOST_REQUIRE_MESSAGE(about.size() == 1U, name << " is told in " << about.size() << " lines of:\n"
                                                 << result.err);
  BOOST_TEST(lower(about[0]).find(must_say) != std::string::npos, about[0]);
  BOOST_TEST(about[0].size() < 400U, about[0]);
  BOOST_TEST(job.value("state", "") == "failed");
  const auto error = job.value("error", nlohmann::json::object());
  BOOST_TEST(!error.value("message", "").empty());
  BOOST_TEST(!error.value("advice", "").empty(), error);
  // Nothing that is bad about these is the engine's fault.
  BOOST_TEST(error.value("whose", "") != "engine", error);
}

/// A damaged source that could be used: whole files, and the damage told.
void is_honest_result(const nlohmann::json& job, const std::filesystem::path& folder) {
  BOOST_TEST(job.value("state", "") == "succeeded");
  BOOST_TEST(!job.value("warnings", nlohmann::json::array()).empty(), "damage without a warning");
  const auto package = read_package(folder);
  for (const auto& some :
       {check_playlists(package), check_joins(package), check_segment_starts(package),
        check_order(package), check_alignment(package), check_attributes(package)})
    BOOST_TEST(some.empty(), "" << some);
  const auto pieces = job.value("fragments", nlohmann::json::object());
  BOOST_TEST(pieces.contains("frames_decoded"));
  BOOST_TEST(pieces.contains("frames_lost"));
}

void ends_honestly(const broken_source& bad) {
  const temp_folder out;
  // A good one after it: one bad input is nobody else's concern.
  const auto good = make(source_named("mp4_faststart"));
  const auto began = std::chrono::steady_clock::now();
  const auto result = run_engine(
      {{bad.file.string(), good.string()}, renditions_only(), small_ladder()}, out.path(), 180s);
  const auto wall = std::chrono::steady_clock::now() - began;
  BOOST_TEST((wall < 15s + 5s), bad.name << " took " << result.wall.count() << " ms");
  BOOST_REQUIRE(!result.timed_out);
  BOOST_TEST(result.signal == 0);
  BOOST_TEST(job_of(out / "mp4_faststart").value("state", "") == "succeeded", result.story());
  const auto folder = out.path() / bad.file.stem();
  const auto job = job_of(folder);
  BOOST_TEST(job.value("restarts", -1) == 0, bad.name << " brought a media host down");
  if (bad.may_succeed && result.exit_code == 0)
    is_honest_result(job, folder);
  else {
    BOOST_TEST(result.exit_code == 1, result.story());
    is_honest_failure(result, job, bad.file.stem().string(), bad.must_say);
  }
}

/// Kept for the whole program: the cases are named from it.
const std::vector<broken_source>& all_broken() {
  static const temp_folder folder;
  static const auto all = make_broken_sources(folder.path());
  return all;
}

const one_case_each cases{"bad_input_ends_honestly", all_broken(), ends_honestly};

struct a_server {
  std::filesystem::path file = make(source_named("mp4_faststart"));
  source_server server{file.parent_path()};
  temp_folder out;

  outcome fetch(const std::string& how, bool local = true) const {
    auto environment = small_ladder();
    if (local)
      environment.emplace("VIDEO_DOC_SOURCE_ALLOWED_NETWORKS", "127.0.0.1");
    return run_engine(
        {{server.url(how,
                     how.starts_with("to-") || how == "round" ? "" : file.filename().string())},
         renditions_only(),
         environment},
        out.path(), 180s);
  }
  void fails(const std::string& how, const std::string& must_say, bool local = true) const {
    const auto result = fetch(how, local);
    BOOST_TEST(result.exit_code == 1, result.story());
    BOOST_TEST((result.wall < 15s), how << " took " << result.wall.count() << " ms");
    BOOST_TEST(lower(result.err).find(must_say) != std::string::npos, result.err);
  }
};

command as_nobody(std::vector<std::string> words) {
  const std::vector<std::string> nobody{"setpriv", "--reuid=65534", "--regid=65534",
                                        "--clear-groups"};
  words.insert(words.begin(), nobody.begin(), nobody.end());
  return {std::move(words), {}, {}};
}

/// Why the program cannot be run as somebody else, "" when it can.
std::string why_not_as_nobody() {
  if (geteuid() != 0)
    return "only root can become somebody else";
  const auto result = run(as_nobody({to_command({}, "unused").words.front(), "--help"}), 30s);
  return result.succeeded() ? "" : "nobody may not run the program here: " + result.err;
}

} // namespace

BOOST_AUTO_TEST_SUITE(a_file_of_somebody_else)

BOOST_AUTO_TEST_CASE(is_told_to_whoever_may_not_read_it_and_the_others_go_on,
                     *only_where(why_not_as_nobody)) {
  const temp_folder place;
  const auto good = place / "good.mp4";
  const auto secret = place / "secret.mp4";
  using std::filesystem::perms;
  for (const auto& file : {good, secret})
    std::filesystem::copy_file(make(source_named("mp4_faststart")), file);
  std::filesystem::create_directory(place / "out");
  std::filesystem::permissions(place.path(), perms::all);
  std::filesystem::permissions(place / "out", perms::all);
  std::filesystem::permissions(good, perms::owner_all | perms::others_read);
  std::filesystem::permissions(secret, perms::owner_all);
  auto line = to_command({{secret.string(), good.string()}, renditions_only(), small_ladder()},
                         place / "out");
  line.words = as_nobody(std::move(line.words)).words;
  const auto result = run(line, 240s);
  BOOST_TEST(result.exit_code == 1, result.story());
  is_honest_failure(result, job_of(place / "out/secret"), "secret", "no permission");
  BOOST_TEST(job_of(place / "out/good").value("state", "") == "succeeded", result.story());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(a_url, a_server)

BOOST_AUTO_TEST_CASE(is_as_good_a_source_as_a_file) {
  const auto result = fetch("files");
  BOOST_REQUIRE_MESSAGE(result.succeeded(), result.story());
  const auto wrong = check_everything(out / "mp4_faststart", truth_of(file.string(), true, true));
  BOOST_TEST(wrong.empty(), "" << wrong);
}

BOOST_AUTO_TEST_CASE(that_hangs_is_given_up) {
  fails("hang", "127.0.0.1");
}
BOOST_AUTO_TEST_CASE(that_stalls_is_given_up) {
  fails("stall", "");
}
BOOST_AUTO_TEST_CASE(that_hangs_up_halfway_is_told) {
  fails("cut", "");
}
BOOST_AUTO_TEST_CASE(that_is_not_there_is_told) {
  fails("gone", "404");
}
BOOST_AUTO_TEST_CASE(that_leads_in_circles_is_given_up) {
  fails("round", "redirect");
}
BOOST_AUTO_TEST_CASE(may_not_lead_to_a_private_address) {
  fails("to-private", "10.255.255.1");
}
BOOST_AUTO_TEST_CASE(may_not_lead_to_a_file) {
  fails("to-file", "file");
}
BOOST_AUTO_TEST_CASE(on_this_machine_is_refused_unless_it_is_allowed) {
  fails("files", "127.0.0.1", false);
}

BOOST_AUTO_TEST_CASE(of_another_scheme_is_refused) {
  const auto result = run_engine({{"ftp://example.org/talk.mp4"}, renditions_only()}, out.path());
  BOOST_TEST((result.exit_code == 1 || result.exit_code == 2), result.story());
  BOOST_TEST(result.err.find("ftp") != std::string::npos, result.err);
}

BOOST_AUTO_TEST_SUITE_END()
