#pragma once

#include "cluster/desk/desk.hpp"
#include "cluster/dispatch/urgency.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace vdoc::desk {

enum class job_kind : std::uint8_t {
  video,
  noop, ///< goes all the way and does nothing: to measure, and to try a set-up
};

/// What a job's spec (`ledger::job::spec`) says. What it does not say is as the service's settings
/// say when the job runs.
struct job_options {
  job_kind kind = job_kind::video;
  /// Values of the section [run] of the settings, by key: {"ladder": "1080,720", "crf": "21"}.
  std::map<std::string, std::string> run;
  std::int64_t soft_limit_s = 0;  ///< 0: none
  std::int64_t hard_limit_s = 0;  ///< 0: as the service says
  std::int64_t attempts = 0;      ///< 0: as the service says
  std::vector<std::string> needs; ///< words that nodes have to offer to work for it
  dispatch::urgency urgency = dispatch::urgency::batch;
  bool fresh = false; ///< results of earlier jobs are not good enough

  friend bool operator==(const job_options&, const job_options&) = default;
};

struct parsed_options {
  verdict how;
  job_options what;
};

/// The object "spec" of cluster/desk/submission.hpp, which may also hold "kind". Unknown fields,
/// wrong types and values that the settings do not allow are refused by name.
parsed_options parse_options(std::string_view json, std::size_t most_bytes = 65'536);

/// As it is stored: equal options, equal texts. "" when nothing is said.
std::string to_spec(const job_options& what);

/// What is stored, back. What cannot be read counts as not said.
job_options options_of(const std::string& spec);

} // namespace vdoc::desk
