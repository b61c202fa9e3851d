#include "actors/node/certificates.hpp"

#include "actors/node/tls_peers.hpp"
#include "cluster/membership/certificate_error.hpp"
#include "cluster/membership/expiry_watch.hpp"
#include "cluster/membership/preflight.hpp"
#include "cluster/membership/rotation.hpp"
#include "cluster/membership/safe_file.hpp"
#include "cluster/membership/signing.hpp"
#include "net/log/log.hpp"
#include "pipelines/fault.hpp"

#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <sys/file.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace vdoc::node {

namespace fs = std::filesystem;

namespace {

constexpr std::chrono::hours lifetime{24};
constexpr int authority_lives_times = 3650;
constexpr std::string_view folder_prefix = "video-doc-tls-";

[[noreturn]] void fail(const std::string& what) {
  throw failure{{culprit::ours, "the node's certificates cannot be made: " + what,
                 "check the free space and permissions of the temporary directory",
                 std::error_code{errno, std::generic_category()}.message()}};
}

/// Holds a lock on a folder for as long as this process lives, however it ends.
int lock(const fs::path& folder) {
  const int fd = ::open((folder / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd >= 0 && ::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    const auto why = errno;
    ::close(fd);
    errno = why;
    return -1;
  }
  return fd;
}

void sweep_left_behind(const fs::path& below) {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator{below, ignored}) {
    // A folder without its lock file is just being made by another node.
    if (!entry.path().filename().string().starts_with(folder_prefix) ||
        !fs::exists(entry.path() / "lock", ignored))
      continue;
    if (const int fd = lock(entry.path()); fd >= 0) {
      fs::remove_all(entry.path(), ignored);
      ::close(fd);
    }
  }
}

membership::identity_files files_in(const fs::path& folder) {
  membership::identity_files files{folder / "ca.pem", folder / "node.pem", folder / "node.key"};
  if (fs::exists(folder / "crl.pem"))
    files.revoked = folder / "crl.pem";
  return files;
}

/// The cluster's files, and what they looked like when they were taken up.
struct cluster_source {
  cluster_identity of;
  membership::rotation changes{membership::file_stamps{}};
  certificates::end_listener told;
  std::optional<std::chrono::system_clock::time_point> ends; ///< of those in use
  membership::expiry_watch expiry;

  [[nodiscard]] membership::file_stamps stamps() const {
    const auto& at = of.folder;
    return membership::stamps_of({at / "ca.pem", at / "node.pem", at / "node.key", at / "crl.pem"});
  }
  [[nodiscard]] membership::preflight_result look(std::chrono::system_clock::time_point now) const {
    return membership::preflight(files_in(of.folder), of.node, now);
  }
  void took_up(const membership::preflight_result& seen) {
    ends = seen.ends;
    if (told && ends)
      told(*ends);
  }
};

} // namespace

struct certificates::parts {
  fs::path folder;
  int locked = -1;
  membership::private_key authority_key;
  membership::certificate authority;
  std::chrono::system_clock::time_point signed_at;
  std::optional<cluster_source> cluster;
  std::mutex renewing;

  parts() = default;
  parts(const parts&) = delete;
  parts& operator=(const parts&) = delete;
  ~parts() {
    std::error_code ignored;
    if (!folder.empty())
      fs::remove_all(folder, ignored);
    if (locked >= 0)
      ::close(locked);
  }

  void write(const std::string& name, const std::string& pem) const {
    membership::write_file(folder / name, pem, membership::for_owner);
  }
  void open_folder() {
    const auto below = fs::temp_directory_path();
    sweep_left_behind(below);
    while (!make_folder(below)) {
    }
  }
  /// False when another node that was just starting has swept it before it was locked.
  bool make_folder(const fs::path& below) {
    auto pattern = (below / folder_prefix).string() + "XXXXXX";
    if (::mkdtemp(pattern.data()) == nullptr) // mode 0700
      fail(pattern);
    folder = pattern;
    locked = lock(folder);
    if (locked >= 0 && fs::exists(folder / "lock"))
      return true;
    if (locked < 0 && errno != EWOULDBLOCK && errno != ENOENT)
      fail((folder / "lock").string());
    if (locked >= 0)
      ::close(std::exchange(locked, -1));
    return false;
  }
  /// Certificate and key are one file here: CAF reads them one after the other, and both are of the
  /// same moment but for some microseconds.
  void copy_from_cluster() const {
    const auto& from = cluster->of.folder;
    write("ca.pem", membership::read_file(from / "ca.pem"));
    if (fs::exists(from / "crl.pem"))
      write("crl.pem", membership::read_file(from / "crl.pem"));
    const auto both =
        membership::read_file(from / "node.pem") + membership::read_file(from / "node.key");
    for (const char* name : {"node.pem", "host.key", "host.pem"})
      write(name, both);
  }
  void sign_leaves() const {
    for (const char* name : {"node", "host"}) {
      const auto key = membership::new_key();
      const auto leaf = membership::sign_peer({name}, key, {authority, authority_key},
                                              membership::from_now(lifetime));
      write(std::string{name} + ".key", membership::to_pem(key));
      write(std::string{name} + ".pem", membership::to_pem(leaf));
    }
  }
};

certificates::certificates() : parts_{std::make_unique<parts>()} {
  try {
    parts_->open_folder();
    parts_->authority_key = membership::new_key();
    parts_->authority =
        membership::sign_authority("video-doc node authority", parts_->authority_key,
                                   membership::from_now(lifetime * authority_lives_times));
    parts_->write("ca.pem", membership::to_pem(parts_->authority));
    parts_->sign_leaves();
    parts_->signed_at = std::chrono::system_clock::now();
  } catch (const fs::filesystem_error& why) {
    fail(why.what());
  } catch (const membership::certificate_error& why) {
    fail(why.what());
  }
}

certificates::certificates(const cluster_identity& of, end_listener told)
    : parts_{std::make_unique<parts>()} {
  const auto now = std::chrono::system_clock::now();
  auto& cluster = parts_->cluster.emplace();
  cluster.of = of;
  cluster.told = std::move(told);
  cluster.changes = membership::rotation{cluster.stamps()};
  const auto seen = cluster.look(now);
  if (!seen.good())
    throw failure{{culprit::user, "this node cannot be part of a cluster: " + seen.problems.front(),
                   "see cluster.certificates and docs/certificates.md", ""}};
  cluster.took_up(seen);
  try {
    parts_->open_folder();
    parts_->copy_from_cluster();
  } catch (const fs::filesystem_error& why) {
    fail(why.what());
  } catch (const membership::certificate_error& why) {
    fail(why.what());
  }
}

certificates::~certificates() = default;

const fs::path& certificates::folder() const noexcept {
  return parts_->folder;
}

credentials certificates::of_node() const {
  const auto& at = parts_->folder;
  if (!parts_->cluster)
    return {at / "ca.pem", at / "node.pem", at / "node.key"};
  return {at / "ca.pem", at / "node.pem", at / "node.pem",
          fs::exists(at / "crl.pem") ? at / "crl.pem" : fs::path{}};
}

namespace {

void say_if_they_end(cluster_source& cluster, std::chrono::system_clock::time_point now) {
  const auto left = cluster.ends ? cluster.expiry.look(*cluster.ends, now) : std::nullopt;
  if (!left)
    return;
  const auto file = (cluster.of.folder / "node.pem").string();
  if (*left < 0)
    log::say(log::level::error, "the certificate of this node has ended: nobody lets it in",
             {{"file", file}, {"advice", "issue another one: docs/certificates.md"}});
  else
    log::say(log::level::warning, "the certificate of this node ends soon",
             {{"days", std::to_string(*left)},
              {"file", file},
              {"advice", "issue another one: docs/certificates.md"}});
}

void take_up_changes(cluster_source& cluster, std::chrono::system_clock::time_point now,
                     const std::function<void()>& copy) {
  if (!cluster.changes.look(cluster.stamps()))
    return;
  cluster.changes.tried();
  const auto seen = cluster.look(now);
  auto wrong = seen.good() ? std::string{} : seen.problems.front();
  try {
    if (wrong.empty())
      copy();
  } catch (const membership::certificate_error& why) { // replaced under our eyes: looked at again
    wrong = why.what();
  }
  if (!wrong.empty())
    return log::say(log::level::warning, "new certificates are left alone", {{"cause", wrong}});
  cluster.took_up(seen);
  log::say(log::level::normal, "new certificates are in use");
  if (const auto ended = end_revoked_peers(); ended > 0)
    log::say(log::level::warning, "connections of revoked certificates are ended",
             {{"connections", std::to_string(ended)}});
}

} // namespace

void certificates::renew_if_due(std::chrono::system_clock::time_point now) {
  const std::lock_guard lock{parts_->renewing};
  if (parts_->cluster) {
    take_up_changes(*parts_->cluster, now, [this] { parts_->copy_from_cluster(); });
    return say_if_they_end(*parts_->cluster, now);
  }
  if (now - parts_->signed_at < lifetime / 2)
    return;
  try {
    parts_->sign_leaves();
  } catch (const membership::certificate_error& why) {
    fail(why.what());
  }
  parts_->signed_at = now;
}

credentials of_host(const fs::path& folder) {
  return {folder / "ca.pem", folder / "host.pem", folder / "host.key",
          fs::exists(folder / "crl.pem") ? folder / "crl.pem" : fs::path{}};
}

void check(const credentials& who) {
  const auto seen = membership::preflight({who.authority, who.certificate, who.key}, "",
                                          std::chrono::system_clock::now());
  if (!seen.good())
    throw failure{{culprit::ours,
                   seen.problems.front(),
                   "start the node again, it makes new certificates",
                   {}}};
}

} // namespace vdoc::node
