#pragma once

#include "actors/courier/protocol.hpp"
#include "actors/courier/rules.hpp"
#include "actors/ledger/protocol.hpp"
#include "actors/ledger/reader_protocol.hpp"
#include "cluster/resources/measures.hpp"
#include "net/http/fetch.hpp"
#include "net/webhook/standard_webhook.hpp"

#include <caf/fwd.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace vdoc::courier {

/// Posts, on a thread that may block, and gives the status; throws net::fetch_error.
using poster = std::function<unsigned(const std::string& url, const net::letter& what)>;

/// Of a tenant, at least one: each signs. On such a thread, too.
using signer = std::function<std::vector<net::webhook_secret>(const std::string& tenant)>;

/// What COURIER needs of the world.
struct means {
  /// The newest ones; null while there is none.
  std::function<ledger::actor()> find_ledger;
  std::function<ledger::reader()> find_reader;
  std::function<std::int64_t()> unix_ms;
  std::function<std::int64_t()> steady_ms; ///< for those who look at breakers
  poster post;
  signer secrets;
  std::shared_ptr<resources::measures> measures = std::make_shared<resources::measures>();
  rule_terms terms;
  std::uint32_t seed = 1;
  bool detached = true; ///< each post has a thread of its own; false in stepped tests
};

/// Starts COURIER. It first takes up what the ledger says is to be told.
actor spawn(caf::actor_system& system, means with);

} // namespace vdoc::courier
