#include "cluster/uploads/upload_book.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace vdoc::uploads {

using desk::refusal;

desk::verdict upload_book::add(const upload& what, std::int64_t now_unix_ms) {
  const std::scoped_lock lock{mutex_};
  auto& bytes = bytes_[what.tenant];
  if (terms_.tenant_bytes > 0 &&
      (what.length > terms_.tenant_bytes || bytes > terms_.tenant_bytes - what.length))
    return {refusal::over_quota,
            "the uploads of tenant " + what.tenant + " have " + std::to_string(bytes) + " of " +
                std::to_string(terms_.tenant_bytes) + " bytes already",
            "end or delete uploads, or raise service.tenant_upload_gb", 0};
  bytes += what.length;
  all_.insert_or_assign(what.id, entry{what, 0, 0, now_unix_ms});
  return {};
}

void upload_book::restore(const upload& what, std::uint64_t bytes, std::int64_t moved_unix_ms) {
  const std::scoped_lock lock{mutex_};
  const auto here = std::min(bytes, what.length);
  if (all_.insert_or_assign(what.id, entry{what, here, here, moved_unix_ms}).second)
    bytes_[what.tenant] += what.length;
}

void upload_book::remove(const std::string& id) {
  const std::scoped_lock lock{mutex_};
  const auto gone = all_.extract(id);
  if (gone.empty())
    return;
  const auto& what = gone.mapped().what;
  const auto left = bytes_.find(what.tenant);
  left->second -= what.length;
  if (left->second == 0)
    bytes_.erase(left);
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
  if (it.safe < it.what.length && is_over(it, now_unix_ms))
    return std::nullopt;
  return view_of(it);
}

void upload_book::written(const std::string& id, std::uint64_t bytes, std::int64_t now_unix_ms) {
  const std::scoped_lock lock{mutex_};
  const auto found = all_.find(id);
  if (found == all_.end())
    return;
  found->second.written = std::max(found->second.written, bytes);
  found->second.moved_unix_ms = now_unix_ms;
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
  it.written = std::max(it.written, bytes);
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

upload_view upload_book::view_of(const entry& one) const {
  return {one.what, one.written, one.safe, one.moved_unix_ms,
          one.moved_unix_ms + terms_.expires_ms};
}

bool upload_book::is_over(const entry& one, std::int64_t now_unix_ms) const {
  return one.moved_unix_ms + terms_.expires_ms <= now_unix_ms;
}

} // namespace vdoc::uploads
