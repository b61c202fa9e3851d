#include "test/network/machines.hpp"

#include "test/engine/engine_run.hpp"
#include "test/support/until.hpp"

#include <stdexcept>

namespace vdoc::test {

using namespace std::chrono_literals;
using nlohmann::json;

namespace {

constexpr const char* port = ":7400";

bool leads(a_service& it) {
  const auto now = it.ask("PING", json::object(), 400ms).value_or(json::object());
  return now.value("leads", false) && now.value("ready", false);
}

} // namespace

void machines::prepare(a_service& it) {
  const auto name = name_of(it);
  it.shared = shared / "data";
  for (const auto& [key, value] : authority.membership_of(name))
    it.environment[key] = value;
  it.environment["DATABASE_URL"] = database;
  it.words_before = wires.on(name);
  if (clocks.contains(name))
    clocks[name].add_to(it.environment);
}

machines::machines(machine_options which) {
  for (const auto* name : {"one", "two", "a", "b", "db"})
    wires.add(name);
  if (which.with_clocks)
    for (const auto* name : {"one", "two"})
      clocks[name].set("+0");
  server = std::make_unique<postgres_server>(
      postgres_server::on_machine{wires.on("db"), wires.address_of("db")});
  database = server->new_database();
  for (auto* it : {&one, &two}) {
    prepare(*it);
    it->more_words = {"--cluster-listen", wires.address_of(name_of(*it)) + port};
  }
  one.start();
  if (!until(90s, [&] { return leads(one); }))
    throw std::runtime_error{"nobody leads: " + story()};
  two.start();
  for (const std::string worker : {"a", "b"})
    start_worker(worker);
  if (which.with_gate) {
    wires.add("gate");
    prepare(gate);
    gate.more_words = {"--role", "gateway,worker", "--join",
                       wires.address_of("one") + port + "," + wires.address_of("two") + port};
    gate.start();
  }
  for (const std::string worker : {"a", "b", "gate"})
    if ((worker != "gate" || which.with_gate) && !works(worker, 0, 90s))
      throw std::runtime_error{worker + " gets no work: " + story()};
}

void machines::start_worker(const std::string& name) {
  auto line =
      a_service::program({"serve", "--role", "worker", "--join",
                          wires.address_of("one") + port + "," + wires.address_of("two") + port});
  line.environment = authority.membership_of(name);
  line.environment.merge(small_ladder());
  line.environment["VIDEO_DOC_CLUSTER_CACHE"] = shared / "cache";
  auto before = wires.on(name);
  for (const auto& word : std::vector<std::string>{"unshare", "--mount", "sh", "-c",
                                                   "mount -t tmpfs none \"$0\" && exec \"$@\"",
                                                   (shared / "data").string()})
    before.push_back(word);
  line.words.insert(line.words.begin(), before.begin(), before.end());
  if (workers[name])
    gone += workers[name]->err_so_far();
  workers[name] = std::make_unique<running_command>(line);
}

a_service* machines::leader() {
  for (auto* it : {&one, &two})
    if (leads(*it))
      return it;
  return nullptr;
}

a_service& machines::who_leads() {
  auto* now = leader();
  if (now == nullptr)
    throw std::runtime_error{"nobody leads: " + story()};
  return *now;
}

std::size_t machines::count(const std::string& words) const {
  const auto log = one.all_logs() + two.all_logs();
  std::size_t times = 0;
  for (auto at = log.find(words); at != std::string::npos; at = log.find(words, at + 1))
    ++times;
  return times;
}

std::size_t machines::times_up(const std::string& worker) const {
  return count("media host takes work  host=" + worker + "/host-1");
}

std::size_t machines::times_lost(const std::string& worker) const {
  return count("media host is lost  host=" + worker + "/host-1");
}

bool machines::works(const std::string& worker, std::size_t known, std::chrono::seconds patience) {
  return until(patience, [&] { return times_up(worker) > known; });
}

std::string machines::story() const {
  auto all =
      "one:\n" + one.log() + "two:\n" + two.log() + "gate:\n" + gate.log() + "gone:\n" + gone;
  for (const auto& [name, node] : workers)
    all += name + ":\n" + node->err_so_far();
  return all;
}

std::string machines::submit_a_minute() {
  return who_leads().submit(a_cluster::a_minute());
}

} // namespace vdoc::test
