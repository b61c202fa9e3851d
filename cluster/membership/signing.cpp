#include "cluster/membership/signing.hpp"

#include "cluster/membership/certificate_error.hpp"

#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <array>
#include <ctime>

namespace vdoc::membership {

namespace {

template <auto Free> struct freed_by {
  template <class T> void operator()(T* what) const noexcept { Free(what); }
};
using bio_pointer = std::unique_ptr<BIO, freed_by<BIO_free>>;
using bignum_pointer = std::unique_ptr<BIGNUM, freed_by<BN_free>>;
using integer_pointer = std::unique_ptr<ASN1_INTEGER, freed_by<ASN1_INTEGER_free>>;
using time_pointer = std::unique_ptr<ASN1_TIME, freed_by<ASN1_TIME_free>>;
using extension_pointer = std::unique_ptr<X509_EXTENSION, freed_by<X509_EXTENSION_free>>;
using entry_pointer = std::unique_ptr<X509_REVOKED, freed_by<X509_REVOKED_free>>;

void require(bool good, const std::string& what) {
  if (good)
    return;
  std::array<char, 256> why{};
  ERR_error_string_n(ERR_get_error(), why.data(), why.size());
  throw certificate_error{what + ": " + why.data(), "this is OpenSSL's word on it"};
}

void extend(const certificate& made, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, made.get(), nullptr, nullptr, 0);
  const extension_pointer extension{X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str())};
  require(extension && X509_add_ext(made.get(), extension.get(), -1) == 1,
          "a certificate cannot say \"" + value + "\"");
}

std::time_t seconds_of(std::chrono::system_clock::time_point when) {
  return std::chrono::system_clock::to_time_t(when);
}

/// All that authority and peer have in common.
certificate begin(const std::string& name, const private_key& key, const validity& when) {
  certificate made{X509_new()};
  auto* it = made.get();
  require(it != nullptr && X509_set_version(it, X509_VERSION_3) == 1, "no certificate");
  std::uint64_t serial = 0;
  require(RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial) == 1, "no chance");
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(it), (serial >> 1) | 1);
  require(ASN1_TIME_set(X509_getm_notBefore(it), seconds_of(when.from)) != nullptr &&
              ASN1_TIME_set(X509_getm_notAfter(it), seconds_of(when.until)) != nullptr,
          "no such time");
  require(X509_NAME_add_entry_by_txt(X509_get_subject_name(it), "CN", MBSTRING_UTF8,
                                     reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1,
                                     0) == 1,
          "\"" + name + "\" cannot be a certificate's name");
  require(X509_set_pubkey(it, key.get()) == 1, "the key does not fit");
  return made;
}

void sign(const certificate& made, X509* issuer, const private_key& key) {
  X509_set_issuer_name(made.get(), X509_get_subject_name(issuer));
  require(X509_sign(made.get(), key.get(), EVP_sha256()) > 0, "no signature");
}

template <class Write> std::string pem_of(Write write) {
  const bio_pointer out{BIO_new(BIO_s_mem())};
  require(out && write(out.get()) == 1, "no PEM text");
  char* text = nullptr;
  const auto size = BIO_get_mem_data(out.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

template <class Read> auto read_pem(const std::string& pem, Read read) {
  const bio_pointer in{BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))};
  auto* found = read(in.get());
  ERR_clear_error(); // CAF takes what is left there for an error of a connection
  return found;
}

/// A key with a passphrase is none for us, rather than a question on the terminal.
int no_passphrase(char* /*into*/, int /*size*/, int /*writing*/, void* /*of*/) {
  return -1;
}

} // namespace

void freed::operator()(evp_pkey_st* what) const noexcept {
  EVP_PKEY_free(what);
}
void freed::operator()(x509_st* what) const noexcept {
  X509_free(what);
}
void freed::operator()(X509_crl_st* what) const noexcept {
  X509_CRL_free(what);
}

validity from_now(std::chrono::seconds lifetime) {
  const auto now = std::chrono::system_clock::now();
  return {now - std::chrono::hours{1}, now + lifetime};
}

private_key new_key() {
  private_key key{EVP_EC_gen("P-256")};
  require(key != nullptr, "no key");
  return key;
}

certificate sign_authority(const std::string& name, const private_key& key, const validity& when) {
  auto made = begin(name, key, when);
  X509_set_issuer_name(made.get(), X509_get_subject_name(made.get()));
  extend(made, made.get(), NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
  extend(made, made.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
  extend(made, made.get(), NID_subject_key_identifier, "hash");
  sign(made, made.get(), key);
  return made;
}

certificate sign_peer(const subject& who, const private_key& key, const signer& by,
                      const validity& when) {
  auto made = begin(who.name, key, when);
  auto* issuer = by.own.get();
  std::string names = "DNS:" + who.name;
  for (const auto& dns : who.dns)
    if (dns != who.name)
      names += ",DNS:" + dns;
  for (const auto& ip : who.ip)
    names += ",IP:" + ip;
  extend(made, issuer, NID_basic_constraints, "critical,CA:FALSE");
  extend(made, issuer, NID_key_usage, "critical,digitalSignature");
  extend(made, issuer, NID_ext_key_usage, "serverAuth,clientAuth");
  extend(made, issuer, NID_subject_key_identifier, "hash");
  extend(made, issuer, NID_authority_key_identifier, "keyid");
  extend(made, issuer, NID_subject_alt_name, names);
  sign(made, issuer, by.key);
  return made;
}

revocation_list sign_list(const std::vector<revoked>& all, std::int64_t number, const signer& by,
                          const validity& when) {
  revocation_list made{X509_CRL_new()};
  auto* it = made.get();
  require(it != nullptr && X509_CRL_set_version(it, X509_CRL_VERSION_2) == 1 &&
              X509_CRL_set_issuer_name(it, X509_get_subject_name(by.own.get())) == 1,
          "no revocation list");
  const time_pointer from{ASN1_TIME_set(nullptr, seconds_of(when.from))};
  const time_pointer until{ASN1_TIME_set(nullptr, seconds_of(when.until))};
  require(X509_CRL_set1_lastUpdate(it, from.get()) == 1 &&
              X509_CRL_set1_nextUpdate(it, until.get()) == 1,
          "no such time");
  for (const auto& one : all) {
    BIGNUM* read = nullptr;
    require(BN_hex2bn(&read, one.serial.c_str()) == static_cast<int>(one.serial.size()),
            one.serial + " is no serial");
    const bignum_pointer value{read};
    const integer_pointer serial{BN_to_ASN1_INTEGER(read, nullptr)};
    const time_pointer at{ASN1_TIME_set(nullptr, static_cast<std::time_t>(one.at_unix_s))};
    entry_pointer entry{X509_REVOKED_new()};
    require(entry && X509_REVOKED_set_serialNumber(entry.get(), serial.get()) == 1 &&
                X509_REVOKED_set_revocationDate(entry.get(), at.get()) == 1 &&
                X509_CRL_add0_revoked(it, entry.get()) == 1,
            one.serial + " cannot be listed");
    static_cast<void>(entry.release()); // the list's own now
  }
  const integer_pointer order{ASN1_INTEGER_new()};
  require(ASN1_INTEGER_set_int64(order.get(), number) == 1 &&
              X509_CRL_add1_ext_i2d(it, NID_crl_number, order.get(), 0, 0) == 1,
          "no number for the list");
  X509_CRL_sort(it);
  require(X509_CRL_sign(it, by.key.get(), EVP_sha256()) > 0, "no signature");
  return made;
}

std::string to_pem(const private_key& key) {
  return pem_of([&](BIO* out) {
    return PEM_write_bio_PKCS8PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  });
}
std::string to_pem(const certificate& what) {
  return pem_of([&](BIO* out) { return PEM_write_bio_X509(out, what.get()); });
}
std::string to_pem(const revocation_list& what) {
  return pem_of([&](BIO* out) { return PEM_write_bio_X509_CRL(out, what.get()); });
}

private_key key_in(const std::string& pem) {
  return private_key{read_pem(
      pem, [](BIO* in) { return PEM_read_bio_PrivateKey(in, nullptr, no_passphrase, nullptr); })};
}
certificate certificate_in(const std::string& pem) {
  return certificate{read_pem(
      pem, [](BIO* in) { return PEM_read_bio_X509(in, nullptr, no_passphrase, nullptr); })};
}
revocation_list list_in(const std::string& pem) {
  return revocation_list{read_pem(
      pem, [](BIO* in) { return PEM_read_bio_X509_CRL(in, nullptr, no_passphrase, nullptr); })};
}

std::string serial_of(const certificate& what) {
  const bignum_pointer value{ASN1_INTEGER_to_BN(X509_get0_serialNumber(what.get()), nullptr)};
  const std::unique_ptr<char, void (*)(char*)> text{BN_bn2hex(value.get()),
                                                    [](char* each) { OPENSSL_free(each); }};
  require(text != nullptr, "no serial");
  return text.get();
}

std::chrono::system_clock::time_point end_of(const certificate& what) {
  std::tm parts{};
  require(ASN1_TIME_to_tm(X509_get0_notAfter(what.get()), &parts) == 1, "no such time");
  return std::chrono::system_clock::from_time_t(::timegm(&parts));
}

} // namespace vdoc::membership
