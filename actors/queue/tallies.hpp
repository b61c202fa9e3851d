#pragma once

#include "actors/queue/backlog.hpp"
#include "actors/queue/entry.hpp"
#include "actors/queue/terms.hpp"
#include "cluster/desk/desk.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace vdoc::queue {

/// How many jobs of which queue and tenant are in which phase, and what tenants may have.
class tallies {
public:
  explicit tallies(const rule_terms& terms) : terms_{terms} {}

  std::uint32_t queue(std::string_view name) { return queue_names_.number_of(name); }
  std::uint32_t tenant(std::string_view name) { return tenant_names_.number_of(name); }
  [[nodiscard]] const names& queue_names() const noexcept { return queue_names_; }
  [[nodiscard]] const std::string& queue_name(std::uint32_t number) const {
    return queue_names_.name_of(number);
  }
  [[nodiscard]] const std::string& tenant_name(std::uint32_t number) const {
    return tenant_names_.name_of(number);
  }

  void add(const entry& one) { count(one, +1); }
  void remove(const entry& one) { count(one, -1); }
  /// Somebody has seen how long a source of that queue is. Jobs that wait count as much as is usual
  /// there, until they are seen themselves.
  void learn_length(std::uint32_t queue, std::uint32_t media_s);

  /// Is it known, or is there room for one more name?
  [[nodiscard]] desk::verdict check_queue(const std::string& queue) const;
  desk::verdict reserve(const std::string& tenant, const std::string& queue, std::uint32_t more);
  void release(const std::string& tenant, std::uint32_t count);
  void set_tenant(const std::string& name, const tenant_terms& terms) {
    own_terms_[tenant(name)] = terms;
  }
  [[nodiscard]] tenant_terms terms_of(std::uint32_t tenant) const;

  /// Jobs of a tenant that are open and do not run.
  [[nodiscard]] std::uint64_t waiting_of(const std::string& tenant) const;
  /// Those that have open jobs, without what they may have.
  [[nodiscard]] std::vector<desk::tenant_view> tenants() const;
  /// Everything but the terms, the oldest age and the running jobs.
  [[nodiscard]] desk::queue_view view_of(std::uint32_t queue) const;

private:
  static constexpr std::size_t phases = 7;
  struct tally {
    std::array<std::int64_t, phases> jobs{};
    std::int64_t media_s = 0;
    std::int64_t of_unknown_length = 0; ///< jobs
    double usual_s = 0;                 ///< length of its sources of late; 0: none was seen
  };
  void count(const entry& one, std::int64_t sign);

  rule_terms terms_;
  names queue_names_;
  names tenant_names_;
  std::map<std::uint32_t, tally> queues_;
  std::map<std::uint32_t, std::int64_t> waiting_;   ///< by tenant
  std::map<std::uint32_t, std::int64_t> busy_;      ///< by tenant: open, and does not wait
  std::map<std::uint32_t, std::uint64_t> reserved_; ///< by tenant: submitted, not committed
  std::map<std::uint32_t, tenant_terms> own_terms_;
  std::uint64_t reserved_all_ = 0;
  std::uint64_t open_ = 0;
};

} // namespace vdoc::queue
