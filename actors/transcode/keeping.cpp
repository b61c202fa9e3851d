#include "actors/transcode/keeping.hpp"

#include "cluster/dispatch/task.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <sys/file.h>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <utility>

namespace vdoc::transcode {

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr auto between_looks = 20ms;
constexpr auto longest_wait = 20s; ///< more than a process may linger
/// With less than this on its disk nothing is made aside.
constexpr std::uintmax_t least_room = 64ULL * 1024 * 1024;

} // namespace

keeping::keeping(fs::path folder, const std::string& host, const std::string& incarnation,
                 bool is_lent, std::shared_ptr<allegiance> to)
    : folder_{std::move(folder)}, lingers_{folder_ / (host + ".lingers")}, desk_{folder_ /
                                                                                 ("desk-" + host)},
      is_lent_{is_lent}, to_{std::move(to)}, encodes_{folder_ / "encodes",
                                                      host + "-" + incarnation} {
  std::error_code ignored; // then nothing can be kept
  fs::create_directories(folder_, ignored);
}

keeping::~keeping() {
  if (lock_ >= 0)
    ::close(lock_);
}

bool keeping::predecessor_lingers() const {
  const int file = ::open(lingers_.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0)
    return false;
  const bool is_held = ::flock(file, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  ::close(file);
  return is_held;
}

void keeping::await_predecessor(const std::atomic<bool>& cancelled) {
  const auto until = std::chrono::steady_clock::now() + longest_wait;
  while (!is_alone_ && !cancelled && std::chrono::steady_clock::now() < until) {
    if (predecessor_lingers())
      std::this_thread::sleep_for(between_looks);
    else
      is_alone_ = true;
  }
}

fs::path keeping::clear_desk() {
  if (!is_lent_ || !is_alone_)
    return {};
  std::error_code wrong;
  fs::remove_all(desk_, wrong);
  if (!wrong)
    fs::create_directories(desk_, wrong);
  const auto room = wrong ? fs::space_info{} : fs::space(desk_, wrong);
  return wrong || room.available < least_room ? fs::path{} : desk_;
}

bool keeping::linger(const std::string& key) {
  lock_ = ::open(lingers_.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  return lock_ >= 0 && ::flock(lock_, LOCK_EX | LOCK_NB) == 0 &&
         ::write(lock_, key.data(), key.size()) == static_cast<ssize_t>(key.size());
}

std::vector<std::string> keeping::words() const {
  std::vector<std::string> keys;
  if (predecessor_lingers()) {
    std::array<char, 80> key{};
    const int file = ::open(lingers_.c_str(), O_RDONLY | O_CLOEXEC);
    const auto count = file < 0 ? -1 : ::read(file, key.data(), key.size());
    if (file >= 0)
      ::close(file);
    if (count > 0)
      keys.emplace_back(key.data(), static_cast<std::size_t>(count));
  }
  for (auto& key : encodes_.keys())
    keys.push_back(std::move(key));
  for (auto& key : keys)
    key.insert(0, dispatch::kept_offer);
  return keys;
}

} // namespace vdoc::transcode
