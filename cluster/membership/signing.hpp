#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

struct evp_pkey_st;
struct x509_st;
struct X509_crl_st;

namespace vdoc::membership {

struct freed {
  void operator()(evp_pkey_st* what) const noexcept;
  void operator()(x509_st* what) const noexcept;
  void operator()(X509_crl_st* what) const noexcept;
};
using private_key = std::unique_ptr<evp_pkey_st, freed>;
using certificate = std::unique_ptr<x509_st, freed>;
using revocation_list = std::unique_ptr<X509_crl_st, freed>;

/// From when until when something holds.
struct validity {
  std::chrono::system_clock::time_point from;
  std::chrono::system_clock::time_point until;
};
/// Valid from now on; an hour is added before, as the clocks of machines differ.
validity from_now(std::chrono::seconds lifetime);

/// Who a certificate is for. The name is one of its DNS names too.
struct subject {
  std::string name;
  std::vector<std::string> dns = {};
  std::vector<std::string> ip = {};
};

/// A certificate that holds no more.
struct revoked {
  std::string serial; ///< hexadecimal
  std::int64_t at_unix_s = 0;
};

/// Who signs. Both are borrowed.
struct signer {
  const certificate& own;
  const private_key& key;
};

// P-256, ECDSA with SHA-256, X.509 version 3 (RFC 5280). All of them throw certificate_error, and
// work in any thread.

private_key new_key();
/// May sign peers and lists, and no other authorities.
certificate sign_authority(const std::string& name, const private_key& key, const validity& when);
/// For a server and for a client: a node is both. Serials are 63 bits by chance.
certificate sign_peer(const subject& who, const private_key& key, const signer& by,
                      const validity& when);
/// `number` is to grow from list to list (RFC 5280, 5.2.3).
revocation_list sign_list(const std::vector<revoked>& all, std::int64_t number, const signer& by,
                          const validity& when);

/// PEM, as its only text.
std::string to_pem(const private_key& key); ///< PKCS #8, not encrypted
std::string to_pem(const certificate& what);
std::string to_pem(const revocation_list& what);
/// Null when that is no such PEM text.
private_key key_in(const std::string& pem);
certificate certificate_in(const std::string& pem); ///< the first one
revocation_list list_in(const std::string& pem);

/// Hexadecimal, as `openssl x509 -serial` says it.
std::string serial_of(const certificate& what);
std::chrono::system_clock::time_point end_of(const certificate& what);

} // namespace vdoc::membership
