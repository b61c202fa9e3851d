#include "net/zmq/key_files.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <fstream>
#include <map>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <zmq.h>

namespace vdoc::net {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t key_length = 40;
constexpr mode_t mine_alone = 0600;

std::string reason() {
  return std::error_code{errno, std::generic_category()}.message();
}

/// A new file, on the disk before anybody hears of it.
void write_new(const fs::path& file, const std::string& text, mode_t mode) {
  const int out = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  if (out < 0)
    throw bad_key_file{file.string() + " cannot be made: " + reason()};
  const bool written =
      ::write(out, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
      ::fsync(out) == 0;
  const auto why = reason();
  ::close(out);
  if (written)
    return;
  ::unlink(file.c_str());
  throw bad_key_file{file.string() + " cannot be written: " + why};
}

/// Lines of name = "value"; # begins a comment.
std::map<std::string, std::string> values_in(const fs::path& file) {
  std::ifstream in{file};
  if (!in)
    throw bad_key_file{file.string() + " cannot be read: " + reason()};
  std::map<std::string, std::string> values;
  for (std::string line; std::getline(in, line);) {
    const auto name = line.substr(0, line.find_first_of(" ="));
    const auto begin = line.find('"');
    const auto end = line.rfind('"');
    if (!line.starts_with('#') && begin != std::string::npos && end > begin)
      values[name] = line.substr(begin + 1, end - begin - 1);
  }
  return values;
}

void refuse_if_others_read(const fs::path& file) {
  struct stat how {};
  if (::stat(file.c_str(), &how) == 0 && (how.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    throw bad_key_file{file.string() +
                       " can be read by others: chmod 600 it, and make a new key if "
                       "somebody has seen it"};
}

key_pair kept_pair(const fs::path& file, const std::string& server_key, const std::string& who) {
  if (fs::exists(file))
    return read_key_file(file).mine;
  auto fresh = new_key_pair();
  write_key_file(file, {fresh, server_key.empty() ? fresh.public_key : server_key}, who);
  return fresh;
}

} // namespace

key_pair new_key_pair() {
  std::array<char, key_length + 1> open{}, secret{};
  if (zmq_curve_keypair(open.data(), secret.data()) != 0)
    throw std::runtime_error{"libzmq was built without CURVE"};
  return {open.data(), secret.data()};
}

key_file read_key_file(const fs::path& file) {
  const auto values = values_in(file);
  refuse_if_others_read(file);
  const auto value = [&](const char* name) {
    const auto found = values.find(name);
    if (found == values.end() || found->second.size() != key_length)
      throw bad_key_file{file.string() + " has no " + name + " of 40 characters"};
    return found->second;
  };
  return {{value("public_key"), value("secret_key")}, value("server_key")};
}

void write_key_file(const fs::path& file, const key_file& what, const std::string& who) {
  write_new(file,
            "# " + who + "\npublic_key = \"" + what.mine.public_key + "\"\nsecret_key = \"" +
                what.mine.secret_key + "\"\nserver_key = \"" + what.server_key + "\"\n",
            mine_alone);
}

service_keys keys_in(const fs::path& folder) {
  std::error_code ignored; // what cannot be made shows at the first file
  fs::create_directories(folder, ignored);
  service_keys all;
  all.service = kept_pair(folder / "service.key", "", "the service itself");
  all.admin = kept_pair(folder / "admin.key", all.service.public_key,
                        "whoever administers the service on this machine");
  constexpr mode_t for_everybody = 0644;
  if (const auto open = folder / "service.pub"; !fs::exists(open))
    write_new(open, all.service.public_key + "\n", for_everybody);
  return all;
}

} // namespace vdoc::net
