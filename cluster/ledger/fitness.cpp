#include "cluster/ledger/fitness.hpp"

#include "cluster/ledger/dedupe.hpp"
#include "cluster/ledger/store.hpp"

#include <nlohmann/json.hpp>

#include <charconv>

namespace vdoc::ledger {

namespace {

/// How many bytes the character takes that `bytes` begins with; 0: it is none, or NUL.
std::size_t length_of_first(std::string_view bytes) noexcept {
  const auto at = [&](std::size_t i) {
    return i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0U;
  };
  const auto follows = [&](std::size_t i, unsigned low = 0x80, unsigned high = 0xbf) {
    return at(i) >= low && at(i) <= high;
  };
  const auto first = at(0);
  if (first >= 0x01 && first <= 0x7f)
    return 1;
  if (first >= 0xc2 && first <= 0xdf)
    return follows(1) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef) {
    const unsigned low = first == 0xe0 ? 0xa0 : 0x80;
    const unsigned high = first == 0xed ? 0x9f : 0xbf;
    return follows(1, low, high) && follows(2) ? 3 : 0;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    const unsigned low = first == 0xf0 ? 0x90 : 0x80;
    const unsigned high = first == 0xf4 ? 0x8f : 0xbf;
    return follows(1, low, high) && follows(2) && follows(3) ? 4 : 0;
  }
  return 0;
}

bool is_name(std::string_view text) noexcept {
  return text.size() <= longest_name && is_text(text);
}

bool are_labels(const std::string& text) {
  if (text.empty())
    return true;
  const auto labels = nlohmann::json::parse(text, nullptr, false);
  if (!labels.is_object())
    return false;
  for (const auto& [key, value] : labels.items())
    if (!is_text(key) || !value.is_string() || !is_text(value.get_ref<const std::string&>()))
      return false;
  return true;
}

} // namespace

bool is_text(std::string_view bytes) noexcept {
  while (!bytes.empty()) {
    const auto length = length_of_first(bytes);
    if (length == 0)
      return false;
    bytes.remove_prefix(length);
  }
  return true;
}

std::string as_text(std::string bytes) {
  if (is_text(bytes))
    return bytes;
  std::string text;
  for (std::string_view rest = bytes; !rest.empty();) {
    const auto length = length_of_first(rest);
    text += length == 0 ? std::string_view{"\xef\xbf\xbd"} : rest.substr(0, length);
    rest.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return text;
}

bool is_fit(const job& what) {
  for (const auto* name : {&what.id, &what.tenant, &what.queue, &what.idempotency_key})
    if (!is_name(*name))
      return false;
  if (!what.dedupe_key.empty() && !is_name(dedupe_name(what)))
    return false;
  for (const auto& id : what.after)
    if (!is_name(id))
      return false;
  return are_labels(what.labels);
}

bool is_fit(const event& what) {
  if (what.kind != event_kind::reprioritised)
    return true;
  std::int32_t number = 0;
  const auto* const end = what.detail.data() + what.detail.size();
  const auto read = std::from_chars(what.detail.data(), end, number);
  return read.ec == std::errc{} && read.ptr == end;
}

bool is_fit(const document& what) {
  return !what.kind.empty() && is_name(what.kind) && !what.key.empty() && is_name(what.key);
}

} // namespace vdoc::ledger
