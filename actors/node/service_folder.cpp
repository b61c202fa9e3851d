#include "actors/node/service_folder.hpp"

#include "cluster/ledger/job_id.hpp"
#include "pipelines/fault.hpp"

#include <cerrno>
#include <fstream>
#include <string>
#include <system_error>
#include <unistd.h>

namespace vdoc::node {

namespace fs = std::filesystem;

service_folder::service_folder(const fs::path& path) : path_{fs::absolute(path)} {
  std::error_code wrong;
  fs::create_directories(jobs(), wrong);
  if (!wrong)
    return;
  throw failure{{culprit::peer, path_.string() + " cannot be used: " + wrong.message(),
                 "choose another folder with --data", ""}};
}

/// The first of several nodes that begin at the same moment names it: a link is made once.
std::string service_folder::id() const {
  const auto file = path_ / "folder.id";
  const auto made = ledger::new_job_id();
  const auto aside = path_ / ("folder.id." + made);
  if (!fs::exists(file)) {
    std::ofstream{aside} << made;
    std::ignore = ::link(aside.c_str(), file.c_str());
    ::unlink(aside.c_str());
  }
  std::string id;
  std::getline(std::ifstream{file}, id);
  return id;
}

} // namespace vdoc::node
