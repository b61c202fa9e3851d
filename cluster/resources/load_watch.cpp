#include "cluster/resources/load_watch.hpp"

#include <cmath>
#include <condition_variable>
#include <cstdlib>
#include <fstream>
#include <mutex>
#include <string>
#include <thread>
#include <unistd.h>
#include <utility>

namespace vdoc::resources {

namespace {

namespace fs = std::filesystem;
using steady = std::chrono::steady_clock;

constexpr std::uint64_t kib_per_mib = 1'024;
constexpr std::uint64_t bytes_per_mib = 1U << 20U;

std::uint64_t available_mib(const fs::path& proc) {
  std::ifstream lines{proc / "meminfo"};
  std::string word;
  for (std::uint64_t kib = 0; lines >> word;)
    if (word == "MemAvailable:" && lines >> kib)
      return kib / kib_per_mib;
  return 0;
}

/// Of a folder that is not there yet, the one above it tells.
std::int64_t free_mib(fs::path folder) {
  std::error_code wrong;
  while (folder.has_relative_path() && !fs::exists(folder, wrong))
    folder = folder.parent_path();
  const auto room = fs::space(folder, wrong);
  return wrong ? -1 : static_cast<std::int64_t>(room.available / bytes_per_mib);
}

} // namespace

node_load look_at_machine(const fs::path& proc) {
  constexpr double percent = 100;
  node_load seen;
  double minute = 0;
  const auto cores = ::sysconf(_SC_NPROCESSORS_ONLN);
  if (::getloadavg(&minute, 1) == 1 && cores > 0)
    seen.busy_percent =
        static_cast<std::uint32_t>(std::lround(minute * percent / static_cast<double>(cores)));
  seen.memory_free_mib = available_mib(proc);
  return seen;
}

struct load_watch::inside {
  fs::path folder;
  disk_look look;
  std::chrono::milliseconds every;
  std::mutex mutex;
  std::condition_variable changed;
  bool is_over = false;
  std::int64_t disk_free_mib = -1;
  steady::time_point looked;
  std::vector<host_use> hosts;

  void watch() {
    for (std::unique_lock lock{mutex}; !is_over;) {
      lock.unlock();
      const auto seen = look(folder);
      lock.lock();
      disk_free_mib = seen;
      looked = steady::now();
      changed.wait_for(lock, every, [this] { return is_over; });
    }
  }
};

load_watch::load_watch(fs::path folder, disk_look look, std::chrono::milliseconds every)
    : inside_{std::make_shared<inside>()} {
  inside_->folder = std::move(folder);
  inside_->look = look ? std::move(look) : free_mib;
  inside_->every = every;
  std::thread{[in = inside_] {
    in->watch();
  }}.detach(); // outlives us when the disk does not answer
}

load_watch::~load_watch() {
  const std::scoped_lock lock{inside_->mutex};
  inside_->is_over = true;
  inside_->changed.notify_all();
}

void load_watch::hosts_use(std::vector<host_use> all) {
  const std::scoped_lock lock{inside_->mutex};
  inside_->hosts = std::move(all);
}

node_load load_watch::now() const {
  constexpr int rounds = 3;
  auto seen = look_at_machine();
  const std::scoped_lock lock{inside_->mutex};
  if (steady::now() - inside_->looked <= rounds * inside_->every)
    seen.disk_free_mib = inside_->disk_free_mib;
  seen.hosts = inside_->hosts;
  return seen;
}

} // namespace vdoc::resources
