#pragma once

#include "cluster/desk/desk.hpp"
#include "cluster/uploads/upload.hpp"

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vdoc::uploads {

/// What uploads may cost.
struct upload_terms {
  std::uint64_t largest_bytes = 0; ///< of one; 0: no limit
  std::uint64_t tenant_bytes =
      0; ///< of all that a tenant has here, as long as they will be; 0: no limit
  std::int64_t expires_ms = 86'400'000; ///< after its last byte, or after its last job has ended
};

/// An upload with how far it is.
struct upload_view {
  upload what;
  std::uint64_t written = 0; ///< bytes in its file
  std::uint64_t safe = 0;    ///< of them, those that a power cut leaves alone: what is acknowledged
  std::int64_t moved_unix_ms = 0;
  std::int64_t expires_unix_ms = 0;

  [[nodiscard]] bool whole() const noexcept { return safe == what.length; }
};

/// All uploads that there are: the rules, and nothing of files. Any thread.
class upload_book {
public:
  explicit upload_book(const upload_terms& terms) : terms_{terms} {}

  [[nodiscard]] const upload_terms& terms() const noexcept { return terms_; }

  /// A new one, unless its tenant has as much as it may have (`over_quota`). Its own length is for
  /// the door to look at.
  desk::verdict add(const upload& what, std::int64_t now_unix_ms);
  /// One that was there before the service started, whatever the limits are now.
  void restore(const upload& what, std::uint64_t bytes, std::int64_t moved_unix_ms);
  void remove(const std::string& id);

  /// Nothing when there is none, or nobody has continued it in time. One that is whole is there
  /// until it is removed.
  [[nodiscard]] std::optional<upload_view> find(std::string_view id,
                                                std::int64_t now_unix_ms) const;
  /// The same by its `number_of`.
  [[nodiscard]] std::optional<upload_view> find_number(std::uint32_t number,
                                                       std::int64_t now_unix_ms) const;
  /// So many bytes are in its file; some of them may be lost with the power.
  void written(const std::string& id, std::uint64_t bytes, std::int64_t now_unix_ms);
  /// So many are safe.
  void synced(const std::string& id, std::uint64_t bytes, std::int64_t now_unix_ms);
  /// It is needed still: it expires as if its last byte had come then.
  void keep(const std::string& id, std::int64_t since_unix_ms);

  /// Those whose time is over: whoever removes them looks first whether a job needs a whole one.
  [[nodiscard]] std::vector<upload_view> expired(std::int64_t now_unix_ms) const;
  /// Bytes that a tenant has here, or has announced.
  [[nodiscard]] std::uint64_t bytes_of(std::string_view tenant) const;

private:
  struct entry {
    upload what;
    std::uint64_t written = 0;
    std::uint64_t safe = 0;
    std::int64_t moved_unix_ms = 0;
  };
  using entries = std::map<std::string, entry, std::less<>>;
  [[nodiscard]] std::optional<upload_view> seen(entries::const_iterator at,
                                                std::int64_t now_unix_ms) const;
  [[nodiscard]] upload_view view_of(const entry& one) const;
  [[nodiscard]] bool is_over(const entry& one, std::int64_t now_unix_ms) const;

  const upload_terms terms_;
  mutable std::mutex mutex_;
  entries all_;
  std::map<std::string, std::uint64_t, std::less<>> bytes_; ///< by tenant
};

} // namespace vdoc::uploads
