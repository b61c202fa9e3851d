#include "cluster/membership/authority.hpp"

#include "cluster/membership/certificate_error.hpp"
#include "cluster/membership/safe_file.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cctype>
#include <cerrno>
#include <fcntl.h>
#include <sstream>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace vdoc::membership {

namespace fs = std::filesystem;

namespace {

constexpr std::chrono::hours lifetime_of_authority{24 * 3652};
constexpr std::size_t longest_node_name = 63;

std::int64_t unix_s(std::chrono::system_clock::time_point when) {
  return std::chrono::duration_cast<std::chrono::seconds>(when.time_since_epoch()).count();
}

void make_folder(const fs::path& folder) {
  std::error_code why;
  fs::create_directories(folder.has_parent_path() ? folder.parent_path() : fs::path{"."}, why);
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
    throw certificate_error{folder.string() + " cannot be made: " +
                                std::error_code{errno, std::generic_category()}.message(),
                            "name a folder that can be written"};
}

/// Held until the descriptor is closed, so by no process that has ended.
int lock(const fs::path& folder) {
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd >= 0 && ::flock(fd, LOCK_EX) == 0)
    return fd;
  const auto why = std::error_code{errno, std::generic_category()}.message();
  if (fd >= 0)
    ::close(fd);
  throw certificate_error{folder.string() + " cannot be used: " + why,
                          "name the folder of an authority, or make one with init-ca"};
}

std::vector<issued> lines_of(const std::string& text) {
  std::vector<issued> all;
  std::istringstream in{text};
  for (std::string line; std::getline(in, line);) {
    std::istringstream words{line};
    issued one;
    if (!(words >> one.serial >> one.node >> one.ends_unix_s >> one.revoked_unix_s))
      throw certificate_error{"\"" + line + "\" is no line of an authority's certificates",
                              "restore the file \"issued\" from a copy"};
    all.push_back(std::move(one));
  }
  return all;
}

} // namespace

bool is_node_name(const std::string& name) {
  const auto fits = [](unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  };
  return !name.empty() && name.size() <= longest_node_name && std::ranges::all_of(name, fits) &&
         name.front() != '-' && name.front() != '.' && name.back() != '-' && name.back() != '.' &&
         name.find("..") == std::string::npos;
}

bool is_address(const std::string& text) {
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  return ::inet_pton(AF_INET, text.c_str(), bytes.data()) == 1 ||
         ::inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1;
}

authority authority::make(const fs::path& folder) {
  make_folder(folder);
  {
    const int locked = lock(folder);
    const struct unlock {
      int fd;
      ~unlock() { ::close(fd); }
    } at_the_end{locked};
    if (fs::exists(folder / "ca.key") || fs::exists(folder / "ca.pem"))
      throw certificate_error{folder.string() + " has an authority already",
                              "use that one, or name another folder: nodes of two authorities do "
                              "not believe each other"};
    const auto key = new_key();
    const auto own =
        sign_authority("video-doc cluster authority", key, from_now(lifetime_of_authority));
    write_file(folder / "issued", "", for_owner);
    write_file(folder / "crl.pem",
               to_pem(sign_list({}, 1, {own, key}, from_now(lifetime_of_authority))), for_all);
    write_file(folder / "ca.key", to_pem(key), for_owner);
    write_file(folder / "ca.pem", to_pem(own), for_all);
  }
  return authority{folder};
}

authority::authority(fs::path folder) : folder_{std::move(folder)}, locked_{lock(folder_)} {
  try {
    key_ = key_in(read_file(file("ca.key")));
    own_ = certificate_in(read_file(file("ca.pem")));
    if (!key_ || !own_)
      throw certificate_error{folder_.string() + " has files that are no authority's",
                              "restore ca.key and ca.pem from a copy"};
    std::error_code missing; // is said by who reads it
    if (fs::file_size(file("issued"), missing) != 0)
      all_ = lines_of(read_file(file("issued")));
  } catch (...) {
    ::close(locked_);
    throw;
  }
}

authority::authority(authority&& other) noexcept
    : folder_{std::move(other.folder_)}, locked_{std::exchange(other.locked_, -1)},
      key_{std::move(other.key_)}, own_{std::move(other.own_)}, all_{std::move(other.all_)} {}

authority::~authority() {
  if (locked_ >= 0)
    ::close(locked_);
}

issued authority::issue(const subject& who, std::chrono::seconds lifetime, const fs::path& into) {
  auto names = who.dns;
  names.push_back(who.name);
  for (const auto& name : names)
    if (!is_node_name(name))
      throw certificate_error{"\"" + name + "\" cannot be the name of a node",
                              "use lower-case letters, digits, \"-\" and \".\", at most 63"};
  for (const auto& ip : who.ip)
    if (!is_address(ip))
      throw certificate_error{"\"" + ip + "\" is no address", "give an IPv4 or IPv6 address"};
  const auto key = new_key();
  auto when = from_now(lifetime);
  when.until = std::min(when.until, end_of(own_));
  const auto made = sign_peer(who, key, {own_, key_}, when);
  all_.push_back({serial_of(made), who.name, unix_s(when.until), 0});
  write_issued(); // what is not known cannot be revoked, so this is first
  make_folder(into);
  write_file(into / "ca.pem", to_pem(own_), for_all);
  write_file(into / "crl.pem", read_file(file("crl.pem")), for_all);
  write_file(into / "node.key", to_pem(key), for_owner);
  write_file(into / "node.pem", to_pem(made), for_all);
  return all_.back();
}

std::vector<issued> authority::revoke(const std::string& node_or_serial) {
  auto serial = node_or_serial;
  std::ranges::transform(serial, serial.begin(), [](unsigned char c) { return std::toupper(c); });
  const auto is_meant = [&](const issued& it) {
    return it.node == node_or_serial || it.serial == serial;
  };
  if (std::ranges::none_of(all_, is_meant))
    throw certificate_error{folder_.string() + " has issued nothing for " + node_or_serial,
                            "name a node, or a serial from the file \"issued\""};
  std::vector<issued> listed;
  for (auto& it : all_)
    if (is_meant(it) && it.revoked_unix_s == 0) {
      it.revoked_unix_s = unix_s(std::chrono::system_clock::now());
      listed.push_back(it);
    }
  write_issued();
  write_list();
  return listed;
}

void authority::write_list() const {
  std::vector<revoked> all;
  for (const auto& it : all_)
    if (it.revoked_unix_s != 0)
      all.push_back({it.serial, it.revoked_unix_s});
  // Valid as long as the authority: a list that nobody renewed must not stop a cluster.
  const auto number = static_cast<std::int64_t>(all.size()) + 1;
  write_file(file("crl.pem"),
             to_pem(sign_list(all, number, {own_, key_}, from_now(lifetime_of_authority))),
             for_all);
}

void authority::write_issued() const {
  std::ostringstream out;
  for (const auto& it : all_)
    out << it.serial << ' ' << it.node << ' ' << it.ends_unix_s << ' ' << it.revoked_unix_s << '\n';
  write_file(file("issued"), out.str(), for_owner);
}

} // namespace vdoc::membership
