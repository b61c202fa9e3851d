#include "test/engine/ledger_seen.hpp"

#include <sqlite3.h>

#include <functional>
#include <memory>
#include <stdexcept>

namespace vdoc::test {

namespace {

using row = std::function<std::string(int column)>;

struct closes {
  void operator()(sqlite3* db) const { sqlite3_close(db); }
};
using database = std::unique_ptr<sqlite3, closes>;

database open(const std::filesystem::path& file) {
  sqlite3* db = nullptr;
  const auto result = sqlite3_open_v2(file.c_str(), &db, SQLITE_OPEN_READONLY, nullptr);
  database owned{db};
  if (result != SQLITE_OK)
    throw std::runtime_error{file.string() + ": " + sqlite3_errmsg(db)};
  return owned;
}

void each_row(const database& db, const std::string& question, const std::string& key,
              const std::function<void(const row&)>& take) {
  sqlite3_stmt* asked = nullptr;
  if (sqlite3_prepare_v2(db.get(), question.c_str(), -1, &asked, nullptr) != SQLITE_OK)
    throw std::runtime_error{question + ": " + sqlite3_errmsg(db.get())};
  const std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> owned{asked, sqlite3_finalize};
  if (!key.empty())
    sqlite3_bind_text(asked, 1, key.c_str(), -1, SQLITE_TRANSIENT);
  int result = SQLITE_ROW;
  while ((result = sqlite3_step(asked)) == SQLITE_ROW)
    take([=](int column) {
      const auto* text = sqlite3_column_text(asked, column);
      return text == nullptr ? std::string{} : std::string{reinterpret_cast<const char*>(text)};
    });
  if (result != SQLITE_DONE)
    throw std::runtime_error{question + ": " + sqlite3_errmsg(db.get())};
}

} // namespace

std::vector<job_in_ledger> read_ledger(const std::filesystem::path& out) {
  const auto db = open(out / "video-doc.db");
  std::vector<job_in_ledger> jobs;
  std::vector<std::string> ids;
  each_row(db, "SELECT id, source, output, spec, state, attempts FROM jobs ORDER BY id", "",
           [&](const row& at) {
             ids.push_back(at(0));
             jobs.push_back({at(1), at(2), at(3), at(4), std::stoi(at(5)), {}, {}, {}});
           });
  for (std::size_t n = 0; n < ids.size(); ++n) {
    each_row(db,
             "SELECT kind, attempt, cause, at_unix_ms FROM events WHERE job_id = ? ORDER BY "
             "sequence",
             ids[n], [&](const row& at) {
               jobs[n].events.push_back(at(0) + " " + at(1));
               jobs[n].causes.push_back(at(2));
               jobs[n].at_unix_ms.push_back(std::stoll(at(3)));
             });
  }
  return jobs;
}

} // namespace vdoc::test
