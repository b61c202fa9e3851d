#include "cluster/ledger/sqlite_store.hpp"

#include "cluster/ledger/job_id.hpp"
#include "cluster/ledger/sqlite.hpp"
#include "cluster/ledger/sqlite_migrations.hpp"

#include <sqlite3.h>

namespace vdoc::ledger {

namespace {

/// Rolls back unless it was committed.
class transaction {
public:
  explicit transaction(sqlite::connection& db) : db_{db} { db_.run("BEGIN IMMEDIATE"); }
  transaction(const transaction&) = delete;
  transaction& operator=(const transaction&) = delete;
  ~transaction() {
    if (sqlite3_get_autocommit(db_.raw()) == 0)
      sqlite3_exec(db_.raw(), "ROLLBACK", nullptr, nullptr, nullptr);
  }
  void commit() { db_.run("COMMIT"); }

private:
  sqlite::connection& db_;
};

void bring_up_to_date(sqlite::connection& db, const std::filesystem::path& file) {
  transaction all{db};
  auto version = db.number("PRAGMA user_version");
  constexpr auto newest = static_cast<std::int64_t>(sqlite::migrations.size());
  if (version > newest)
    throw cannot_open{file.string() + " was written by a newer version of video-doc (schema " +
                          std::to_string(version) + ", this one knows " + std::to_string(newest) +
                          ")",
                      "use that version, or another output directory"};
  for (; version < newest; ++version)
    db.run(sqlite::migrations[static_cast<std::size_t>(version)]);
  db.run(("PRAGMA user_version = " + std::to_string(newest)).c_str());
  all.commit();
}

sqlite::connection open(const std::filesystem::path& file, std::chrono::milliseconds patience) {
  try {
    sqlite::connection db{file, patience};
    db.run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON");
    bring_up_to_date(db, file);
    return db;
  } catch (const sqlite::error& why) {
    if (why.code() == SQLITE_NOTADB || why.code() == SQLITE_CORRUPT)
      throw cannot_open{file.string() + " is not a database of video-doc, or is damaged",
                        "move it away; jobs can be resumed only as far as their folders know"};
    throw cannot_open{file.string() + " cannot be opened: " + why.what(),
                      "check the folder's permissions and free space"};
  }
}

class sqlite_store final : public store {
public:
  sqlite_store(const std::filesystem::path& file, std::chrono::milliseconds patience)
      : db_{open(file, patience)},
        add_job_{db_, "INSERT OR IGNORE INTO jobs (id, source, output, spec) VALUES (?, ?, ?, ?)"},
        add_event_{db_, "INSERT INTO events (job_id, kind, cause, detail, attempt, at_unix_ms) "
                        "VALUES (?, ?, ?, ?, ?, ?)"},
        attempts_{db_, "SELECT count(*) FROM events WHERE job_id = ? "
                       "AND kind IN ('started', 'resumed')"},
        known_{db_, "SELECT min(sequence) FROM events WHERE job_id = ?"},
        last_{db_, "SELECT j.id, j.source, j.output, j.spec FROM jobs j JOIN events e "
                   "ON e.job_id = j.id WHERE j.source = ? AND j.output = ? "
                   "ORDER BY e.sequence DESC LIMIT 1"},
        events_{db_, "SELECT kind, cause, detail, attempt, at_unix_ms, sequence FROM events "
                     "WHERE job_id = ? ORDER BY sequence"} {}

  batch_written write(const std::vector<entry>& batch, std::int64_t now_unix_ms) override {
    batch_written result;
    try {
      transaction all{db_};
      for (const auto& each : batch) {
        const auto* what = std::get_if<job>(&each);
        result.each.push_back(what != nullptr ? put(*what, now_unix_ms)
                                              : put(std::get<event>(each), now_unix_ms));
      }
      all.commit();
    } catch (const sqlite::error& why) {
      result.trouble = why.what();
      result.each.assign(batch.size(), {outcome::store_down, {}, 0});
    }
    return result;
  }

  found find_last(const std::string& source, const std::string& output) override {
    try {
      job what;
      {
        use question{last_};
        last_.bind(source).bind(output);
        if (!last_.step())
          return {outcome::unknown_job, {}, {}};
        what = {last_.text(0), last_.text(1), last_.text(2), last_.text(3)};
      }
      const auto events = read_events(what.id);
      return {outcome::done, sum_up(std::move(what), events), {}};
    } catch (const sqlite::error& why) {
      return {outcome::store_down, {}, why.what()};
    }
  }

  history history_of(const std::string& job_id) override {
    try {
      auto events = read_events(job_id);
      const auto result = events.empty() ? outcome::unknown_job : outcome::done;
      return {result, std::move(events), {}};
    } catch (const sqlite::error& why) {
      return {outcome::store_down, {}, why.what()};
    }
  }

private:
  /// Resets a statement when its use is over, so that it holds no lock.
  struct use {
    explicit use(sqlite::statement& which) : statement{which} {}
    use(const use&) = delete;
    use& operator=(const use&) = delete;
    ~use() { statement.reset(); }
    sqlite::statement& statement;
  };

  std::uint64_t first_sequence(const std::string& job_id) {
    use question{known_};
    known_.bind(job_id).step();
    return static_cast<std::uint64_t>(known_.number(0));
  }

  written put(job what, std::int64_t now_unix_ms) {
    if (what.id.empty())
      what.id = new_job_id();
    {
      use statement{add_job_};
      add_job_.bind(what.id).bind(what.source).bind(what.output).bind(what.spec).step();
    }
    if (db_.changes() == 0)
      return {outcome::done, what.id, first_sequence(what.id)};
    event first;
    first.job_id = what.id;
    first.kind = event_kind::submitted;
    return {outcome::done, what.id, append(first, 0, now_unix_ms)};
  }

  written put(const event& what, std::int64_t now_unix_ms) {
    if (first_sequence(what.job_id) == 0)
      return {outcome::unknown_job, what.job_id, 0};
    std::int64_t attempt = begins_attempt(what.kind) ? 1 : 0;
    {
      use question{attempts_};
      attempts_.bind(what.job_id).step();
      attempt += attempts_.number(0);
    }
    return {outcome::done, what.job_id, append(what, attempt, now_unix_ms)};
  }

  std::uint64_t append(const event& what, std::int64_t attempt, std::int64_t now_unix_ms) {
    use statement{add_event_};
    add_event_.bind(what.job_id).bind(to_string(what.kind)).bind(what.cause).bind(what.detail);
    add_event_.bind(attempt).bind(what.at_unix_ms == 0 ? now_unix_ms : what.at_unix_ms).step();
    return static_cast<std::uint64_t>(sqlite3_last_insert_rowid(db_.raw()));
  }

  std::vector<event> read_events(const std::string& job_id) {
    use question{events_};
    events_.bind(job_id);
    std::vector<event> all;
    while (events_.step())
      all.push_back({job_id, event_kind_from(events_.text(0)).value_or(event_kind::warned),
                     events_.text(1), events_.text(2),
                     static_cast<std::uint32_t>(events_.number(3)), events_.number(4),
                     static_cast<std::uint64_t>(events_.number(5))});
    return all;
  }

  sqlite::connection db_;
  sqlite::statement add_job_;
  sqlite::statement add_event_;
  sqlite::statement attempts_;
  sqlite::statement known_;
  sqlite::statement last_;
  sqlite::statement events_;
};

} // namespace

std::unique_ptr<store> open_sqlite_store(const std::filesystem::path& file,
                                         std::chrono::milliseconds patience) {
  return std::make_unique<sqlite_store>(file, patience);
}

} // namespace vdoc::ledger
