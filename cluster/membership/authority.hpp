#pragma once

#include "cluster/membership/signing.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace vdoc::membership {

/// A certificate that the authority has signed.
struct issued {
  std::string serial; ///< hexadecimal
  std::string node;
  std::int64_t ends_unix_s = 0;
  std::int64_t revoked_unix_s = 0; ///< 0: it holds
};

/// Whether a word can be the name of a node: lower-case letters, digits, "-" and ".", as in DNS, at
/// most 63 of them.
bool is_node_name(const std::string& name);
/// Whether that is an IPv4 or IPv6 address.
bool is_address(const std::string& text);

/// The certificate authority of a cluster: a folder that stays with whoever runs the cluster, and
/// never goes to a node.
///
///     ca.pem    its certificate, which every node needs
///     ca.key    its key (mode 0600)
///     crl.pem   the certificates that hold no more
///     issued    one line for each that it has signed: serial, node, end, when revoked (or 0)
///
/// One process at a time; another one waits. All of it throws certificate_error.
class authority {
public:
  /// Makes folder and authority, for ten years. Refused where there is one.
  static authority make(const std::filesystem::path& folder);
  /// Opens what `make` has left.
  explicit authority(std::filesystem::path folder);
  authority(authority&&) noexcept;
  authority& operator=(authority&&) = delete;
  ~authority();

  /// Signs a certificate with a new key and writes both into the folder `into`, with what else a
  /// node needs: node.key (mode 0600) first, then node.pem, ca.pem and crl.pem, each at once. A
  /// node that runs on these files takes them up when they belong together again.
  issued issue(const subject& who, std::chrono::seconds lifetime,
               const std::filesystem::path& into);

  /// Lists what a node has, or the one with that serial, as revoked, and writes crl.pem. Answers
  /// those that it has listed; none when all were before. Refused when it knows none.
  std::vector<issued> revoke(const std::string& node_or_serial);

  /// All that it has signed, oldest first.
  [[nodiscard]] const std::vector<issued>& all() const noexcept { return all_; }

private:
  void write_list() const;
  void write_issued() const;
  [[nodiscard]] std::filesystem::path file(const char* name) const { return folder_ / name; }

  std::filesystem::path folder_;
  int locked_ = -1;
  private_key key_;
  certificate own_;
  std::vector<issued> all_;
};

} // namespace vdoc::membership
