#pragma once

#include "net/site/site_client.hpp"

#include <nlohmann/json_fwd.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace vdoc::node {

/// Whether that is where a service answers HTTP.
bool is_site(const std::string& endpoint);

/// What is given to a service over HTTP.
struct site_submission {
  net::web_site where;
  std::chrono::milliseconds patience{10'000};
  std::vector<std::string> sources;                              ///< files of this machine, or URLs
  std::function<nlohmann::json(const std::string& source)> wish; ///< as /api/v1/jobs takes it
  double most_mbit_per_s = 0;                                    ///< 0: as fast as it goes
  bool json = false;
};

/// Gives the jobs, one after the other, and uploads their files; prints their ids. An upload that
/// was cut off goes on. Gives the ids of those that are taken, and complains of the others.
std::vector<std::string> submit_to(const site_submission& what);

/// The job as it is. Throws `refused`.
nlohmann::json job_at(net::site_client& of, const std::string& id);

} // namespace vdoc::node
