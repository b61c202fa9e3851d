#include "cluster/ledger/leases.hpp"
#include "cluster/ledger/open_store.hpp"
#include "cluster/ledger/sqlite.hpp"
#include "cluster/ledger/sqlite_store.hpp"

#include <functional>

namespace vdoc::ledger {

namespace {

sqlite::connection open(const std::string& path) {
  migrate_sqlite(path);
  try {
    constexpr std::chrono::seconds patience{2}; // a renewal that takes longer is of no use
    sqlite::connection db{path, patience};
    db.run("PRAGMA synchronous = FULL");
    return db;
  } catch (const sqlite::error& why) {
    throw cannot_open{path + " cannot be opened: " + why.what(),
                      "check the folder's permissions and free space"};
  }
}

std::int64_t as_number(std::uint64_t count) {
  return static_cast<std::int64_t>(count);
}

class sqlite_leases final : public lease_store {
public:
  explicit sqlite_leases(const std::string& path)
      : db_{open(path)}, look_{db_, "SELECT holder, said, epoch, beat FROM leases WHERE name = ?"},
        put_{db_, "INSERT OR REPLACE INTO leases (name, holder, said, epoch, beat) "
                  "VALUES (?, ?, ?, ?, ?)"},
        version_{db_, "SELECT version FROM documents WHERE kind = ? AND key = ?"},
        keep_{db_, "INSERT OR REPLACE INTO documents (kind, key, body, version) "
                   "VALUES (?, ?, ?, ?)"},
        remove_{db_, "DELETE FROM documents WHERE kind = ? AND key = ?"} {}

  lease_answer look(const std::string& name) override {
    return answered([&](lease_answer& answer) { answer.now = read(name); });
  }

  lease_answer take(const std::string& name, const lease& seen, const std::string& holder,
                    const std::string& said) override {
    return changed(
        name, [&](const lease& now) { return now.epoch == seen.epoch && now.beat == seen.beat; },
        [&](lease& now) {
          now.holder = holder;
          now.said = said;
          ++now.epoch;
        });
  }

  lease_answer renew(const lease_fence& of) override {
    return changed(of.name, holds(of), [](lease& /*now*/) {});
  }

  lease_answer release(const lease_fence& of) override {
    return changed(of.name, holds(of), [](lease& now) { now.holder = now.said = ""; });
  }

  lease_answer keep(const lease_fence& of, const std::vector<document>& all) override {
    return answered([&](lease_answer& answer) {
      sqlite::transaction together{db_};
      answer.now = read(of.name);
      if (!holds(of)(answer.now)) {
        answer.result = lease_outcome::stale;
        return;
      }
      for (const auto& one : all)
        put(one);
      together.commit();
    });
  }

private:
  static std::function<bool(const lease&)> holds(const lease_fence& of) {
    return [&of](const lease& now) { return !now.holder.empty() && now.epoch == of.epoch; };
  }

  lease read(const std::string& name) {
    const sqlite::use asked{look_};
    if (!asked->bind(name).step())
      return {};
    return {asked->text(0), asked->text(1), static_cast<std::uint64_t>(asked->number(2)),
            static_cast<std::uint64_t>(asked->number(3))};
  }

  template <class May, class Change>
  lease_answer changed(const std::string& name, May may, Change how) {
    return answered([&](lease_answer& answer) {
      sqlite::transaction together{db_};
      answer.now = read(name);
      if (!may(answer.now)) {
        answer.result = lease_outcome::stale;
        return;
      }
      auto next = answer.now;
      how(next);
      ++next.beat;
      {
        const sqlite::use told{put_};
        told->bind(name).bind(next.holder).bind(next.said);
        told->bind(as_number(next.epoch)).bind(as_number(next.beat)).step();
      }
      together.commit();
      answer.now = next;
    });
  }

  void put(const document& one) {
    std::int64_t version = 0;
    {
      const sqlite::use asked{version_};
      if (asked->bind(one.kind).bind(one.key).step())
        version = asked->number(0);
    }
    const sqlite::use told{one.body.empty() ? remove_ : keep_};
    told->bind(one.kind).bind(one.key);
    if (!one.body.empty())
      told->bind(one.body).bind(version + 1);
    told->step();
  }

  template <class Ask> static lease_answer answered(Ask ask) {
    lease_answer answer;
    try {
      ask(answer);
    } catch (const sqlite::error& why) {
      answer = {lease_outcome::store_down, {}, why.what()};
    }
    return answer;
  }

  sqlite::connection db_;
  sqlite::statement look_, put_, version_, keep_, remove_;
};

} // namespace

std::unique_ptr<lease_store> open_sqlite_leases(const std::string& path) {
  return std::make_unique<sqlite_leases>(path);
}

std::unique_ptr<lease_store> open_lease_store(const std::string& url_or_path) {
  if (is_postgres_url(url_or_path))
    return open_postgres_leases(url_or_path);
  return open_sqlite_leases(url_or_path);
}

} // namespace vdoc::ledger
