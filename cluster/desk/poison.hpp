#pragma once

#include "cluster/desk/archive.hpp"
#include "cluster/desk/audit.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace vdoc::desk {

/// Where the ledger keeps what brings media hosts of two nodes down: a document for each fragment,
/// by the hash of its content.
inline constexpr const char* poison_kind = "poison";
/// No job heeds it any longer: libraries and machines change.
inline constexpr std::int64_t poison_known_ms = 7LL * 24 * 60 * 60 * 1'000;
/// So many are heeded and shown.
inline constexpr std::uint32_t most_poison = 1'000;

/// The content of a fragment that no job tries again.
struct poison {
  std::string content; ///< its hash
  std::string reason;
  std::string job;   ///< that has found it
  std::string marks; ///< of the program and the settings that it was found with
  std::int64_t at_unix_ms = 0;
};
ledger::document to_document(const poison& what);
/// Nothing when it is none, or known for too long.
std::optional<poison> poison_from(const ledger::document& stored, std::int64_t now_unix_ms);

struct poison_list {
  verdict how;
  std::vector<poison> all; ///< by their contents
};
/// {"contents": [{"content", "reason", "job", "since", "until"}, ...]}
std::string to_json(const poison_list& what);

/// {"action": "lift", "content": "<hash>", "cause": "..."}; the action may be left out where
/// nothing else can be meant.
struct poison_lift {
  std::string content;
  std::string cause; ///< for people; may be empty
};
struct parsed_poison_lift {
  verdict how;
  poison_lift what;
};
parsed_poison_lift parse_poison_lift(std::string_view json);
/// {"cause": "..."} or nothing: the content is known.
parsed_poison_lift parse_poison_lift(std::string_view json, const std::string& content);

/// What operators see and order of poison, on whichever node. Any thread. The archive outlives it;
/// an answer that comes later than its end does no harm.
class poison_desk {
public:
  struct means {
    std::function<std::int64_t()> unix_ms;
    std::function<std::string()> new_id; ///< unique, in the order of time
  };
  poison_desk(archive& where, means with) : where_{where}, with_{std::move(with)} {}

  /// For callers who see all tenants: the jobs are anybody's.
  void list(const caller& who, then<poison_list> answer);
  /// Jobs that begin from here on try that content again. For operators of all tenants, with its
  /// line of the audit log.
  void lift(const caller& who, const poison_lift& what, then<verdict> answer);

private:
  archive& where_;
  means with_;
};

} // namespace vdoc::desk
