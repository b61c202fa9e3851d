#include "actors/node/node_folder.hpp"

#include "cluster/ledger/job_id.hpp"
#include "pipelines/fault.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <sys/file.h>
#include <system_error>
#include <thread>
#include <unistd.h>

namespace vdoc::node {

namespace fs = std::filesystem;

namespace {

fs::path folder_of(const fs::path& service, const std::string& name) {
  return service / "nodes" / name;
}

std::string read_id(int from) {
  std::array<char, 64> text{};
  const auto count = ::pread(from, text.data(), text.size(), 0);
  return count > 0 ? std::string{text.data(), static_cast<std::size_t>(count)} : std::string{};
}

/// Another node may look for a moment whether we are dead.
bool take_lock(int file) {
  constexpr int most_trials = 10;
  constexpr std::chrono::milliseconds between{20};
  for (int trial = 0; trial < most_trials; ++trial) {
    if (::flock(file, LOCK_EX | LOCK_NB) == 0)
      return true;
    std::this_thread::sleep_for(between);
  }
  return false;
}

nlohmann::json words_of(const ledger::lease& of) {
  auto words = nlohmann::json::parse(of.said, nullptr, false);
  const auto has = [&](const char* name) {
    return words.is_object() && words.contains(name) && words[name].is_string();
  };
  return has("node") && has("lock") ? words : nlohmann::json{};
}

[[noreturn]] void cannot_be_used(const fs::path& path, const std::error_code& why) {
  throw failure{{culprit::peer, path.string() + " cannot be used: " + why.message(),
                 "choose another folder with --data", ""}};
}

} // namespace

node_folder::node_folder(const fs::path& service, std::string name)
    : name_{std::move(name)}, path_{folder_of(service, name_)} {
  std::error_code wrong;
  fs::create_directories(path_, wrong);
  if (wrong)
    cannot_be_used(path_, wrong);
  lock_ = ::open((path_ / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (lock_ < 0)
    cannot_be_used(path_, {errno, std::generic_category()});
  if (!take_lock(lock_)) {
    ::close(lock_);
    throw failure{{culprit::user,
                   "another video-doc serve works in " + service.string() + " as node " + name_,
                   "stop it first, choose another folder with --data, or another cluster.name",
                   ""}};
  }
  fs::remove_all(passing(), wrong);
  id_ = read_id(lock_);
  if (!id_.empty())
    return;
  id_ = ledger::new_job_id();
  if (::pwrite(lock_, id_.data(), id_.size(), 0) != static_cast<ssize_t>(id_.size()))
    cannot_be_used(path_, {errno, std::generic_category()});
}

node_folder::~node_folder() {
  ::close(lock_);
}

std::string node_folder::said(const std::string& cluster_place) const {
  nlohmann::json words{{"node", name_}, {"lock", id_}};
  if (!cluster_place.empty())
    words["cluster"] = cluster_place;
  return words.dump();
}

bool is_dead(const fs::path& service, const ledger::lease& of) {
  const auto words = words_of(of);
  if (words.is_null())
    return false;
  const auto name = words["node"].get<std::string>();
  if (name.empty() || name == "." || name == ".." || name.find('/') != std::string::npos)
    return false;
  const int lock = ::open((folder_of(service, name) / "lock").c_str(), O_RDWR | O_CLOEXEC);
  if (lock < 0)
    return false; // another folder, most likely
  const bool dead =
      read_id(lock) == words["lock"].get<std::string>() && ::flock(lock, LOCK_EX | LOCK_NB) == 0;
  ::close(lock);
  return dead;
}

std::string node_in(const ledger::lease& of) {
  const auto words = words_of(of);
  return words.is_null() ? std::string{} : words["node"].get<std::string>();
}

std::string cluster_place_in(const ledger::lease& of) {
  const auto words = words_of(of);
  const auto at = words.is_object() ? words.find("cluster") : words.end();
  return at != words.end() && at->is_string() ? at->get<std::string>() : std::string{};
}

} // namespace vdoc::node
