#include "net/metrics/families.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <limits>
#include <system_error>
#include <utility>

namespace vdoc::net {

namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using resources::counter;
using resources::histogram;
using label_names = std::vector<std::string>;
using label_values = std::vector<std::string>;

constexpr double ms_per_s = 1'000;

ClientMetric labelled(const label_names& names, const label_values& values) {
  ClientMetric one;
  for (std::size_t i = 0; i < names.size() && i < values.size(); ++i)
    one.label.push_back({names[i], values[i]});
  return one;
}

ClientMetric gauge(double value, const label_names& names = {}, const label_values& values = {}) {
  auto one = labelled(names, values);
  one.gauge.value = value;
  return one;
}

ClientMetric of(const counter& what, const label_names& names = {},
                const label_values& values = {}) {
  auto one = labelled(names, values);
  one.counter.value = static_cast<double>(what.value());
  return one;
}

ClientMetric of(const histogram& what, const label_names& names = {},
                const label_values& values = {}) {
  auto one = labelled(names, values);
  const auto now = what.read();
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < now.counts.size(); ++i) {
    sum += now.counts[i];
    const auto bound =
        i < now.bounds.size() ? now.bounds[i] : std::numeric_limits<double>::infinity();
    one.histogram.bucket.push_back({sum, bound});
  }
  one.histogram.sample_count = sum;
  one.histogram.sample_sum = now.sum;
  return one;
}

MetricFamily single(const char* name, const char* help, MetricType type, ClientMetric what) {
  return {name, help, type, {std::move(what)}};
}
MetricFamily count_of(const char* name, const char* help, double value) {
  ClientMetric one;
  one.counter.value = value;
  return single(name, help, MetricType::Counter, std::move(one));
}

template <class Measure>
MetricFamily all_of(const char* name, const char* help, MetricType type,
                    const resources::family<Measure>& from, const label_names& names) {
  MetricFamily all{name, help, type, {}};
  from.for_each([&](const label_values& values, const Measure& measure) {
    all.metric.push_back(of(measure, names, values));
  });
  return all;
}

/// Of the jobs that came into one state.
MetricFamily states_of(const char* name, const char* help, const char* state,
                       const resources::measures& from) {
  MetricFamily all{name, help, MetricType::Counter, {}};
  from.states.for_each([&](const label_values& values, const counter& count) {
    if (values.at(1) == state)
      all.metric.push_back(of(count, {"queue"}, values));
  });
  return all;
}

/// Tasks are not jobs: whoever adds up jobs over all queues must not count them.
families queue_families(const std::vector<resources::queue_reading>& queues,
                        const std::vector<resources::queue_reading>& stages,
                        std::int64_t steady_ms) {
  MetricFamily jobs{"video_doc_jobs", "Jobs that are not at an end.", MetricType::Gauge, {}};
  MetricFamily oldest{
      "video_doc_queue_oldest_age_seconds",
      "How long ago the job that waits longest was submitted, or how long a task of "
      "a stage has waited; 0 when none waits.",
      MetricType::Gauge,
      {}};
  MetricFamily backlog{"video_doc_queue_backlog_media_seconds",
                       "Media time of open jobs, as far as it is known.",
                       MetricType::Gauge,
                       {}};
  MetricFamily paused{
      "video_doc_queue_paused", "1 while the queue starts nothing.", MetricType::Gauge, {}};
  MetricFamily tasks{
      "video_doc_stage_tasks", "Parts of running jobs, by stage.", MetricType::Gauge, {}};
  const auto count = [](MetricFamily& in, const resources::queue_reading& it, const char* state,
                        std::uint64_t how_many) {
    in.metric.push_back(gauge(static_cast<double>(how_many), {"queue", "state"}, {it.name, state}));
  };
  const auto show = [&](const resources::queue_reading& it, MetricFamily& in) {
    count(in, it, "waiting", it.waiting);
    count(in, it, "running", it.running);
    const auto age_ms = it.oldest_since_ms == 0 ? 0 : steady_ms - it.oldest_since_ms;
    oldest.metric.push_back(gauge(static_cast<double>(age_ms) / ms_per_s, {"queue"}, {it.name}));
    paused.metric.push_back(gauge(it.paused ? 1 : 0, {"queue"}, {it.name}));
  };
  for (const auto& it : queues) {
    count(jobs, it, "scheduled", it.scheduled);
    show(it, jobs);
    backlog.metric.push_back(
        gauge(static_cast<double>(it.backlog_media_ms) / ms_per_s, {"queue"}, {it.name}));
  }
  for (const auto& it : stages)
    show(it, tasks);
  return {jobs, oldest, backlog, paused, tasks};
}

/// One line for each state that a breaker can be in, of which one is 1.
MetricFamily breaker_family(const std::vector<resources::breaker_reading>& breakers) {
  MetricFamily all{"video_doc_breaker_state",
                   "1 for the state in which a breaker is; those of sources and webhooks come up "
                   "with a failure.",
                   MetricType::Gauge,
                   {}};
  for (const auto& it : breakers)
    for (const char* state : {"closed", "open", "half_open"})
      all.metric.push_back(
          gauge(it.state == state ? 1 : 0, {"breaker", "state"}, {it.name, state}));
  return all;
}

} // namespace

families job_families(const resources::measures& from, std::int64_t steady_ms, bool leads) {
  families all;
  if (leads) {
    const auto [queues, breakers] = from.queues();
    all = queue_families(queues, from.stages(), steady_ms);
    all.push_back(breaker_family(breakers));
  } else if (const auto reader = from.artefact_reader()) {
    all.push_back(breaker_family({*reader}));
  }
  all.push_back(all_of("video_doc_job_states_total", "Times that a job came into a state.",
                       MetricType::Counter, from.states, {"queue", "state"}));
  all.push_back(states_of("video_doc_job_retries_total",
                          "Attempts that failed and are followed by another one.", "retrying",
                          from));
  all.push_back(
      states_of("video_doc_dead_letters_total", "Jobs that failed for good.", "failed", from));
  all.push_back(all_of("video_doc_job_waiting_seconds",
                       "From the moment a job could start to its first attempt.",
                       MetricType::Histogram, from.waiting_s, {"queue"}));
  all.push_back(all_of("video_doc_job_running_seconds", "Length of an attempt, however it ended.",
                       MetricType::Histogram, from.running_s, {"queue"}));
  return all;
}

families service_families(const resources::measures& from, bool leads) {
  families all;
  all.push_back(all_of("video_doc_media_host_restarts_total",
                       "Media host processes that were started in place of one that ended so.",
                       MetricType::Counter, from.host_restarts, {"cause"}));
  all.push_back(all_of("video_doc_artefacts_total",
                       "Jobs whose results came into the artefact store, or were left.",
                       MetricType::Counter, from.artefacts, {"result"}));
  if (const auto now = from.artefacts_now(); leads && now)
    all.push_back({"video_doc_artefacts_waiting",
                   "Jobs whose results are not in the artefact store yet, by where they are.",
                   MetricType::Gauge,
                   {gauge(static_cast<double>(now->in_folder), {"in"}, {"folder"}),
                    gauge(static_cast<double>(now->in_fallback), {"in"}, {"fallback"})}});
  all.push_back(all_of("video_doc_webhook_attempts_total", "Callbacks that were posted.",
                       MetricType::Counter, from.webhook_attempts, {"result"}));
  all.push_back(single("video_doc_webhooks_given_up_total",
                       "Callbacks that are not going to be delivered.", MetricType::Counter,
                       of(from.webhooks_given_up)));
  if (const auto now = from.webhooks_now(); leads && now)
    all.push_back(single("video_doc_webhooks_waiting", "Callbacks that are not delivered yet.",
                         MetricType::Gauge, gauge(static_cast<double>(now->waiting))));
  all.push_back(all_of("video_doc_twins_total",
                       "Parts of jobs that were begun a second time because they took too long.",
                       MetricType::Counter, from.twins, {"result"}));
  all.push_back(single("video_doc_ledger_batch_entries", "Entries that share a transaction.",
                       MetricType::Histogram, of(from.batch_entries)));
  all.push_back(single("video_doc_ledger_commit_seconds", "Length of a transaction.",
                       MetricType::Histogram, of(from.commit_s)));
  all.push_back(single("video_doc_ledger_failed_commits_total",
                       "Transactions that the database did not take.", MetricType::Counter,
                       of(from.commits_failed)));
  all.push_back(all_of("video_doc_moved_bytes_total",
                       "Bytes of files that went to media hosts which do not share the folder, and "
                       "that came from them.",
                       MetricType::Counter, from.moved_bytes, {"direction"}));
  if (const auto ends_s = from.certificate_end_s(); ends_s != 0)
    all.push_back(single("video_doc_certificate_expires_timestamp_seconds",
                         "When the node's certificate of the cluster ends, or its authority's "
                         "before it.",
                         MetricType::Gauge, gauge(static_cast<double>(ends_s))));
  all.push_back(single("video_doc_refused_keys_total",
                       "Connections that were refused for want of a known key.",
                       MetricType::Counter, of(from.keys_refused)));
  all.push_back(
      all_of("video_doc_intake_jobs_total",
             "Jobs that were submitted: accepted, known already, or why they were refused.",
             MetricType::Counter, from.taken_in, {"door", "result"}));
  all.push_back(all_of("video_doc_intake_seconds",
                       "From a submission to its acknowledgement, which follows the commit.",
                       MetricType::Histogram, from.taking_s, {"door"}));
  return all;
}

families tree_families(const resources::tree_use& now) {
  const auto bytes = [](std::uint64_t value) { return static_cast<double>(value); };
  return {
      single("video_doc_processes", "The service and its media hosts.", MetricType::Gauge,
             gauge(now.processes)),
      count_of("video_doc_cpu_seconds_total", "CPU time of all processes of the service.",
               now.cpu_s),
      single("video_doc_memory_pss_bytes",
             "Memory of all processes of the service; what they share counts once.",
             MetricType::Gauge, gauge(bytes(now.memory_bytes))),
      count_of("video_doc_disk_read_bytes_total", "What they had the disk read.",
               bytes(now.disk_read_bytes)),
      count_of("video_doc_disk_written_bytes_total", "What they had the disk write.",
               bytes(now.disk_written_bytes)),
      count_of("video_doc_network_received_bytes_total",
               "By all devices but loopback, of the container if there is one.",
               bytes(now.network_received_bytes)),
      count_of("video_doc_network_sent_bytes_total",
               "By all devices but loopback, of the container if there is one.",
               bytes(now.network_sent_bytes)),
  };
}

families upload_families(const uploads::upload_counts& now) {
  const auto number = [](std::uint64_t value) { return static_cast<double>(value); };
  return {
      count_of("video_doc_uploads_created_total", "Uploads that were begun.", number(now.created)),
      count_of("video_doc_uploads_finished_total", "Uploads that became whole.",
               number(now.finished)),
      count_of("video_doc_uploads_expired_total", "Uploads that nobody has continued in time.",
               number(now.expired)),
      count_of("video_doc_uploads_withdrawn_total",
               "Uploads that were taken back before they were whole, or refused with their job.",
               number(now.withdrawn)),
      count_of("video_doc_upload_received_bytes_total", "Bytes of uploads that were taken.",
               number(now.received_bytes)),
      single("video_doc_uploads_open", "Uploads that are not whole.", MetricType::Gauge,
             gauge(number(now.open))),
  };
}

/// Tenants are anybody's to name where nobody is asked for a token: the largest are shown.
families tenant_families(std::vector<desk::tenant_view> now) {
  constexpr std::size_t most_tenants = 100;
  const auto bytes = [](const desk::tenant_view& it) {
    return it.results_bytes + it.uploads_bytes;
  };
  std::ranges::stable_sort(now, std::greater{}, bytes);
  now.resize(std::min(now.size(), most_tenants));
  MetricFamily stored{"video_doc_tenant_stored_bytes",
                      "Results of ended jobs and uploads; of the 100 tenants with most of them.",
                      MetricType::Gauge,
                      {}};
  MetricFamily limit{"video_doc_tenant_stored_limit_bytes",
                     "What such a tenant may have of both together; 0: no limit.",
                     MetricType::Gauge,
                     {}};
  for (const auto& it : now) {
    stored.metric.push_back(
        gauge(static_cast<double>(it.results_bytes), {"tenant", "what"}, {it.name, "results"}));
    stored.metric.push_back(
        gauge(static_cast<double>(it.uploads_bytes), {"tenant", "what"}, {it.name, "uploads"}));
    limit.metric.push_back(
        gauge(static_cast<double>(it.limits.stored_bytes()), {"tenant"}, {it.name}));
  }
  return {stored, limit};
}

families disk_families(const std::filesystem::path& folder) {
  std::error_code wrong;
  const auto room = std::filesystem::space(folder, wrong);
  if (wrong)
    return {};
  return {single("video_doc_folder_free_bytes", "Room on the disk of service.folder.",
                 MetricType::Gauge, gauge(static_cast<double>(room.available))),
          single("video_doc_folder_size_bytes", "Size of the disk of service.folder.",
                 MetricType::Gauge, gauge(static_cast<double>(room.capacity)))};
}

families build_families(const std::string& version) {
  return {single("video_doc_build_info", "1; the version is in the label.", MetricType::Gauge,
                 gauge(1, {"version"}, {version}))};
}

} // namespace vdoc::net
