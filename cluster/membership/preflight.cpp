#include "cluster/membership/preflight.hpp"

#include "cluster/membership/certificate_error.hpp"
#include "cluster/membership/safe_file.hpp"
#include "cluster/membership/signing.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <sys/stat.h>

namespace vdoc::membership {

namespace fs = std::filesystem;

namespace {

using clock = std::chrono::system_clock;

struct store_freed {
  void operator()(X509_STORE* what) const noexcept { X509_STORE_free(what); }
  void operator()(X509_STORE_CTX* what) const noexcept { X509_STORE_CTX_free(what); }
  void operator()(GENERAL_NAMES* what) const noexcept { GENERAL_NAMES_free(what); }
};

std::string day_of(const ASN1_TIME* when) {
  std::tm parts{};
  std::array<char, 32> text{};
  if (ASN1_TIME_to_tm(when, &parts) != 1)
    return "a time that cannot be read";
  std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S UTC", &parts);
  return text.data();
}

/// Whether `when` is after now; -1: it cannot be read, and counts as over.
bool is_after(const ASN1_TIME* when, clock::time_point now) {
  return ASN1_TIME_cmp_time_t(when, clock::to_time_t(now)) > 0;
}

/// The names that a certificate is for, for people.
std::string names_of(X509* of) {
  std::string all;
  const std::unique_ptr<GENERAL_NAMES, store_freed> names{
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(of, NID_subject_alt_name, nullptr, nullptr))};
  for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const auto* one = sk_GENERAL_NAME_value(names.get(), i);
    if (one->type != GEN_DNS)
      continue;
    const auto* text = ASN1_STRING_get0_data(one->d.dNSName);
    all += (all.empty() ? "" : ", ") +
           std::string(reinterpret_cast<const char*>(text),
                       static_cast<std::size_t>(ASN1_STRING_length(one->d.dNSName)));
  }
  return all.empty() ? "nobody" : all;
}

/// What was found out so far; its steps add problems.
class look {
public:
  look(const identity_files& files, clock::time_point now) : files_{files}, now_{now} {}

  void read() {
    if (const auto text = text_of(files_.authority))
      authority_ = expect(certificate_in(*text), files_.authority, "certificate");
    if (const auto text = text_of(files_.certificate)) {
      chain_ = *text;
      own_ = expect(certificate_in(*text), files_.certificate, "certificate");
    }
    if (const auto text = text_of(files_.key))
      key_ = expect(key_in(*text), files_.key, "private key without a passphrase");
    if (!files_.revoked.empty())
      if (const auto text = text_of(files_.revoked))
        list_ = expect(list_in(*text), files_.revoked, "revocation list");
  }

  void judge_key() {
    struct stat how {};
    if (::stat(files_.key.c_str(), &how) == 0 && (how.st_mode & S_IRWXO) != 0)
      complain(files_.key, "can be read by everybody on this machine",
               "chmod 600 it; issue a new one if somebody has seen it");
    if (own_ && key_ && X509_check_private_key(own_.get(), key_.get()) != 1)
      complain(files_.key, "is not the key of " + files_.certificate.string(),
               "copy both from the same folder, or issue the node's certificate again");
  }

  void judge_time(const certificate& of, const fs::path& file, const std::string& advice) {
    if (!of)
      return;
    const auto* from = X509_get0_notBefore(of.get());
    const auto* until = X509_get0_notAfter(of.get());
    if (!is_after(until, now_))
      complain(file, "has expired on " + day_of(until), advice);
    else if (is_after(from, now_))
      complain(file, "is not valid before " + day_of(from),
               "set the clock of this machine, which says " + day_of_now());
    const auto ends = end_of(of);
    result.ends = std::min(result.ends.value_or(ends), ends);
  }

  void judge_times() {
    judge_time(own_, files_.certificate, "issue the node's certificate again");
    judge_time(authority_, files_.authority, "make a new authority and issue all certificates");
  }

  void judge_trust() {
    if (authority_ && X509_check_ca(authority_.get()) == 0) {
      complain(files_.authority, "is not the certificate of an authority",
               "name the ca.pem that init-ca has made");
      authority_.reset();
      return;
    }
    if (!own_ || !authority_)
      return;
    if (!is_signed())
      complain(files_.certificate, "was not signed by " + files_.authority.string(),
               "take both from the same authority");
    for (const auto purpose : {X509_PURPOSE_SSL_SERVER, X509_PURPOSE_SSL_CLIENT})
      if (X509_check_purpose(own_.get(), purpose, 0) != 1) {
        complain(files_.certificate, "may not be used by both a server and a client",
                 "issue it with both extended key usages");
        break;
      }
  }

  void judge_list() {
    if (!list_ || !authority_)
      return;
    auto* public_key = X509_get0_pubkey(authority_.get());
    if (X509_NAME_cmp(X509_CRL_get_issuer(list_.get()), X509_get_subject_name(authority_.get())) !=
            0 ||
        X509_CRL_verify(list_.get(), public_key) != 1) {
      complain(files_.revoked, "was not signed by " + files_.authority.string(),
               "take both from the same authority");
      return;
    }
    if (!is_after(X509_CRL_get0_nextUpdate(list_.get()), now_))
      complain(files_.revoked,
               "is out of date since " + day_of(X509_CRL_get0_nextUpdate(list_.get())),
               "take a new one from the authority");
    X509_REVOKED* entry = nullptr;
    if (own_ && X509_CRL_get0_by_cert(list_.get(), &entry, own_.get()) == 1)
      complain(files_.certificate,
               "was revoked on " + day_of(X509_REVOKED_get0_revocationDate(entry)),
               "issue the node's certificate again if it may come back");
  }

  void judge_name(const std::string& node) {
    if (!own_ || node.empty())
      return;
    if (X509_check_host(own_.get(), node.c_str(), node.size(), 0, nullptr) != 1)
      complain(files_.certificate,
               "is for " + names_of(own_.get()) + ", and this node is called " + node,
               "issue one for " + node + ", or give the node that name");
  }

  preflight_result result;

private:
  std::optional<std::string> text_of(const fs::path& file) {
    try {
      return read_file(file);
    } catch (const certificate_error& why) {
      result.problems.push_back(std::string{why.what()} + ": " + why.advice());
      return std::nullopt;
    }
  }

  template <class Found> Found expect(Found found, const fs::path& file, const std::string& what) {
    if (!found)
      complain(file, "holds no " + what + " in PEM format", "issue the node's certificate again");
    return found;
  }

  void complain(const fs::path& file, const std::string& what, const std::string& advice) {
    result.problems.push_back(file.string() + " " + what + ": " + advice);
  }

  [[nodiscard]] std::string day_of_now() const {
    const std::unique_ptr<ASN1_TIME, void (*)(ASN1_TIME*)> time{
        ASN1_TIME_set(nullptr, clock::to_time_t(now_)), ASN1_TIME_free};
    return day_of(time.get());
  }

  /// Through the intermediate certificates of the file, at whatever time: that is judged apart.
  [[nodiscard]] bool is_signed() const {
    const std::unique_ptr<X509_STORE, store_freed> trusted{X509_STORE_new()};
    const std::unique_ptr<X509_STORE_CTX, store_freed> context{X509_STORE_CTX_new()};
    X509_STORE_add_cert(trusted.get(), authority_.get());
    auto* between = sk_X509_new_null();
    const std::unique_ptr<BIO, int (*)(BIO*)> in{
        BIO_new_mem_buf(chain_.data(), static_cast<int>(chain_.size())), BIO_free};
    while (auto* one = PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr))
      sk_X509_push(between, one);
    X509_STORE_CTX_init(context.get(), trusted.get(), own_.get(), between);
    X509_STORE_CTX_set_flags(context.get(), X509_V_FLAG_NO_CHECK_TIME);
    const bool good = X509_verify_cert(context.get()) == 1;
    sk_X509_pop_free(between, X509_free);
    return good;
  }

  const identity_files& files_;
  clock::time_point now_;
  std::string chain_;
  certificate authority_;
  certificate own_;
  private_key key_;
  revocation_list list_;
};

} // namespace

preflight_result preflight(const identity_files& files, const std::string& node,
                           clock::time_point now) {
  look at{files, now};
  at.read();
  at.judge_key();
  at.judge_times();
  at.judge_trust();
  at.judge_list();
  at.judge_name(node);
  ERR_clear_error(); // CAF takes what is left there for an error of a connection
  return std::move(at.result);
}

} // namespace vdoc::membership
