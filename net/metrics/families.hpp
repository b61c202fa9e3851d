#pragma once

#include "cluster/resources/measures.hpp"
#include "net/metrics/metrics.hpp"

#include <prometheus/metric_family.h>
#include <vector>

/// Inside of net/metrics: names, units and words of all that is told.
namespace vdoc::net {

using families = std::vector<prometheus::MetricFamily>;

/// What QUEUE and its like have said last counts where they are: on the node that leads.
families job_families(const resources::measures& from, std::int64_t steady_ms, bool leads);
families service_families(const resources::measures& from, bool leads);
families tree_families(const resources::tree_use& now);
families disk_families(const std::filesystem::path& folder);
families upload_families(const uploads::upload_counts& now);
families tenant_families(std::vector<desk::tenant_view> now);
families build_families(const std::string& version);

} // namespace vdoc::net
