#pragma once

#include "cluster/desk/archive.hpp"
#include "cluster/desk/token.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace vdoc::desk {

/// One line of the audit log: who has changed what.
struct audit_line {
  std::int64_t at_unix_ms = 0;
  std::string who;
  std::string what;    ///< "cancel", "retry", "reprioritise", "submit", "set queue", ...
  std::string subject; ///< id of a job or a token, name of a queue
  std::string detail;  ///< JSON object, or empty
};
std::string to_json(const audit_line& what);

/// Kind of the ledger's documents that are lines of the audit log. Their keys run backwards, so
/// that the newest are read first.
inline constexpr const char* audit_kind = "audit";
ledger::document to_document(const audit_line& what, const std::string& chance);
std::optional<audit_line> audit_line_from(const ledger::document& stored);

struct token_wish {
  std::string name;
  std::string tenant = "default";
  role as = role::viewer;
};
struct parsed_token_wish {
  verdict how;
  token_wish what;
};
/// {"name": "ci", "tenant": "default", "role": "publisher"}; a tenant of "*" is all.
parsed_token_wish parse_token_wish(std::string_view json);

struct token_created {
  verdict how;
  token what;
  std::string secret; ///< not kept anywhere: it is told now or never
};
struct token_list {
  verdict how;
  std::vector<token> all;
};
struct audit_page {
  verdict how;
  std::vector<audit_line> lines;
  std::string next; ///< cursor
};

/// Who may do what, and who has done what. Any thread. The archive outlives it; an answer
/// that comes later than its end does no harm.
class registry {
public:
  struct means {
    std::function<std::int64_t()> unix_ms;
    std::function<std::string()> new_id; ///< unique, in the order of time
  };
  registry(archive& where, means with) : where_{where}, with_{std::move(with)} {}

  [[nodiscard]] const token_book& tokens() const noexcept { return *book_; }
  /// Reads the tokens anew: others may have changed them. Does nothing while it is at it.
  void refresh();

  /// Of administrators of all tenants.
  void create(const caller& who, const token_wish& what, then<token_created> answer);
  void revoke(const caller& who, const std::string& token_id, then<verdict> answer);
  void list(const caller& who, then<token_list> answer);
  void read_audit(const caller& who, const std::string& cursor, std::uint32_t most,
                  then<audit_page> answer);

  /// Into the audit log, with the time of now.
  void note(const caller& who, std::string what, std::string subject, std::string detail = {});

private:
  [[nodiscard]] ledger::document line_of(const caller& who, std::string what, std::string subject,
                                         std::string detail) const;

  archive& where_;
  means with_;
  std::shared_ptr<token_book> book_ = std::make_shared<token_book>();
  std::shared_ptr<std::atomic<bool>> reading_ = std::make_shared<std::atomic<bool>>(false);
};

} // namespace vdoc::desk
