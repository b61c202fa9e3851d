#include "cluster/desk/token.hpp"

#include "cluster/desk/instant.hpp"
#include "cluster/desk/stored_json.hpp"

#include <nlohmann/json.hpp>
#include <sodium.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace vdoc::desk {

namespace {

using nlohmann::ordered_json;

constexpr std::string_view prefix = "vdoc_"; // for those who look for secrets in what is published

} // namespace

std::string new_secret() {
  constexpr std::size_t size = 32;
  constexpr int form = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
  if (sodium_init() < 0)
    throw std::runtime_error{"libsodium cannot be used"};
  std::array<unsigned char, size> chance{};
  randombytes_buf(chance.data(), chance.size());
  std::array<char, sodium_base64_ENCODED_LEN(size, form)> text{};
  sodium_bin2base64(text.data(), text.size(), chance.data(), chance.size(), form);
  return std::string{prefix} + text.data();
}

std::string hash_of(std::string_view secret) {
  std::array<unsigned char, crypto_generichash_BYTES> hash{};
  crypto_generichash(hash.data(), hash.size(),
                     reinterpret_cast<const unsigned char*>(secret.data()), secret.size(), nullptr,
                     0);
  std::array<char, 2 * crypto_generichash_BYTES + 1> text{};
  sodium_bin2hex(text.data(), text.size(), hash.data(), hash.size());
  return text.data();
}

ledger::document to_document(const token& what) {
  const ordered_json body{{"name", what.name},
                          {"tenant", what.tenant},
                          {"role", to_string(what.as)},
                          {"hash", what.hash},
                          {"created_unix_ms", what.created_unix_ms}};
  return {token_kind, what.id, body.dump()};
}

std::optional<token> token_from(const ledger::document& stored) {
  const auto body = ordered_json::parse(stored.body, nullptr, false);
  if (!body.is_object())
    return std::nullopt;
  const auto as = role_from(text_in(body, "role"));
  token it{stored.key,   text_in(body, "name"), text_in(body, "tenant"),
           role::viewer, text_in(body, "hash"), body.value("created_unix_ms", std::int64_t{0})};
  if (!as || it.hash.empty() || it.tenant.empty())
    return std::nullopt;
  it.as = *as;
  return it;
}

std::string to_json(const token& what) {
  return ordered_json{{"id", what.id},
                      {"name", what.name},
                      {"tenant", what.tenant},
                      {"role", to_string(what.as)},
                      {"created_at", to_rfc3339(what.created_unix_ms)}}
      .dump();
}

void token_book::replace(const std::vector<token>& all, std::uint64_t changes) {
  std::map<std::string, token> next;
  for (const auto& one : all)
    next.insert_or_assign(one.hash, one);
  const std::scoped_lock lock{mutex_};
  if (changes != changes_)
    return;
  by_hash_ = std::move(next);
  known_ = true;
}

void token_book::add(const token& what) {
  const std::scoped_lock lock{mutex_};
  ++changes_;
  by_hash_.insert_or_assign(what.hash, what);
}

void token_book::remove(const std::string& id) {
  const std::scoped_lock lock{mutex_};
  ++changes_;
  std::erase_if(by_hash_, [&](const auto& one) { return one.second.id == id; });
}

std::uint64_t token_book::changes() const {
  const std::scoped_lock lock{mutex_};
  return changes_;
}

bool token_book::has(const std::string& id) const {
  const std::scoped_lock lock{mutex_};
  return std::ranges::any_of(by_hash_, [&](const auto& one) { return one.second.id == id; });
}

bool token_book::is_known() const {
  const std::scoped_lock lock{mutex_};
  return known_;
}

bool token_book::empty() const {
  const std::scoped_lock lock{mutex_};
  return by_hash_.empty();
}

std::optional<caller> token_book::find(std::string_view secret) const {
  const auto hash = hash_of(secret);
  const std::scoped_lock lock{mutex_};
  const auto found = by_hash_.find(hash);
  if (found == by_hash_.end())
    return std::nullopt;
  const auto& it = found->second;
  return caller{it.name + " (" + it.id + ")", it.tenant, it.as};
}

} // namespace vdoc::desk
