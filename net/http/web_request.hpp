#pragma once

#include <string_view>

namespace vdoc::net {

/// A request as it came, for as long as it is being read. Texts that were not sent are empty.
struct web_request {
  std::string_view method; ///< "HEAD" is "GET" here: what is sent of an answer is not our business
  std::string_view path;   ///< decoded: "/api/v1/jobs"
  std::string_view query;  ///< as it came, without the "?"
  std::string_view body;
  std::string_view content_type = {};
  std::string_view idempotency_key = {};
  std::string_view traceparent = {};
};

} // namespace vdoc::net
