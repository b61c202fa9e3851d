#pragma once

#include "net/s3/s3_request.hpp"

namespace vdoc::net {

/// A bucket, or a part of it, as the store of results: Amazon S3, or a server that speaks its
/// protocol. Requests are signed with SigV4 (libcurl), uploads with the SHA-256 of their bytes, so
/// that a server which checks it refuses what was mangled on the way; of one that does not, the
/// ETag of the answer tells (it is the MD5, unless a key of the customer's encrypts). A file is
/// sent with a single PUT, which S3 takes up to 5 GB.
class s3_store final : public artefacts::store {
public:
  s3_store(s3_place where, s3_credentials who, s3_patience patience = {});

  void put(const std::string& key, const std::filesystem::path& file,
           const artefacts::still_wanted& wanted) override;
  std::optional<artefacts::object> look(const std::string& key) override;
  std::string read(const std::string& key, const std::string& etag, std::uint64_t first,
                   std::uint64_t length) override;
  std::vector<std::string> list(const std::string& prefix) override;
  void remove(const std::string& key) override;
  [[nodiscard]] std::string name() const override;

private:
  [[nodiscard]] std::string full(const std::string& key) const;
  /// Throws what a status that is no success means.
  void expect(const s3_answer& answer, const std::string& doing) const;

  s3_place where_;
  s3_connection connection_;
};

} // namespace vdoc::net
