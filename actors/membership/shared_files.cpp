#include "actors/membership/shared_files.hpp"

#include "cluster/membership/certificate_error.hpp"
#include "cluster/membership/safe_file.hpp"

#include <stdexcept>
#include <system_error>

namespace vdoc::membership {

namespace fs = std::filesystem;

shared_files::shared_files(const fs::path& folder, const std::string& nonce)
    : original_{folder / "cluster" / nonce}, secret_{"video-doc " + nonce + "\n"} {
  std::error_code wrong;
  fs::remove_all(original_.parent_path(), wrong); // of a leader that was killed
  fs::create_directories(original_.parent_path(), wrong);
  try {
    write_file(original_, secret_, for_owner);
  } catch (const certificate_error& why) {
    throw std::runtime_error{why.what()};
  }
}

fs::path shared_files::next_copy() {
  auto copy = original_;
  copy += "." + std::to_string(++copies_);
  return copy;
}

bool shared_files::take(const fs::path& copy) const {
  std::string found;
  try {
    found = read_file(copy);
  } catch (const certificate_error&) {
    return false; // it is not there, or not readable
  }
  std::error_code ignored;
  fs::remove(copy, ignored);
  return found == secret_;
}

std::string copy_shared_file(const fs::path& from, const fs::path& to) {
  try {
    write_file(to, read_file(from), for_all);
    return "";
  } catch (const certificate_error& why) {
    return why.what();
  }
}

} // namespace vdoc::membership
