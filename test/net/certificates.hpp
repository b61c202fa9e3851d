#pragma once

#include <gio/gio.h>

#include <memory>
#include <string>

namespace vdoc::test {

/// A new self-signed certificate for one host name, with its key, valid for an hour. PEM; the
/// certificate alone does as the authority that signed it.
struct certificate {
  std::string certificate_pem;
  std::string key_pem;

  [[nodiscard]] std::unique_ptr<GTlsCertificate, void (*)(void*)> for_server() const;
};
certificate make_certificate(const std::string& host);

} // namespace vdoc::test
