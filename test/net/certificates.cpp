#include "test/net/certificates.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <stdexcept>

namespace vdoc::test {

namespace {

template <class Write> std::string pem_of(Write write) {
  const std::unique_ptr<BIO, int (*)(BIO*)> memory{BIO_new(BIO_s_mem()), BIO_free};
  write(memory.get());
  char* bytes = nullptr;
  const auto size = BIO_get_mem_data(memory.get(), &bytes);
  return {bytes, static_cast<std::size_t>(size)};
}

void extend(X509* what, int kind, const std::string& value) {
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, kind, value.c_str());
  X509_add_ext(what, extension, -1);
  X509_EXTENSION_free(extension);
}

} // namespace

certificate make_certificate(const std::string& host) {
  const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key{EVP_EC_gen("P-256"), EVP_PKEY_free};
  const std::unique_ptr<X509, void (*)(X509*)> made{X509_new(), X509_free};
  X509_set_version(made.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(made.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(made.get()), -60);
  X509_gmtime_adj(X509_getm_notAfter(made.get()), 3600);
  X509_set_pubkey(made.get(), key.get());
  X509_NAME* name = X509_get_subject_name(made.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(host.c_str()), -1, -1, 0);
  X509_set_issuer_name(made.get(), name);
  extend(made.get(), NID_subject_alt_name, "DNS:" + host);
  extend(made.get(), NID_basic_constraints, "critical,CA:TRUE");
  if (X509_sign(made.get(), key.get(), EVP_sha256()) == 0)
    throw std::runtime_error{"cannot sign a certificate"};
  return {pem_of([&](BIO* out) { PEM_write_bio_X509(out, made.get()); }), pem_of([&](BIO* out) {
            PEM_write_bio_PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
          })};
}

std::unique_ptr<GTlsCertificate, void (*)(void*)> certificate::for_server() const {
  const std::string both = certificate_pem + key_pem;
  GError* error = nullptr;
  auto* made = g_tls_certificate_new_from_pem(both.c_str(), -1, &error);
  if (error != nullptr)
    throw std::runtime_error{error->message};
  return {made, g_object_unref};
}

} // namespace vdoc::test
