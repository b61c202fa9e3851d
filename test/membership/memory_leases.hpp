#pragma once

#include "cluster/ledger/leases.hpp"

#include <map>
#include <string>

namespace vdoc::test {

/// Leases in memory, for simulations: as the port says, and a database that may be away.
class memory_leases final : public ledger::lease_store {
public:
  bool away = false;
  std::uint64_t kept = 0;  ///< documents
  std::uint64_t stale = 0; ///< refusals

  ledger::lease_answer look(const std::string& name) override {
    return away ? down() : ledger::lease_answer{ledger::lease_outcome::done, all_[name], {}};
  }
  ledger::lease_answer take(const std::string& name, const ledger::lease& seen,
                            const std::string& holder, const std::string& said) override {
    auto& now = all_[name];
    return change(now, now.epoch == seen.epoch && now.beat == seen.beat, [&] {
      now.holder = holder;
      now.said = said;
      ++now.epoch;
    });
  }
  ledger::lease_answer renew(const ledger::lease_fence& of) override {
    return change(all_[of.name], holds(of), [] {});
  }
  ledger::lease_answer release(const ledger::lease_fence& of) override {
    auto& now = all_[of.name];
    return change(now, holds(of), [&] { now.holder = now.said = ""; });
  }
  ledger::lease_answer keep(const ledger::lease_fence& of,
                            const std::vector<ledger::document>& documents) override {
    if (away)
      return down();
    const bool good = holds(of);
    (good ? kept : stale) += good ? documents.size() : 1;
    return {good ? ledger::lease_outcome::done : ledger::lease_outcome::stale, all_[of.name], {}};
  }

private:
  static ledger::lease_answer down() {
    return {ledger::lease_outcome::store_down, {}, "the database is away"};
  }
  bool holds(const ledger::lease_fence& of) {
    const auto& now = all_[of.name];
    return !now.holder.empty() && now.epoch == of.epoch;
  }
  template <class Change> ledger::lease_answer change(ledger::lease& now, bool may, Change how) {
    if (away)
      return down();
    if (!may)
      return {ledger::lease_outcome::stale, now, {}};
    how();
    ++now.beat;
    return {ledger::lease_outcome::done, now, {}};
  }

  std::map<std::string, ledger::lease> all_;
};

} // namespace vdoc::test
