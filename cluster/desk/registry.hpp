#pragma once

#include "cluster/desk/archive.hpp"
#include "cluster/desk/audit_query.hpp"
#include "cluster/desk/token.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vdoc::desk {

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
  void read_audit(const caller& who, const audit_query& asked, then<audit_page> answer);

  /// Into the audit log, with the time of now: of what is no change of the ledger.
  void note(audit_line what);
  /// The line of a submit, to be written with its jobs; nothing where callers are not told apart:
  /// there are no tokens, and `has_key` says that no key has shown who it is. Then all are the same
  /// caller's, and the jobs themselves say when they came.
  [[nodiscard]] std::optional<ledger::document> line_of_submit(const caller& who,
                                                               bool has_key) const;

private:
  /// With the time of now.
  [[nodiscard]] ledger::document stamped(audit_line what) const;

  archive& where_;
  means with_;
  std::shared_ptr<token_book> book_ = std::make_shared<token_book>();
  std::shared_ptr<std::atomic<bool>> reading_ = std::make_shared<std::atomic<bool>>(false);
};

} // namespace vdoc::desk
