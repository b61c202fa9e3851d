#pragma once

#include "cluster/desk/desk.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vdoc::desk {

/// A client's public key, and what it allows.
struct client_key {
  std::string name;       ///< of whoever has it; unique
  std::string public_key; ///< Z85, 40 characters
  std::string tenant;     ///< "*": all
  role as = role::viewer;
  std::int64_t created_unix_ms = 0;
  std::string created_by;
  friend bool operator==(const client_key&, const client_key&) = default;
};
/// As it is shown and stored. There is nothing secret in it.
std::string to_json(const client_key& what);
/// Back; nothing when it is none.
std::optional<client_key> stored_key(const std::string& name, std::string_view json);

/// {"name": "...", "public_key": "...", "tenant": "default", "role": "publisher"}
struct parsed_key {
  verdict how;
  client_key what;
};
parsed_key parse_key(std::string_view json);
/// {"name": "..."}
parsed_key parse_key_name(std::string_view json);

/// The keys that are let in at the moment. Any thread.
class key_ring {
public:
  /// Until all are known, a stranger may be somebody whose key has not been read yet.
  [[nodiscard]] bool complete() const;
  void fill(std::vector<client_key> all);
  void put(client_key what);
  void remove(const std::string& name);
  /// Who has this key; `door` is left empty.
  [[nodiscard]] std::optional<caller> find(std::string_view public_key) const;
  [[nodiscard]] std::optional<client_key> named(std::string_view name) const;
  /// Goes up with each key that is taken away.
  [[nodiscard]] std::uint64_t removals() const;

private:
  mutable std::mutex mutex_;
  std::map<std::string, client_key, std::less<>> by_public_key_;
  bool complete_ = false;
  std::uint64_t removals_ = 0;
};

struct key_list {
  verdict how;
  std::vector<client_key> keys;
};

/// The port through which keys are given and taken. Any thread; never blocks. Every call is
/// answered once, within ten seconds, after its commit; what it changes holds by then. For admins.
class gatekeeper {
public:
  virtual ~gatekeeper() = default;

  virtual void create(const caller& who, client_key what, then<verdict> answer) = 0;
  virtual void list(const caller& who, then<key_list> answer) = 0;
  virtual void revoke(const caller& who, const std::string& name, then<verdict> answer) = 0;
};

} // namespace vdoc::desk
