#include "cluster/desk/tenant_limits.hpp"

#include <nlohmann/json.hpp>

namespace vdoc::desk {

namespace {

constexpr std::array names{"queued", "running", "stored_mb", "upload_gb", "share"};
static_assert(names.size() == tenant_limit_count);

constexpr std::uint64_t bytes_per_mb = 1'000'000;
constexpr std::uint64_t bytes_per_gb = 1'000'000'000;

} // namespace

const char* to_string(tenant_limit what) {
  return names.at(static_cast<std::size_t>(what));
}

std::pair<std::uint64_t, std::uint64_t> range_of(tenant_limit what) {
  constexpr std::uint64_t lots = 1'000'000'000, most_gb = 1'000'000, most_share = 1'000;
  switch (what) {
  case tenant_limit::share:
    return {1, most_share};
  case tenant_limit::upload_gb:
    return {0, most_gb};
  default:
    return {0, lots};
  }
}

std::uint64_t tenant_limits::stored_bytes() const {
  return (*this)[tenant_limit::stored_mb] * bytes_per_mb;
}
std::uint64_t tenant_limits::upload_bytes() const {
  return (*this)[tenant_limit::upload_gb] * bytes_per_gb;
}

own_limits changed(own_limits before, const tenant_change& by) {
  for (const auto& [what, value] : by)
    if (value)
      before.insert_or_assign(what, *value);
    else
      before.erase(what);
  return before;
}

std::string to_body(const own_limits& what) {
  nlohmann::ordered_json body;
  for (const auto& [limit, value] : what)
    body[to_string(limit)] = value;
  return body.is_null() ? std::string{} : body.dump();
}

own_limits own_limits_in(const std::string& body) {
  own_limits own;
  const auto parsed = nlohmann::json::parse(body, nullptr, false);
  if (!parsed.is_object())
    return own;
  for (std::size_t i = 0; i < tenant_limit_count; ++i) {
    const auto limit = static_cast<tenant_limit>(i);
    const auto [least, most] = range_of(limit);
    const auto found = parsed.find(to_string(limit));
    if (found == parsed.end() || !found->is_number_unsigned())
      continue;
    const auto value = found->get<std::uint64_t>();
    if (value >= least && value <= most)
      own.emplace(limit, value);
  }
  return own;
}

tenant_limits tenant_book::of(const std::string& tenant) const {
  auto limits = of_all_;
  if (const auto share = shares_.find(tenant); share != shares_.end())
    limits[tenant_limit::share] = share->second;
  for (const auto& [what, value] : own_of(tenant))
    limits[what] = value;
  return limits;
}

own_limits tenant_book::own_of(const std::string& tenant) const {
  const std::scoped_lock lock{mutex_};
  const auto found = own_.find(tenant);
  return found == own_.end() ? own_limits{} : found->second;
}

std::map<std::string, own_limits> tenant_book::own() const {
  const std::scoped_lock lock{mutex_};
  return own_;
}

void tenant_book::set(const std::string& tenant, const own_limits& what) {
  const std::scoped_lock lock{mutex_};
  if (what.empty())
    own_.erase(tenant);
  else
    own_.insert_or_assign(tenant, what);
}

void tenant_book::replace(std::map<std::string, own_limits> all) {
  const std::scoped_lock lock{mutex_};
  own_ = std::move(all);
}

} // namespace vdoc::desk
