#include "actors/node/certificates.hpp"

#include "pipelines/fault.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <array>
#include <cstdio>
#include <fcntl.h>
#include <fstream>
#include <string>
#include <sys/file.h>
#include <unistd.h>

namespace vdoc::node {

namespace fs = std::filesystem;

namespace {

template <auto Free> struct freed_by {
  template <class T> void operator()(T* what) const noexcept { Free(what); }
};
using key_pointer = std::unique_ptr<EVP_PKEY, freed_by<EVP_PKEY_free>>;
using certificate_pointer = std::unique_ptr<X509, freed_by<X509_free>>;
using extension_pointer = std::unique_ptr<X509_EXTENSION, freed_by<X509_EXTENSION_free>>;
using context_pointer = std::unique_ptr<SSL_CTX, freed_by<SSL_CTX_free>>;
using bio_pointer = std::unique_ptr<BIO, freed_by<BIO_free>>;

constexpr std::chrono::hours lifetime{24};
constexpr std::string_view folder_prefix = "video-doc-tls-";

[[noreturn]] void fail(const std::string& what) {
  std::array<char, 256> why{};
  ERR_error_string_n(ERR_get_error(), why.data(), why.size());
  throw failure{{culprit::ours, "the node's certificates cannot be made: " + what,
                 "check the free space and permissions of the temporary directory", why.data()}};
}

void require(bool good, const char* what) {
  if (!good)
    fail(what);
}

key_pointer new_key() {
  key_pointer key{EVP_EC_gen("P-256")};
  require(key != nullptr, "no key");
  return key;
}

void extend(X509* certificate, X509* issuer, int nid, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const extension_pointer extension{X509V3_EXT_conf_nid(nullptr, &context, nid, value)};
  require(extension && X509_add_ext(certificate, extension.get(), -1) == 1, "extension");
}

/// A certificate for `key`; signed by itself when there is no issuer.
certificate_pointer sign(EVP_PKEY* key, const char* name, X509* issuer, EVP_PKEY* issuer_key) {
  certificate_pointer made{X509_new()};
  auto* it = made.get();
  require(it != nullptr && X509_set_version(it, X509_VERSION_3) == 1, "no certificate");
  std::uint64_t serial = 0;
  require(RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial) == 1, "no chance");
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(it), serial >> 1);
  const auto seconds = std::chrono::seconds{lifetime}.count();
  constexpr long clocks_differ_s = 3600;
  constexpr long authority_lives_times = 3650;
  X509_gmtime_adj(X509_getm_notBefore(it), -clocks_differ_s);
  X509_gmtime_adj(X509_getm_notAfter(it),
                  issuer != nullptr ? seconds : seconds * authority_lives_times);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(it), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
  X509_set_issuer_name(it, X509_get_subject_name(issuer != nullptr ? issuer : it));
  require(X509_set_pubkey(it, key) == 1, "key does not fit");
  extend(it, issuer != nullptr ? issuer : it, NID_basic_constraints,
         issuer != nullptr ? "critical,CA:FALSE" : "critical,CA:TRUE,pathlen:0");
  extend(it, issuer != nullptr ? issuer : it, NID_key_usage,
         issuer != nullptr ? "critical,digitalSignature" : "critical,keyCertSign");
  require(X509_sign(it, issuer_key, EVP_sha256()) > 0, "no signature");
  return made;
}

/// Writes aside and renames, so that nobody ever reads half of it.
template <class Write> void write_pem(const fs::path& file, Write write) {
  const auto aside = fs::path{file} += ".new";
  const int fd = ::open(aside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  require(fd >= 0, aside.c_str());
  std::FILE* out = ::fdopen(fd, "w");
  const bool good = out != nullptr && write(out) == 1;
  require(out != nullptr && std::fclose(out) == 0 && good, aside.c_str());
  fs::rename(aside, file);
}

void write_certificate(const fs::path& file, X509* certificate) {
  write_pem(file, [&](std::FILE* out) { return PEM_write_X509(out, certificate); });
}

void write_key(const fs::path& file, EVP_PKEY* key) {
  write_pem(file, [&](std::FILE* out) {
    return PEM_write_PKCS8PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr);
  });
}

/// Holds a lock on a folder for as long as this process lives, however it ends.
int lock(const fs::path& folder) {
  const int fd = ::open((folder / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd >= 0 && ::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    ::close(fd);
    return -1;
  }
  return fd;
}

void sweep_left_behind(const fs::path& below) {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator{below, ignored}) {
    // A folder without its lock file is just being made by another node.
    if (!entry.path().filename().string().starts_with(folder_prefix) ||
        !fs::exists(entry.path() / "lock", ignored))
      continue;
    if (const int fd = lock(entry.path()); fd >= 0) {
      fs::remove_all(entry.path(), ignored);
      ::close(fd);
    }
  }
}

} // namespace

struct certificates::parts {
  fs::path folder;
  int locked = -1;
  key_pointer authority_key;
  certificate_pointer authority;
  std::chrono::system_clock::time_point signed_at;

  parts() = default;
  parts(const parts&) = delete;
  parts& operator=(const parts&) = delete;
  ~parts() {
    std::error_code ignored;
    if (!folder.empty())
      fs::remove_all(folder, ignored);
    if (locked >= 0)
      ::close(locked);
  }

  void sign_leaves() const {
    for (const char* name : {"node", "host"}) {
      const auto key = new_key();
      const auto leaf = sign(key.get(), name, authority.get(), authority_key.get());
      write_key(folder / (std::string{name} + ".key"), key.get());
      write_certificate(folder / (std::string{name} + ".pem"), leaf.get());
    }
  }
};

certificates::certificates() : parts_{std::make_unique<parts>()} {
  try {
    const auto below = fs::temp_directory_path();
    sweep_left_behind(below);
    auto pattern = (below / folder_prefix).string() + "XXXXXX";
    require(::mkdtemp(pattern.data()) != nullptr, pattern.c_str()); // mode 0700
    parts_->folder = pattern;
    parts_->locked = lock(parts_->folder);
    parts_->authority_key = new_key();
    parts_->authority = sign(parts_->authority_key.get(), "video-doc node authority", nullptr,
                             parts_->authority_key.get());
    write_certificate(parts_->folder / "ca.pem", parts_->authority.get());
    parts_->sign_leaves();
    parts_->signed_at = std::chrono::system_clock::now();
  } catch (const fs::filesystem_error& why) {
    fail(why.what());
  }
}

certificates::~certificates() = default;

const fs::path& certificates::folder() const noexcept {
  return parts_->folder;
}

credentials certificates::of_node() const {
  const auto& at = parts_->folder;
  return {at / "ca.pem", at / "node.pem", at / "node.key"};
}

void certificates::renew_if_due(std::chrono::system_clock::time_point now) {
  if (now - parts_->signed_at < lifetime / 2)
    return;
  parts_->sign_leaves();
  parts_->signed_at = now;
}

credentials of_host(const fs::path& folder) {
  return {folder / "ca.pem", folder / "host.pem", folder / "host.key"};
}

void check(const credentials& who) {
  const context_pointer context{SSL_CTX_new(TLS_method())};
  const auto refuse = [](const fs::path& file) {
    throw failure{{culprit::ours,
                   file.string() + " cannot be used for TLS",
                   "start the node again, it makes new certificates",
                   {}}};
  };
  if (SSL_CTX_load_verify_locations(context.get(), who.authority.c_str(), nullptr) != 1)
    refuse(who.authority);
  if (SSL_CTX_use_certificate_chain_file(context.get(), who.certificate.c_str()) != 1)
    refuse(who.certificate);
  if (SSL_CTX_use_PrivateKey_file(context.get(), who.key.c_str(), SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_check_private_key(context.get()) != 1)
    refuse(who.key);
}

} // namespace vdoc::node
