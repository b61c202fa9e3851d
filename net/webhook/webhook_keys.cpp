#include "net/webhook/webhook_keys.hpp"

#include "net/http/spool_file.hpp"
#include "net/log/log.hpp"

#include <fstream>
#include <stdexcept>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace vdoc::net {

namespace {

constexpr std::size_t most_keys = 2;

[[noreturn]] void fail(const std::filesystem::path& file, const std::string& why) {
  throw std::runtime_error{file.string() + ": " + why};
}

/// One a line, some at most.
std::vector<webhook_secret> secrets_in(const std::filesystem::path& file, std::size_t most) {
  std::ifstream in{file};
  std::vector<webhook_secret> all;
  for (std::string line; std::getline(in, line);) {
    line.erase(line.find_last_not_of(" \r") + 1);
    if (line.empty())
      continue;
    const auto secret = webhook_secret::read(line);
    if (!secret)
      fail(file, "each line has to be whsec_ and base64 of 24 to 64 bytes");
    all.push_back(*secret);
  }
  if (all.empty() || all.size() > most)
    fail(file, all.empty() ? "cannot be read, or is empty" : "has too many lines");
  return all;
}

} // namespace

webhook_keys::webhook_keys(std::filesystem::path file, std::filesystem::path shared)
    : file_{std::move(file)}, shared_{std::move(shared)} {
  if (!std::filesystem::exists(file_))
    write({webhook_secret::make()});
  known_ = read();
}

webhook_keys::valid webhook_keys::read() const {
  valid now{secrets_in(file_, most_keys), {}};
  if (std::filesystem::exists(shared_))
    now.shared = secrets_in(shared_, 1);
  return now;
}

void webhook_keys::write(const std::vector<webhook_secret>& keys) const {
  std::string text;
  for (const auto& each : keys)
    text += each.written() + "\n";
  spool_file into{file_, spool_file::readers::owner};
  into.write(text.data(), text.size());
  into.publish();
}

std::vector<webhook_secret> webhook_keys::secrets_of(const std::string& tenant) {
  const std::scoped_lock lock{mutex_};
  try {
    known_ = read();
  } catch (const std::exception& wrong) {
    log::say(log::level::warning, "the keys of webhooks cannot be read; those of before are used",
             {{"cause", wrong.what()}});
  }
  std::vector<webhook_secret> all;
  for (const auto& each : known_.keys)
    all.push_back(each.of_tenant(tenant));
  all.insert(all.end(), known_.shared.begin(), known_.shared.end());
  return all;
}

bool webhook_keys::rotating() const {
  const auto now = read();
  return now.keys.size() + now.shared.size() > 1;
}

void webhook_keys::check_owner() const {
  struct stat it {};
  if (::stat(file_.c_str(), &it) != 0 || it.st_uid != ::geteuid())
    fail(file_, "is somebody else's: this takes the user by whom the service runs");
}

void webhook_keys::rotate() {
  check_owner();
  if (rotating())
    fail(file_, "two secrets of each tenant are valid already");
  write({webhook_secret::make(), read().keys.front()});
}

void webhook_keys::retire() {
  check_owner();
  if (const auto now = read(); now.keys.size() > 1)
    write({now.keys.front()});
  std::filesystem::remove(shared_);
}

} // namespace vdoc::net
