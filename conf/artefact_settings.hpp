#pragma once

#include <string>

namespace vdoc::conf {

/// Where results of `video-doc serve` are kept for good.
struct artefact_settings {
  std::string store;
  std::string endpoint;
  std::string region = "us-east-1";
  std::string fallback;
  std::string fallback_endpoint;
  std::string fallback_region = "us-east-1";
  std::string local_copies = "keep";
};

} // namespace vdoc::conf
