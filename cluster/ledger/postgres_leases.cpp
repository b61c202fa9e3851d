#include "cluster/ledger/leases.hpp"
#include "cluster/ledger/postgres.hpp"
#include "cluster/ledger/postgres_schema.hpp"

#include <chrono>
#include <optional>

namespace vdoc::ledger {

namespace {

using postgres::error;
using postgres::quoted;
using steady = std::chrono::steady_clock;

/// What takes longer is of no use to whoever has to renew a lease.
postgres::patience of_leases() {
  postgres::patience limits;
  limits.connecting = std::chrono::seconds{2};
  limits.statement = std::chrono::milliseconds{1'000};
  limits.answer = std::chrono::milliseconds{1'200};
  return limits;
}
constexpr std::chrono::milliseconds between_attempts{200};

std::string holds(const lease_fence& of) {
  return "name = " + quoted(of.name) + " AND epoch = " + std::to_string(of.epoch) +
         " AND holder <> ''";
}

void now_of(const pqxx::result& rows, lease& into) {
  if (rows.empty())
    return;
  const auto row = rows[0];
  const postgres::row_view view{row};
  into = {view.text(0), view.text(1), static_cast<std::uint64_t>(view.number(2)),
          static_cast<std::uint64_t>(view.number(3))};
}

constexpr const char* columns = "leases.holder, leases.said, leases.epoch, leases.beat";

/// Each change is one statement, so one that stops in the middle holds no lock.
class postgres_leases final : public lease_store {
public:
  explicit postgres_leases(std::string url) : url_{std::move(url)} {}

  lease_answer look(const std::string& name) override {
    return answered([&](postgres::session& with, lease_answer& answer) {
      now_of(with.run(looking(name)), answer.now);
    });
  }

  lease_answer take(const std::string& name, const lease& seen, const std::string& holder,
                    const std::string& said) override {
    const auto as_seen = "leases.epoch = " + std::to_string(seen.epoch) +
                         " AND leases.beat = " + std::to_string(seen.beat);
    if (seen.beat > 0)
      return changed(name, "UPDATE leases SET holder = " + quoted(holder) +
                               ", said = " + quoted(said) +
                               ", epoch = epoch + 1, beat = beat + 1 WHERE name = " + quoted(name) +
                               " AND " + as_seen + " RETURNING " + columns);
    return changed(name, "INSERT INTO leases (name, holder, said, epoch, beat) VALUES (" +
                             quoted(name) + ", " + quoted(holder) + ", " + quoted(said) +
                             ", 1, 1) ON CONFLICT (name) DO NOTHING RETURNING " + columns);
  }

  lease_answer renew(const lease_fence& of) override {
    return changed(of.name, "UPDATE leases SET beat = beat + 1 WHERE " + holds(of) + " RETURNING " +
                                columns);
  }

  lease_answer release(const lease_fence& of) override {
    return changed(of.name, "UPDATE leases SET holder = '', said = '', beat = beat + 1 WHERE " +
                                holds(of) + " RETURNING " + columns);
  }

  lease_answer keep(const lease_fence& of, const std::vector<document>& all) override {
    // The lock on the lease's row keeps others from taking it before these are committed.
    auto sql = "WITH own AS MATERIALIZED (SELECT * FROM leases WHERE " + holds(of) + " FOR SHARE)";
    std::size_t number = 0;
    for (const auto& one : all)
      sql += ", d" + std::to_string(++number) + " AS (" + writing(one) + ")";
    return changed(of.name, sql + " SELECT holder, said, epoch, beat FROM own");
  }

private:
  static std::string writing(const document& one) {
    if (one.body.empty())
      return "DELETE FROM documents WHERE kind = " + quoted(one.kind) +
             " AND key = " + quoted(one.key) + " AND EXISTS (SELECT FROM own)";
    return "INSERT INTO documents (kind, key, body, version) SELECT " + quoted(one.kind) + ", " +
           quoted(one.key) + ", " + quoted(one.body) +
           ", 1 FROM own ON CONFLICT (kind, key) DO UPDATE SET body = excluded.body, "
           "version = documents.version + 1";
  }
  static std::string looking(const std::string& name) {
    return std::string{"SELECT "} + columns + " FROM leases WHERE name = " + quoted(name);
  }

  /// No row: it is not as was thought.
  lease_answer changed(const std::string& name, const std::string& sql) {
    return answered([&](postgres::session& with, lease_answer& answer) {
      const auto rows = with.run(sql);
      now_of(rows, answer.now);
      if (!rows.empty())
        return;
      answer.result = lease_outcome::stale;
      now_of(with.run(looking(name)), answer.now);
    });
  }

  postgres::session& connected() {
    if (session_)
      return *session_;
    if (steady::now() < next_attempt_)
      throw error{last_trouble_, {}, true};
    next_attempt_ = steady::now() + between_attempts;
    session_.emplace(url_, of_leases());
    try {
      // Each time: who cannot use the tables any more must not hold the lease any longer.
      postgres::make_usable(*session_, url_);
    } catch (...) {
      session_.reset();
      throw;
    }
    return *session_;
  }

  template <class Ask> lease_answer answered(Ask ask) {
    lease_answer answer;
    try {
      ask(connected(), answer);
    } catch (const std::exception& why) {
      const auto* known = dynamic_cast<const error*>(&why);
      if (known == nullptr || known->lost() || postgres::needs_new_session(known->sqlstate()))
        session_.reset();
      last_trouble_ = why.what();
      answer = {lease_outcome::store_down, {}, last_trouble_};
    }
    return answer;
  }

  std::string url_;
  std::optional<postgres::session> session_;
  steady::time_point next_attempt_;
  std::string last_trouble_;
};

} // namespace

std::unique_ptr<lease_store> open_postgres_leases(const std::string& url) {
  return std::make_unique<postgres_leases>(url);
}

} // namespace vdoc::ledger
