#pragma once

#include "cluster/artefacts/store.hpp"
#include "net/s3/s3_place.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace vdoc::net {

/// How long one request may take over what.
struct s3_patience {
  std::chrono::milliseconds connect{3'000};
  std::chrono::seconds without_progress{15}; ///< not a thousand bytes a second, or no answer
  std::chrono::seconds in_all{60};           ///< of all but an upload
};

/// A request, to be signed.
struct s3_request {
  std::string method; ///< "GET", "HEAD", "PUT", "DELETE"
  std::string url;    ///< encoded; a query in the order of its names, since libcurl signs it as is
  std::vector<std::pair<std::string, std::string>> headers = {}; ///< signed, too
  std::string range = {};                                        ///< "0-99"
  std::filesystem::path body = {};                               ///< of a PUT
  std::string body_sha256 = {}; ///< in hex; empty: there is no body
  std::uint64_t body_bytes = 0;
  std::size_t largest_answer = 16UL * 1'024 * 1'024; ///< bytes
};

struct s3_answer {
  long status = 0;
  std::string body;
  std::string etag;
  std::string encryption;   ///< x-amz-server-side-encryption, and whether with own keys
  std::uint64_t length = 0; ///< Content-Length
  std::int64_t modified_unix_s = 0;
};

/// A connection to an S3 server that is kept for the next request: libcurl, with its signature
/// version 4. Proxies are those of the environment. One thread at a time.
class s3_connection {
public:
  s3_connection(s3_credentials who, const std::string& region, s3_patience patience);
  s3_connection(const s3_connection&) = delete;
  s3_connection& operator=(const s3_connection&) = delete;
  ~s3_connection();

  /// The answer, whatever its status. Throws artefacts::store_error when there is none.
  s3_answer ask(const s3_request& what, const artefacts::still_wanted& wanted = {});

private:
  struct inside;
  std::unique_ptr<inside> inside_;
};

} // namespace vdoc::net
