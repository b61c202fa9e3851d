#pragma once

#include "cluster/desk/desk.hpp"
#include "cluster/uploads/upload.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace vdoc::uploads {

/// What a tenant may have here; 0: no limit.
struct tenant_room {
  std::uint64_t bytes = 0; ///< of uploads, as long as they will be, or are where nobody knows
  std::uint64_t stored_bytes = 0; ///< of these together with the results that it keeps
};

/// What uploads may cost.
struct upload_terms {
  std::uint64_t largest_bytes = 0;      ///< of one; 0: no limit
  std::int64_t expires_ms = 86'400'000; ///< after its last byte, or after its last job has ended
  /// Without it no tenant has a limit. Any thread; asks nothing of the book.
  std::function<tenant_room(const std::string& tenant)> room = {};
  /// Bytes of those results; without it there are none. Any thread; asks nothing of the book.
  std::function<std::uint64_t(const std::string& tenant)> kept = {};
};

/// An upload with how far it is.
struct upload_view {
  upload what;
  std::uint64_t written = 0; ///< bytes in its file
  std::uint64_t safe = 0;    ///< of them, those that a power cut leaves alone: what is acknowledged
  std::int64_t moved_unix_ms = 0;
  std::int64_t expires_unix_ms = 0;

  [[nodiscard]] bool whole() const noexcept { return what.length && safe == *what.length; }
};

/// What has become of uploads since the service started, for its metrics. Each that was created is
/// finished, expired, withdrawn or open.
struct upload_counts {
  std::uint64_t created = 0;
  std::uint64_t finished = 0;  ///< whole
  std::uint64_t expired = 0;   ///< nobody has continued them in time
  std::uint64_t withdrawn = 0; ///< taken back before they were whole, or refused with their job
  std::uint64_t received_bytes = 0;
  std::uint64_t open = 0; ///< not whole at the moment, also of those that were there before
  friend bool operator==(const upload_counts&, const upload_counts&) = default;
};

/// All uploads that there are: the rules, and nothing of files. Any thread.
class upload_book {
public:
  explicit upload_book(const upload_terms& terms) : terms_{terms} {}

  [[nodiscard]] const upload_terms& terms() const noexcept { return terms_; }

  /// A new one, unless its tenant has as much as it may have (`over_quota`). Its own length is for
  /// the door to look at. With `has_key` its metadata tells of a job with an idempotency key: where
  /// the same is here already it is that one begun once more, so it has room until the door knows.
  desk::verdict add(const upload& what, std::int64_t now_unix_ms, bool has_key = false);
  /// Its file is there: from here on it is in the folder, or was taken from it.
  void made(const std::string& id);
  /// Others may have had the folder: until it is read and taken up nobody knows of an upload that
  /// it is gone, or how far it is. The number of this reading.
  std::uint64_t expect();
  /// What was read, whatever the limits are now. Those of which this process knew more meanwhile
  /// are as it knows them. Nothing when another reading has begun.
  void take_up(std::uint64_t reading, const std::vector<kept_upload>& found);
  [[nodiscard]] bool is_taken_up() const;
  void remove(const std::string& id);
  /// The same of one that nobody has continued in time.
  void expire(const std::string& id);

  /// Its client knows now how long it is going to be, unless its tenant has as much as it may have.
  /// For one whose length is not known.
  desk::verdict set_length(const std::string& id, std::uint64_t length, std::int64_t now_unix_ms);
  /// That could not be kept.
  void forget_length(const std::string& id);
  /// More comes, up to so many bytes: where the length is not known, unless its tenant has as much
  /// as it may have.
  desk::verdict grow(const std::string& id, std::uint64_t bytes);

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
  /// The same of every tenant that has any.
  [[nodiscard]] std::map<std::string, std::uint64_t> tenants() const;
  [[nodiscard]] upload_counts counts() const;

private:
  struct entry {
    upload what;
    std::uint64_t counted = 0; ///< bytes of its tenant
    std::uint64_t written = 0;
    std::uint64_t safe = 0;
    std::int64_t moved_unix_ms = 0;
    bool finished = false;
    std::uint64_t made_in = 0; ///< the reading before it was made; 0: it is not there yet
  };
  using entries = std::map<std::string, entry, std::less<>>;
  [[nodiscard]] std::optional<upload_view> seen(entries::const_iterator at,
                                                std::int64_t now_unix_ms) const;
  [[nodiscard]] upload_view view_of(const entry& one) const;
  [[nodiscard]] bool is_over(const entry& one, std::int64_t now_unix_ms) const;
  [[nodiscard]] tenant_room room_of(const std::string& tenant) const;
  desk::verdict count_bytes(const upload& of, std::uint64_t before, std::uint64_t after,
                            const tenant_room& most);
  [[nodiscard]] bool is_here(const upload& what) const;
  void take_out(const std::string& id, std::uint64_t& counter);
  void see_whether_finished(entry& one);

  const upload_terms terms_;
  mutable std::mutex mutex_;
  entries all_;
  std::map<std::string, std::uint64_t, std::less<>> bytes_; ///< by tenant
  std::uint64_t readings_ = 1;
  bool is_taken_up_ = false;
  std::set<std::string> gone_meanwhile_; ///< taken out while the folder is read
  upload_counts counts_;                 ///< but for `open`
};

} // namespace vdoc::uploads
