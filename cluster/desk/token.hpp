#pragma once

#include "cluster/desk/caller.hpp"
#include "cluster/ledger/records.hpp"

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vdoc::desk {

/// A bearer token (RFC 6750) as it is kept: what it may do, and how to know it again, but not the
/// token. Its 32 bytes come from the kernel's chance, so that nobody can try them all: a plain hash
/// (BLAKE2b, 256 bit) is enough, and a slow one would only slow the service down.
struct token {
  std::string id; ///< to name it in lists, in the audit log and for revoking
  std::string name;
  std::string tenant = "default"; ///< "*": all
  role as = role::viewer;
  std::string hash; ///< hexadecimal
  std::int64_t created_unix_ms = 0;
};

/// Kind of the ledger's documents that are tokens, by id.
inline constexpr const char* token_kind = "token";

/// "vdoc_" and 43 letters: what is given away once.
std::string new_secret();
std::string hash_of(std::string_view secret);

ledger::document to_document(const token& what);
std::optional<token> token_from(const ledger::document& stored);
/// As it is shown: without the hash.
std::string to_json(const token& what);

/// The tokens that hold. Any thread.
class token_book {
public:
  /// Those in the ledger, all of them, as it was when there had been so many `changes`: what was
  /// changed while it was being read is not undone.
  void replace(const std::vector<token>& all, std::uint64_t changes);
  void add(const token& what);
  void remove(const std::string& id);
  [[nodiscard]] std::uint64_t changes() const;

  /// Before the ledger has been read nobody knows who may do what.
  [[nodiscard]] bool is_known() const;
  [[nodiscard]] bool empty() const;
  [[nodiscard]] bool has(const std::string& id) const;
  [[nodiscard]] std::optional<caller> find(std::string_view secret) const;

private:
  mutable std::mutex mutex_;
  bool known_ = false;
  std::uint64_t changes_ = 0;
  std::map<std::string, token> by_hash_;
};

} // namespace vdoc::desk
