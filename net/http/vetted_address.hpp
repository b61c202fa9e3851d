#pragma once

#include <gio/gio.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace vdoc::net {

/// The addresses that may be connected to: the public ones, and what is allowed on top.
class open_networks {
public:
  /// Networks are written "10.1.2.0/24" or as an address. Throws fetch_error for one that is none.
  open_networks(bool all, const std::vector<std::string>& networks);

  [[nodiscard]] bool admits(GSocketAddress* address) const;

private:
  bool all_;
  std::vector<std::shared_ptr<GInetAddressMask>> networks_;
};

/// A host and port to connect to, of which only allowed addresses are ever handed out. The check is
/// made on the very address that the socket then connects to, so that a name that resolves to
/// something else the second time (DNS rebinding) gains nothing. It stays the host's *name* for
/// TLS.
///
/// One reference is owned. Belongs to the thread whose main context it is used in.
class vetted_address {
public:
  vetted_address(const std::string& host, std::uint16_t port, open_networks networks);
  vetted_address(const vetted_address&) = delete;
  vetted_address& operator=(const vetted_address&) = delete;
  ~vetted_address();

  [[nodiscard]] GSocketConnectable* connectable() const noexcept;
  /// The last address that was held back, "" when none was.
  [[nodiscard]] std::string refused() const;
  /// Whether any address was handed out.
  [[nodiscard]] bool any_allowed() const noexcept;

private:
  GSocketConnectable* object_;
};

} // namespace vdoc::net
