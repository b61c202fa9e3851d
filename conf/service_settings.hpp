#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace vdoc::conf {

/// How `video-doc serve` runs jobs.
struct service_settings {
  std::string folder = "data";
  std::string zmq = "tcp://127.0.0.1:5555";
  std::string events = "tcp://127.0.0.1:5556";
  std::string metrics = "";
  bool keys = false;
  std::string http = "127.0.0.1:8080";
  bool exposed = false;
  bool tokens = false;
  std::string tls_certificate, tls_key;
  std::int64_t http_connections = 1'024;
  std::int64_t http_connections_per_address = 0;
  std::int64_t http_rate_per_s = 0;
  std::int64_t max_concurrent_jobs = 0;
  std::int64_t job_timeout_s = 3600;
  std::int64_t attempts = 3;
  std::int64_t retry_first_ms = 2'000;
  std::int64_t retry_longest_ms = 600'000;
  std::int64_t most_open_jobs = 1'000'000;
  std::int64_t tenant_queued = 0;
  std::int64_t tenant_running = 0;
  std::vector<std::string> tenant_shares;
  std::int64_t keep_days = 0;
  std::int64_t keep_audit_days = 0;
  std::int64_t tenant_upload_gb = 100;
  std::int64_t tenant_stored_mb = 0;
  std::int64_t upload_expires_s = 86'400;
  bool reuse_results = true;
  std::string watch;
  std::int64_t watch_settle_ms = 5'000;
  std::string watch_job = "{}";
};

} // namespace vdoc::conf
