#include "cluster/ledger/sqlite_store.hpp"

#include "cluster/ledger/asking_store.hpp"
#include "cluster/ledger/migrations.hpp"
#include "cluster/ledger/sqlite.hpp"
#include "cluster/ledger/sqlite_questions.hpp"
#include "cluster/ledger/sqlite_writer.hpp"

#include <sqlite3.h>

namespace vdoc::ledger {

namespace {

int newest_version() {
  return static_cast<int>(sqlite_migrations().size());
}

/// Throws `cannot_open` where they are too new.
schema_versions versions_in(sqlite::connection& db, const std::filesystem::path& file) {
  schema_versions versions{static_cast<int>(db.number("PRAGMA user_version")), newest_version()};
  versions.usable_from = versions.found; // of programs of before the table
  if (db.number("SELECT count(*) FROM sqlite_master WHERE name = 'migrations'") > 0)
    versions.usable_from = static_cast<int>(
        db.number("SELECT ifnull(max(usable_from), (SELECT * FROM pragma_user_version)) "
                  "FROM migrations WHERE number = (SELECT * FROM pragma_user_version)"));
  check_not_too_new(versions, file.string());
  return versions;
}

/// The step's SQL, and that it was done.
std::string applied(const migration& one) {
  const auto done = sqlite_migrations().first(static_cast<std::size_t>(one.number));
  return std::string{one.sql} + "; INSERT INTO migrations VALUES (" + std::to_string(one.number) +
         ", '" + std::string{one.name} + "', " + std::to_string(usable_from(done)) + ")";
}

/// Without taking the lock when there is nothing to do.
schema_versions bring_up_to_date(sqlite::connection& db, const std::filesystem::path& file) {
  if (const auto versions = versions_in(db, file); versions.found >= versions.needed)
    return versions;
  sqlite::transaction all{db};
  auto versions = versions_in(db, file);
  if (versions.found >= versions.needed)
    return versions;
  db.run("CREATE TABLE IF NOT EXISTS migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL, "
         "usable_from INTEGER NOT NULL)");
  for (const auto& step : sqlite_migrations())
    if (step.number > versions.found)
      db.run(applied(step).c_str());
  db.run(("PRAGMA user_version = " + std::to_string(versions.needed)).c_str());
  all.commit();
  versions.usable_from = usable_from(sqlite_migrations());
  return versions;
}

/// Does something with a file, and says what is wrong with it if that cannot be done.
template <class Do> auto with_file(const std::filesystem::path& file, Do what) {
  try {
    return what();
  } catch (const sqlite::error& why) {
    if (why.code() == SQLITE_NOTADB || why.code() == SQLITE_CORRUPT)
      throw cannot_open{file.string() + " is not a database of video-doc, or is damaged",
                        "move it away; jobs can be resumed only as far as their folders know"};
    throw cannot_open{file.string() + " cannot be opened: " + why.what(),
                      "check the folder's permissions and free space"};
  }
}

/// SQLite itself does not wait for processes that open a new file at the same moment.
void write_ahead(sqlite::connection& db, std::chrono::milliseconds patience) {
  constexpr std::chrono::milliseconds between{5};
  for (auto left = patience;; left -= between) {
    try {
      db.run("PRAGMA journal_mode = WAL");
      return;
    } catch (const sqlite::error& why) {
      if (why.code() != SQLITE_BUSY || left < between)
        throw;
    }
    sqlite3_sleep(static_cast<int>(between.count()));
  }
}

sqlite::connection connect(const std::filesystem::path& file, std::chrono::milliseconds patience) {
  sqlite::connection db{file, patience};
  write_ahead(db, patience);
  // Pages that are written again and again go to the file every 16 MB, not every 4.
  db.run("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA wal_autocheckpoint = 4000");
  return db;
}

sqlite::connection open(const std::filesystem::path& file, std::chrono::milliseconds patience) {
  return with_file(file, [&] {
    auto db = connect(file, patience);
    bring_up_to_date(db, file);
    return db;
  });
}

class sqlite_store final : public asking_store<sqlite_store> {
public:
  sqlite_store(const std::filesystem::path& file, std::chrono::milliseconds patience,
               std::optional<fence> by)
      : db_{open(file, patience)}, by_{std::move(by)},
        writer_{db_, by_ ? std::optional{by_->lease} : std::nullopt}, questions_{db_} {}

  batch_written write(const std::vector<entry>& batch, std::int64_t now_unix_ms) override {
    batch_written result;
    try {
      result.each = writer_.write(batch, now_unix_ms);
    } catch (const std::runtime_error& why) {
      result.trouble = words_of(why);
      result.each.assign(batch.size(), {outcome::store_down, {}, 0});
    }
    return result;
  }

  removed remove_ended(std::int64_t before_unix_ms, std::uint32_t most) override {
    return answered<removed>(
        [&](removed& answer) { answer.jobs = writer_.remove_ended(before_unix_ms, most); });
  }

  std::string trouble() override {
    try {
      writer_.try_it();
      return {};
    } catch (const sqlite::error& why) {
      return why.what();
    }
  }

private:
  friend asking_store;

  sqlite::questions& questions() noexcept { return questions_; }

  /// Whatever a question found, or why there is no answer.
  template <class Answer, class Ask> Answer answered(Ask ask) {
    Answer answer;
    try {
      ask(answer);
    } catch (const std::runtime_error& why) {
      answer = {};
      answer.result = outcome::store_down;
      answer.trouble = words_of(why);
    }
    return answer;
  }

  /// Of an `error` or of a lost lease, of which its holder is told.
  std::string words_of(const std::runtime_error& why) const {
    if (by_ && by_->refused && dynamic_cast<const lease_is_lost*>(&why) != nullptr)
      by_->refused();
    return why.what();
  }

  sqlite::connection db_;
  std::optional<fence> by_;
  sqlite::writer writer_;
  sqlite::questions questions_;
};

} // namespace

std::unique_ptr<store> open_sqlite_store(const std::filesystem::path& file,
                                         std::chrono::milliseconds patience,
                                         std::optional<fence> by) {
  return std::make_unique<sqlite_store>(file, patience, std::move(by));
}

schema_versions migrate_sqlite(const std::filesystem::path& file) {
  return with_file(file, [&] {
    auto db = connect(file, std::chrono::seconds{5});
    return bring_up_to_date(db, file);
  });
}

schema_versions versions_of_sqlite(const std::filesystem::path& file) {
  if (!std::filesystem::exists(file))
    return {0, newest_version()};
  return with_file(file, [&] {
    sqlite::connection db{file};
    return versions_in(db, file);
  });
}

} // namespace vdoc::ledger
