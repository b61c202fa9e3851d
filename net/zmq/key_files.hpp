#pragma once

#include <filesystem>
#include <stdexcept>
#include <string>

namespace vdoc::net {

/// A pair of CURVE keys, each 40 characters of Z85.
struct key_pair {
  std::string public_key;
  std::string secret_key;
};
/// Throws std::runtime_error when libzmq has no CURVE.
key_pair new_key_pair();

/// What a client needs to get in, as it is kept in a file:
///
///     # who this is
///     public_key = "..."
///     secret_key = "..."
///     server_key = "..."      of the service that it is for
struct key_file {
  key_pair mine;
  std::string server_key;
};

/// The file cannot be used: it is missing, is not of that form, or others may read it.
class bad_key_file : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

/// Throws `bad_key_file`.
key_file read_key_file(const std::filesystem::path& file);
/// Only its owner may read it. Throws `bad_key_file`; never writes over another file.
void write_key_file(const std::filesystem::path& file, const key_file& what,
                    const std::string& who);

/// The service's own pair, and one for whoever administers it on this machine: both made in the
/// folder when they are not there. `service.pub` beside them has the public key alone.
struct service_keys {
  key_pair service;
  key_pair admin;
};
/// Throws `bad_key_file`.
service_keys keys_in(const std::filesystem::path& folder);

} // namespace vdoc::net
