#pragma once

#include "cluster/ledger/store.hpp"

#include <string>
#include <vector>

namespace vdoc::test {

/// The words in which the ledger's tests speak.
constexpr std::int64_t noon = 1'700'000'000'000;

inline ledger::event of(const std::string& job_id, ledger::event_kind kind, std::string cause = {},
                        std::string detail = {}) {
  ledger::event made;
  made.job_id = job_id;
  made.kind = kind;
  made.cause = std::move(cause);
  made.detail = std::move(detail);
  return made;
}

inline ledger::job talk(std::string id = "job-1") {
  ledger::job made;
  made.id = std::move(id);
  made.source = "/in/talk.mp4";
  made.output = "talk";
  made.spec = "{}";
  return made;
}

inline ledger::document page(std::string key, std::string body,
                             std::int64_t version = ledger::document::any_version) {
  return {"page", std::move(key), std::move(body), version};
}

/// The results of a batch, in words: "done stale done".
inline std::string results_of(const ledger::batch_written& done) {
  std::string all;
  for (const auto& each : done.each)
    all += (all.empty() ? "" : " ") + to_string(each.result);
  return done.trouble.empty() ? all : all + " (" + done.trouble + ")";
}

inline std::string ids_of(const std::vector<ledger::job_record>& jobs) {
  std::string all;
  for (const auto& each : jobs)
    all += (all.empty() ? "" : " ") + each.what.id;
  return all;
}

/// All pages of a list, one after the other, with "|" between them.
inline std::string pages_of(ledger::store& store, const ledger::job_filter& which,
                            std::uint32_t most) {
  std::string all;
  std::string cursor;
  do {
    const auto page = store.list(which, cursor, most);
    if (page.result != ledger::outcome::done)
      return "no list: " + page.trouble;
    all += (cursor.empty() ? "" : "|") + ids_of(page.jobs);
    cursor = page.next;
  } while (!cursor.empty());
  return all;
}

} // namespace vdoc::test
