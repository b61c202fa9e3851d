#include "test/workers/a_cluster.hpp"

#include "test/engine/engine_run.hpp"
#include "test/support/folder_bytes.hpp"
#include "test/support/media_catalogue.hpp"
#include "test/support/until.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace vdoc::test {

using nlohmann::json;
namespace fs = std::filesystem;

std::uint16_t a_cluster::free_port() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof at;
  ::bind(fd, reinterpret_cast<sockaddr*>(&at), size);
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&at), &size);
  ::close(fd);
  return ntohs(at.sin_port);
}

bool a_cluster::is_open(std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_port = htons(port);
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool accepts = ::connect(fd, reinterpret_cast<sockaddr*>(&at), sizeof at) == 0;
  ::close(fd);
  return accepts;
}

const fs::path& a_cluster::undisturbed() {
  static a_cluster alone;
  static const fs::path made = [] {
    alone.leader.start();
    const auto id = alone.submit_a_minute();
    if (!alone.leader.wait_for(id, "succeeded", std::chrono::seconds{900}))
      throw std::runtime_error{"the job failed on one node: " + alone.story()};
    alone.leader.stop();
    return alone.folder_of(id);
  }();
  return made;
}

std::string a_cluster::unlike_undisturbed(const fs::path& results) {
  std::string all;
  for (const auto& one : differences(undisturbed(), results))
    all += one + "\n";
  return all;
}

a_cluster::a_cluster() : port{free_port()} {
  run_or_throw(a_service::program({"cluster", "init-ca", "--out", (folder / "ca").string()}).words);
}

fs::path a_cluster::issue(const std::string& name) {
  const auto into = folder / name;
  if (!fs::exists(into))
    run_or_throw(a_service::program({"cluster", "issue", name, "--ca", (folder / "ca").string(),
                                     "--out", into.string()})
                     .words);
  return into;
}

std::map<std::string, std::string> a_cluster::membership_of(const std::string& name) {
  return {{"VIDEO_DOC_CLUSTER_NAME", name},
          {"VIDEO_DOC_CLUSTER_CERTIFICATES", issue(name).string()},
          {"VIDEO_DOC_RUN_WORKERS", "1"}};
}

void a_cluster::start_leader() {
  for (const auto& [key, value] : membership_of("leader"))
    leader.environment[key] = value;
  leader.more_words = {"--cluster-listen", place()};
  leader.start();
}

void a_cluster::start_worker(const std::string& name,
                             std::map<std::string, std::string> environment) {
  environment.merge(membership_of(name));
  environment.merge(small_ladder());
  auto line = a_service::program(
      {"serve", "--role", "worker", "--join", (joined.empty() ? place() : joined) + also_joined});
  line.environment = std::move(environment);
  const auto& before = words_before[name];
  line.words.insert(line.words.begin(), before.begin(), before.end());
  workers_[name] = std::make_unique<running_command>(line);
}

pid_t a_cluster::host_of(const std::string& name) {
  const auto all = hosts_of(worker(name).pid());
  return all.empty() ? 0 : all.front().pid;
}

std::size_t a_cluster::said(const std::string& words) const {
  const auto log = leader.log();
  std::size_t times = 0;
  for (auto at = log.find(words); at != std::string::npos; at = log.find(words, at + 1))
    ++times;
  return times;
}

bool a_cluster::hears(const std::string& words, std::size_t times,
                      std::chrono::milliseconds patience) const {
  return until(patience, [&] { return said(words) >= times; });
}

std::string a_cluster::story() const {
  auto all = "leader:\n" + leader.log();
  for (const auto& [name, node] : workers_)
    all += name + ":\n" + node->err_so_far();
  return all;
}

json a_cluster::a_minute(const std::string& preset) {
  return {{"source", make(source_named("mp4_a_minute")).string()},
          {"spec",
           {{"captions", "off"},
            {"document", false},
            {"segment_ms", 2000},
            {"preset", preset},
            {"fresh", true}}}};
}

std::string a_cluster::submit_a_minute(const std::string& preset) {
  return leader.submit(a_minute(preset));
}

std::string a_cluster::submit_and_wait_for_work() {
  undisturbed();
  auto id = submit_a_minute();
  if (!until(std::chrono::seconds{180}, [&] { return segments_of(id) >= 8; }))
    throw std::runtime_error{"nobody works on it: " + story()};
  return id;
}

json a_cluster::report(const std::string& id) const {
  return job_of(folder_of(id));
}

std::size_t a_cluster::segments_in(const fs::path& results) {
  std::size_t count = 0;
  std::error_code ignored;
  for (const auto& entry : fs::recursive_directory_iterator{results / "video", ignored})
    count += entry.path().extension() == ".m4s" ? 1 : 0;
  return count;
}

void a_cluster::ends_well(const std::string& id) {
  BOOST_REQUIRE_MESSAGE(leader.wait_for(id, "succeeded", std::chrono::seconds{900}), story());
  BOOST_TEST(report(id).at("warnings").empty());
  BOOST_TEST_MESSAGE("tasks: " << report(id).at("hosts").dump());
  BOOST_TEST(unlike_undisturbed(folder_of(id)) == "");
}

std::size_t a_cluster::tasks_of(const std::string& id, const std::string& node) const {
  std::size_t all = 0;
  const auto told = report(id);
  const auto hosts = told.value("hosts", json::object());
  for (const auto& [host, tasks] : hosts.items())
    if (host.starts_with(node + "/"))
      all += tasks.get<std::size_t>();
  return all;
}

} // namespace vdoc::test
