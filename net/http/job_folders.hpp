#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace vdoc::net {

/// Where jobs have their results and whose they are, as the desk has said it: a player asks for one
/// small file after the other. Neither changes as long as there is the job.
class job_folders {
public:
  struct place {
    std::string folder;
    std::string tenant;
  };

  [[nodiscard]] const place* find(const std::string& job_id) const {
    const auto found = all_.find(job_id);
    return found == all_.end() ? nullptr : &found->second;
  }
  void put(const std::string& job_id, place where) {
    if (all_.size() >= most)
      all_.clear();
    all_.insert_or_assign(job_id, std::move(where));
  }

private:
  static constexpr std::size_t most = 4'096;
  std::map<std::string, place> all_;
};

} // namespace vdoc::net
