#pragma once

#include "actors/schedule/cron.hpp"
#include "cluster/desk/desk.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace vdoc::schedule {

/// A job that a schedule submits now. Its idempotency key is made of the schedule's name and the
/// time, so that it is submitted once whoever else does it, or did before a crash.
struct submission {
  std::string key; ///< of the schedule
  std::int64_t due_unix_ms = 0;
  ledger::job what;
};

/// Which schedules there are, and which of them is due: SCHEDULE's rules.
///
/// A schedule that was missed (the service was down) is made up for once, whatever number of times
/// was missed. The calendar may step: what was submitted for a time is never submitted again.
class timetable {
public:
  /// "news/nightly": names are unique in their tenant.
  static std::string key_of(const std::string& tenant, const std::string& name) {
    return tenant + "/" + name;
  }

  /// Takes it on, in place of the one of that name; says what is wrong with it. It begins with the
  /// first time after `since`, or after the last one that was submitted.
  desk::verdict put(desk::schedule what, std::int64_t since_unix_ms);
  bool remove(const std::string& key) { return all_.erase(key) > 0; }

  /// Submits are to follow; each is given again until it is said to be `submitted`.
  [[nodiscard]] std::vector<submission> due(std::int64_t now_unix_ms) const;
  void submitted(const std::string& key, std::int64_t due_unix_ms);

  /// When `due` is worth asking again; nothing: never.
  [[nodiscard]] std::optional<std::int64_t> next_unix_ms() const;
  [[nodiscard]] const desk::schedule* find(const std::string& key) const;
  [[nodiscard]] std::vector<desk::schedule> all() const;
  /// As it is stored; "" when there is none.
  [[nodiscard]] std::string stored(const std::string& key) const;
  /// Takes on what was stored; false when it cannot be read.
  bool take_stored(const std::string& body);

private:
  struct entry {
    desk::schedule what;
    cron when;
    std::int64_t since_unix_ms = 0;
  };
  std::map<std::string, entry> all_;
};

} // namespace vdoc::schedule
