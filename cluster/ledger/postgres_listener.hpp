#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace vdoc::ledger {

/// That somebody has committed.
struct notice {
  std::string writer; ///< whose; empty: the connection is new, and anything may have happened
  std::uint64_t sequence = 0; ///< of its last event; 0: it was about documents
};

/// Hears of every commit into a PostgreSQL ledger, of all nodes, this one included. Connects again
/// by itself. Calls `told` on a thread of its own, which it must not hold up.
class postgres_listener {
public:
  /// `channel` is where writers say what they have committed.
  postgres_listener(std::string url, std::function<void(const notice&)> told,
                    std::string channel = "video_doc");
  /// Waits for a call of `told` to end.
  ~postgres_listener();
  postgres_listener(const postgres_listener&) = delete;
  postgres_listener& operator=(const postgres_listener&) = delete;

private:
  struct inside;
  std::unique_ptr<inside> inside_;
};

} // namespace vdoc::ledger
