#pragma once

#include "cluster/ledger/batch_rules.hpp"
#include "cluster/ledger/fence.hpp"
#include "cluster/ledger/sqlite.hpp"

#include <optional>

namespace vdoc::ledger::sqlite {

/// The writing half of the SQLite store, with its statements. Throws `error`, and `lease_is_lost`.
class writer {
public:
  explicit writer(connection& db, std::optional<lease_fence> as = std::nullopt);

  std::vector<written> write(const std::vector<entry>& batch, std::int64_t now_unix_ms);
  std::vector<job> remove_ended(std::int64_t before_unix_ms, std::uint32_t most);
  /// Commits something that changes nothing, so that the disk has to take it.
  void try_it();

private:
  /// Within a transaction, which keeps others from taking the lease.
  void look_at_lease();
  present look_up(const touched& names);
  std::optional<job_row> look_up_job(const std::string& id);
  void put(const job_row& row);
  void add(const job_row& row);
  void change(const job_row& row);
  void add(const event& happened);
  void put(const document& kept);

  connection& db_;
  std::optional<lease_fence> as_;
  statement epoch_;
  statement job_, key_, document_, sequence_;
  statement add_job_, change_job_, add_event_, put_document_, remove_document_;
  statement ended_, remove_job_, remove_events_;
};

} // namespace vdoc::ledger::sqlite
