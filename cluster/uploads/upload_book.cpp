#include "cluster/uploads/upload_book.hpp"

#include "cluster/desk/quota.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

namespace vdoc::uploads {

using desk::refusal;

tenant_room upload_book::room_of(const std::string& tenant) const {
  return terms_.room ? terms_.room(tenant) : tenant_room{};
}

/// May an upload of a tenant count for so many bytes in the place of `before`?
desk::verdict upload_book::count_bytes(const upload& of, std::uint64_t before, std::uint64_t after,
                                       const tenant_room& most) {
  const auto room = after > before ? most : tenant_room{};
  auto& bytes = bytes_[of.tenant];
  const auto others = bytes - before;
  if (room.bytes > 0 && (after > room.bytes || others > room.bytes - after))
    return {refusal::over_quota,
            "the uploads of tenant " + of.tenant + " have " + std::to_string(bytes) + " of " +
                std::to_string(room.bytes) + " bytes already",
            "end or delete uploads, or raise service.tenant_upload_gb, or that tenant's own "
            "upload_gb",
            0};
  const auto kept = room.stored_bytes > 0 && terms_.kept ? terms_.kept(of.tenant) : 0;
  if (room.stored_bytes > 0 &&
      (after > room.stored_bytes || others + kept > room.stored_bytes - after))
    return desk::stores_enough(of.tenant, bytes + kept, room.stored_bytes, 0);
  bytes = others + after;
  if (bytes == 0)
    bytes_.erase(of.tenant);
  return {};
}

/// What a client sends before the first byte is the same, so it is the same upload.
bool upload_book::is_here(const upload& what) const {
  return std::ranges::any_of(all_, [&](const auto& one) {
    const auto& known = one.second.what;
    return known.tenant == what.tenant && known.length == what.length &&
           known.metadata == what.metadata;
  });
}

desk::verdict upload_book::add(const upload& what, std::int64_t now_unix_ms, bool has_key) {
  const std::scoped_lock lock{mutex_};
  const auto counted = what.length.value_or(0);
  auto how = count_bytes(what, 0, counted, room_of(what.tenant));
  if (!how.ok() && has_key && is_here(what)) // looked for among thousands only when it matters
    how = count_bytes(what, 0, counted, {});
  if (!how.ok())
    return how;
  auto& one = all_.insert_or_assign(what.id, entry{what, counted, 0, 0, now_unix_ms}).first->second;
  ++counts_.created;
  see_whether_finished(one);
  return {};
}

void upload_book::made(const std::string& id) {
  const std::scoped_lock lock{mutex_};
  if (const auto found = all_.find(id); found != all_.end())
    found->second.made_in = readings_;
}

std::uint64_t upload_book::expect() {
  const std::scoped_lock lock{mutex_};
  is_taken_up_ = false;
  gone_meanwhile_.clear();
  return ++readings_;
}

void upload_book::take_up(std::uint64_t reading, const std::vector<kept_upload>& found) {
  const std::scoped_lock lock{mutex_};
  if (reading != readings_)
    return;
  auto before = std::exchange(all_, {});
  for (const auto& [what, bytes, moved_unix_ms] : found) {
    if (gone_meanwhile_.contains(what.id))
      continue;
    const auto here = std::min(bytes, what.length.value_or(bytes));
    entry one{what, what.length.value_or(bytes), here, here, moved_unix_ms, what.length == here};
    if (const auto known = before.extract(what.id)) {
      const auto& was = known.mapped();
      if (!one.what.length)
        one.what.length = was.what.length;
      one.counted = std::max(one.counted, was.counted);
      one.written = std::max(one.written, was.written);
      one.safe = std::max(one.safe, was.safe);
      one.moved_unix_ms = std::max(one.moved_unix_ms, was.moved_unix_ms);
      one.finished = one.finished || was.finished;
    }
    one.made_in = reading;
    all_.emplace(what.id, std::move(one));
  }
  // What has come into being while the folder was read may not have been there yet.
  std::erase_if(before, [&](const auto& it) {
    return it.second.made_in != 0 && it.second.made_in < reading;
  });
  all_.merge(before);
  bytes_.clear();
  for (const auto& [id, one] : all_)
    if (one.counted > 0)
      bytes_[one.what.tenant] += one.counted;
  gone_meanwhile_.clear();
  is_taken_up_ = true;
}

bool upload_book::is_taken_up() const {
  const std::scoped_lock lock{mutex_};
  return is_taken_up_;
}

void upload_book::take_out(const std::string& id, std::uint64_t& counter) {
  if (!is_taken_up_)
    gone_meanwhile_.insert(id);
  const auto gone = all_.extract(id);
  if (gone.empty())
    return;
  const auto& one = gone.mapped();
  if (!one.finished)
    ++counter;
  count_bytes(one.what, one.counted, 0, {});
}

void upload_book::remove(const std::string& id) {
  const std::scoped_lock lock{mutex_};
  take_out(id, counts_.withdrawn);
}

void upload_book::expire(const std::string& id) {
  const std::scoped_lock lock{mutex_};
  take_out(id, counts_.expired);
}

desk::verdict upload_book::set_length(const std::string& id, std::uint64_t length,
                                      std::int64_t now_unix_ms) {
  const std::scoped_lock lock{mutex_};
  const auto found = all_.find(id);
  if (found == all_.end())
    return {refusal::not_found, "there is no such upload, or not any more", "begin a new one", 0};
  auto& one = found->second;
  if (auto how = count_bytes(one.what, one.counted, length, room_of(one.what.tenant)); !how.ok())
    return how;
  one.what.length = one.counted = length;
  one.moved_unix_ms = now_unix_ms;
  return {};
}

void upload_book::forget_length(const std::string& id) {
  const std::scoped_lock lock{mutex_};
  const auto found = all_.find(id);
  if (found == all_.end())
    return;
  auto& one = found->second;
  count_bytes(one.what, one.counted, one.written, {});
  one.counted = one.written;
  one.what.length.reset();
}

desk::verdict upload_book::grow(const std::string& id, std::uint64_t bytes) {
  const std::scoped_lock lock{mutex_};
  const auto found = all_.find(id);
  if (found == all_.end() || found->second.what.length || bytes <= found->second.counted)
    return {};
  auto& one = found->second;
  auto how = count_bytes(one.what, one.counted, bytes, room_of(one.what.tenant));
  if (how.ok())
    one.counted = bytes;
  return how;
}

void upload_book::see_whether_finished(entry& one) {
  if (one.finished || one.what.length != one.safe)
    return;
  one.finished = true;
  ++counts_.finished;
}

std::optional<upload_view> upload_book::find(std::string_view id, std::int64_t now_unix_ms) const {
  const std::scoped_lock lock{mutex_};
  return seen(all_.find(id), now_unix_ms);
}

std::optional<upload_view> upload_book::find_number(std::uint32_t number,
                                                    std::int64_t now_unix_ms) const {
  std::array<char, 9> prefix{};
  std::snprintf(prefix.data(), prefix.size(), "%08x", number);
  const std::scoped_lock lock{mutex_};
  const auto at = all_.lower_bound(std::string_view{prefix.data()});
  return at != all_.end() && at->first.starts_with(prefix.data()) ? seen(at, now_unix_ms)
                                                                  : std::nullopt;
}

std::optional<upload_view> upload_book::seen(entries::const_iterator at,
                                             std::int64_t now_unix_ms) const {
  if (at == all_.end())
    return std::nullopt;
  const auto& it = at->second;
  auto view = view_of(it);
  if (!view.whole() && is_over(it, now_unix_ms))
    return std::nullopt;
  return view;
}

void upload_book::written(const std::string& id, std::uint64_t bytes, std::int64_t now_unix_ms) {
  const std::scoped_lock lock{mutex_};
  const auto found = all_.find(id);
  if (found == all_.end())
    return;
  auto& it = found->second;
  counts_.received_bytes += bytes - std::min(bytes, it.written);
  it.written = std::max(it.written, bytes);
  it.moved_unix_ms = now_unix_ms;
}

void upload_book::synced(const std::string& id, std::uint64_t bytes, std::int64_t now_unix_ms) {
  const std::scoped_lock lock{mutex_};
  const auto found = all_.find(id);
  if (found == all_.end())
    return;
  auto& it = found->second;
  if (bytes > it.safe)
    it.moved_unix_ms = now_unix_ms;
  it.safe = std::max(it.safe, bytes);
  counts_.received_bytes += bytes - std::min(bytes, it.written);
  it.written = std::max(it.written, bytes);
  see_whether_finished(it);
}

void upload_book::keep(const std::string& id, std::int64_t since_unix_ms) {
  const std::scoped_lock lock{mutex_};
  if (const auto found = all_.find(id); found != all_.end())
    found->second.moved_unix_ms = std::max(found->second.moved_unix_ms, since_unix_ms);
}

std::vector<upload_view> upload_book::expired(std::int64_t now_unix_ms) const {
  const std::scoped_lock lock{mutex_};
  std::vector<upload_view> over;
  for (const auto& [id, one] : all_)
    if (is_over(one, now_unix_ms))
      over.push_back(view_of(one));
  return over;
}

std::uint64_t upload_book::bytes_of(std::string_view tenant) const {
  const std::scoped_lock lock{mutex_};
  const auto found = bytes_.find(tenant);
  return found == bytes_.end() ? 0 : found->second;
}

std::map<std::string, std::uint64_t> upload_book::tenants() const {
  const std::scoped_lock lock{mutex_};
  return {bytes_.begin(), bytes_.end()};
}

upload_counts upload_book::counts() const {
  const std::scoped_lock lock{mutex_};
  auto now = counts_;
  now.open = static_cast<std::uint64_t>(
      std::ranges::count_if(all_, [](const auto& one) { return !one.second.finished; }));
  return now;
}

upload_view upload_book::view_of(const entry& one) const {
  return {one.what, one.written, one.safe, one.moved_unix_ms,
          one.moved_unix_ms + terms_.expires_ms};
}

bool upload_book::is_over(const entry& one, std::int64_t now_unix_ms) const {
  return one.moved_unix_ms + terms_.expires_ms <= now_unix_ms;
}

} // namespace vdoc::uploads
