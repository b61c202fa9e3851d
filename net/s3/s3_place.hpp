#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace vdoc::net {

/// Who asks. Never shown anywhere.
struct s3_credentials {
  std::string key_id;
  std::string secret;
  std::string session_token; ///< empty: none
};

/// Where a bucket is, and what in it is ours.
struct s3_place {
  std::string bucket;
  std::string prefix;   ///< of all keys; empty, or without a slash at either end
  std::string endpoint; ///< "http://127.0.0.1:4568"; empty: Amazon's
  std::string region = "us-east-1";
};

/// Reads "s3://bucket/some/prefix". Throws artefacts::store_error when it is something else, or
/// when the endpoint is no http or https URL without a path.
s3_place s3_place_in(std::string_view url, std::string endpoint, std::string region);

/// Every byte but letters, digits and "-._~" as %XX, as SigV4 wants it; with `slashes` these stay.
std::string s3_encoded(std::string_view text, bool slashes);

/// The URL of an object, or with an empty key of the bucket: "https://bucket.s3.region..." at
/// Amazon, and elsewhere, or where the name has dots and no certificate fits, "endpoint/bucket".
/// The prefix is not added.
std::string s3_url(const s3_place& where, const std::string& key);

/// What stands between <name> and </name>, from `at` on, which is set behind it; entities are
/// resolved. False: nothing more. Enough for answers of S3, which have no attributes or nesting
/// where we look.
bool s3_text_in(std::string_view xml, std::string_view name, std::size_t& at, std::string& text);

} // namespace vdoc::net
