#pragma once

#include "cluster/artefacts/store.hpp"
#include "cluster/desk/desk.hpp"
#include "cluster/desk/event_feed.hpp"
#include "cluster/desk/poison.hpp"
#include "cluster/desk/registry.hpp"
#include "cluster/resources/measures.hpp"
#include "cluster/uploads/upload_store.hpp"
#include "net/http/link_signer.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>

namespace vdoc::net {

/// The HTTP door cannot be opened where it should be, or must not be.
class cannot_serve : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

/// What one client may cost at most, so that others do not wait for it.
struct http_limits {
  std::size_t body_bytes = 4UL * 1024 * 1024;
  std::size_t connections = 1'024;           ///< beyond them the slowest goes, or it is 503
  std::size_t connections_per_address = 0;   ///< then 429; 0: an eighth, but not of this machine
  std::chrono::milliseconds grace{1'000};    ///< nobody counts as slow before
  std::uint32_t rate_per_s = 0;              ///< requests with one token; 0: no limit
  std::chrono::seconds until_read{30};       ///< from the first byte of a request to its last
  std::chrono::seconds without_progress{75}; ///< then a connection is closed, idle or not
  std::chrono::milliseconds store_answer{10'000}; ///< of the artefact store, for every piece
};

struct http_terms {
  std::string endpoint; ///< "127.0.0.1:8080", "[::1]:0"
  bool exposed = false; ///< it may be an address that other machines reach, come what may
  /// Who may do what; null: there are no tokens, and everybody may do everything.
  std::shared_ptr<desk::registry> registry = nullptr;
  std::shared_ptr<desk::poison_desk> poison = nullptr; ///< null: nothing is in quarantine
  bool always_asks = false;                            ///< for a token, also while there is none
  std::filesystem::path certificate = {}; ///< PEM, with those of its issuers; empty: no TLS
  std::filesystem::path private_key = {}; ///< PEM
  std::shared_ptr<desk::event_feed> feed = nullptr;   ///< of GET /api/v1/events; null: none
  std::shared_ptr<const link_signer> links = nullptr; ///< null: no links are signed
  /// What GET /metrics answers, in Prometheus' text format; null: there is none. Any thread.
  std::function<std::string()> metrics = nullptr;
  std::shared_ptr<uploads::upload_store> uploads = nullptr; ///< null: nothing can be uploaded
  /// Why nothing can be uploaded here: another node leads; null: it always can be. Any thread.
  std::function<desk::verdict()> elsewhere = nullptr;
  /// To the artefact store, for results that are not in their folders any more; each connection is
  /// used by one thread at a time. Null: there is none.
  artefacts::connector store = nullptr;
  /// Told how the breaker in front of that is; on the gateway's thread. Null: nobody is.
  std::function<void(resources::breaker_reading)> show_breaker = nullptr;
  http_limits limits = {};
};

/// The HTTP door of the service (docs/openapi.yaml): libsoup on a thread of its own, open from
/// construction to destruction. The desk outlives it.
class http_gateway {
public:
  /// Throws `cannot_serve`.
  http_gateway(desk::desk& of, http_terms terms);
  http_gateway(const http_gateway&) = delete;
  http_gateway& operator=(const http_gateway&) = delete;
  ~http_gateway();

  /// Where it listens: "http://127.0.0.1:8080", with the port that it was given for port 0.
  [[nodiscard]] const std::string& address() const noexcept;

private:
  struct inside;
  std::unique_ptr<inside> inside_;
};

} // namespace vdoc::net
