#pragma once

#include "actors/queue/retry.hpp"
#include "actors/queue/upload_gate.hpp"
#include "cluster/resources/breaker.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

namespace vdoc::queue {

/// What a tenant may have at most; 0: no limit.
struct tenant_terms {
  std::uint64_t queued = 0;  ///< jobs that wait
  std::uint32_t running = 0; ///< jobs
  std::uint64_t bytes = 0;   ///< of results and uploads that are kept here
};

/// What QUEUE's rules go by, unless a job, a queue or a tenant says otherwise.
struct rule_terms {
  std::uint32_t max_running = 4;     ///< jobs at a time, over all queues
  std::uint32_t most_early = 1;      ///< of them, those whose source is still being uploaded
  std::uint32_t hard_limit_s = 3600; ///< of an attempt; 0: none
  std::uint16_t attempts = 3;
  backoff_terms backoff;
  std::int64_t stop_grace_ms = 5'000; ///< from the soft limit until it is ended by force
  resources::breaker_terms source_breaker;
  std::size_t most_open = 1'000'000; ///< jobs; more are refused
  std::uint32_t most_queues = 1'000; ///< names; memory stays bounded whoever invents them
  std::uint32_t most_tenants = 10'000;
  std::uint32_t most_a_turn = 1'000; ///< jobs that one `decide` moves
  tenant_terms tenant;
  /// How many bytes a tenant keeps here; without it none does.
  std::function<std::uint64_t(const std::string& tenant)> kept = {};
  upload_gate::look uploads = {}; ///< where one stands; without it all are whole
};

} // namespace vdoc::queue
