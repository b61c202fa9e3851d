#include "net/http/tus.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace vdoc::net::tus {

namespace {

constexpr unsigned no_content = 204;

web_answer refused(unsigned status, const std::string& message, const std::string& advice = {}) {
  return with_version(problem(status, "bad_request", message, advice));
}

std::optional<std::uint64_t> number_in(std::string_view text) {
  std::uint64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = read.ec == std::errc{} && read.ptr == text.data() + text.size();
  constexpr std::uint64_t most = INT64_MAX; // of a file's length
  return whole && !text.empty() && number <= most ? std::optional{number} : std::nullopt;
}

std::optional<std::string> from_base64(std::string_view text) {
  std::string bytes(text.size(), '\0');
  std::size_t size = 0;
  if (sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), text.data(),
                        text.size(), nullptr, &size, nullptr, sodium_base64_VARIANT_ORIGINAL) != 0)
    return std::nullopt;
  bytes.resize(size);
  return bytes;
}

std::string_view trimmed(std::string_view text) {
  const auto begin = std::min(text.find_first_not_of(" \t"), text.size());
  text.remove_prefix(begin);
  return text.substr(0, text.find_last_not_of(" \t") + 1);
}

bool is_key(std::string_view text) {
  return !text.empty() &&
         std::ranges::all_of(text, [](char one) { return one > ' ' && one < 0x7f && one != ','; });
}

/// False when the header cannot be read, or is of an algorithm that is not ours.
bool read_checksum(std::string_view header, checksum& into) {
  constexpr std::array known{std::pair{"sha1", std::size_t{20}},
                             std::pair{"sha256", std::size_t{32}}};
  if (header.empty())
    return true;
  const auto space = header.find(' ');
  if (space == std::string_view::npos)
    return false;
  const auto digest = from_base64(trimmed(header.substr(space + 1)));
  into.algorithm = header.substr(0, space);
  into.digest = digest.value_or("");
  return std::ranges::any_of(known, [&](const auto& one) {
    return into.algorithm == one.first && into.digest.size() == one.second;
  });
}

web_answer no_checksum() {
  return refused(400, "Upload-Checksum has to be sha1 or sha256, a space and the digest in base64");
}

bool is_body_type(std::string_view given) {
  return trimmed(given.substr(0, given.find(';'))) == body_type;
}

web_answer wrong_type() {
  return refused(415, "the body of an upload is sent as it is",
                 std::string{"send it with Content-Type: "} + body_type);
}

/// What is wrong with how a new upload says its length, or that it does not know it.
std::optional<web_answer> wrong_length(const request& what, std::uint64_t largest) {
  const auto length = number_in(what.length);
  if (!what.defer.empty() && !what.length.empty())
    return refused(400, "an upload has Upload-Length or Upload-Defer-Length, not both",
                   "leave out Upload-Defer-Length");
  if (!what.defer.empty() && what.defer != "1")
    return refused(400, "Upload-Defer-Length is 1", "leave it out where the length is known");
  if (what.defer.empty() && !length)
    return refused(400, "Upload-Length is missing, or is no number of bytes",
                   "send Upload-Defer-Length: 1 while it is not known");
  const auto bytes = length.value_or(what.body.value_or(0));
  if (largest > 0 && bytes > largest)
    return too_large(largest);
  if (length && what.body.value_or(0) > *length)
    return too_long(*length);
  return std::nullopt;
}

} // namespace

web_answer with_version(web_answer what) {
  what.headers.emplace_back("Tus-Resumable", version);
  return what;
}

verb verb_of(const request& what) {
  constexpr std::array verbs{std::pair{"OPTIONS", verb::options}, std::pair{"POST", verb::create},
                             std::pair{"HEAD", verb::look}, std::pair{"PATCH", verb::append},
                             std::pair{"DELETE", verb::remove}};
  const auto method = what.method_override.empty() ? what.method : what.method_override;
  const auto* const found =
      std::ranges::find_if(verbs, [&](const auto& one) { return one.first == method; });
  return found == verbs.end() ? verb::none : found->second;
}

std::optional<std::vector<metadata_pair>> metadata_in(std::string_view header) {
  std::vector<metadata_pair> all;
  while (!trimmed(header).empty()) {
    const auto comma = std::min(header.find(','), header.size());
    const auto pair = trimmed(header.substr(0, comma));
    header.remove_prefix(std::min(comma + 1, header.size()));
    const auto space = std::min(pair.find(' '), pair.size());
    const auto key = pair.substr(0, space);
    auto value = from_base64(trimmed(pair.substr(space)));
    if (!is_key(key) || !value || !value_of(all, key).empty())
      return std::nullopt;
    all.push_back({std::string{key}, std::move(*value)});
  }
  return all;
}

std::string_view value_of(const std::vector<metadata_pair>& all, std::string_view key) {
  const auto found =
      std::ranges::find_if(all, [&](const metadata_pair& one) { return one.key == key; });
  return found == all.end() ? std::string_view{} : found->value;
}

std::optional<web_answer> check_version(const request& what) {
  if (what.resumable == version)
    return std::nullopt;
  auto answer = refused(412, "this service speaks tus " + std::string{version},
                        "send Tus-Resumable: " + std::string{version});
  answer.headers.emplace_back("Tus-Version", version);
  return answer;
}

creation read_creation(const request& what, std::uint64_t largest) {
  creation it;
  auto metadata = metadata_in(what.metadata);
  it.with_upload = what.body.value_or(1) > 0;
  it.refusal = wrong_length(what, largest);
  if (it.refusal)
    return it;
  if (!metadata)
    it.refusal = refused(400, "Upload-Metadata has to be pairs of a key and a value in base64");
  else if (it.with_upload && !is_body_type(what.content_type))
    it.refusal = wrong_type();
  else if (!read_checksum(what.checksum, it.sum))
    it.refusal = no_checksum();
  if (it.refusal)
    return it;
  it.length = number_in(what.length);
  it.metadata = std::move(*metadata);
  return it;
}

continuation read_continuation(const request& what, std::optional<std::uint64_t> length,
                               std::uint64_t largest) {
  continuation it;
  const auto offset = number_in(what.offset);
  const auto said = number_in(what.length);
  const auto whole = length ? length : said;
  const bool brings_bytes = what.body.value_or(1) > 0; // or only says the length
  const auto bytes = what.body.value_or(0);
  const auto room = largest - std::min(offset.value_or(0), largest);
  if (brings_bytes && !is_body_type(what.content_type))
    it.refusal = wrong_type();
  else if (!offset)
    it.refusal = refused(400, "Upload-Offset is missing, or is no number of bytes");
  else if (!what.length.empty() && (!said || (length && said != length)))
    it.refusal = refused(400, "Upload-Length is no number of bytes, or not the one said before");
  else if (!length && said && *offset > *said)
    it.refusal = refused(400, "Upload-Length is less than what is there already");
  else if (largest > 0 && (said ? *said > largest : !whole && bytes > room))
    it.refusal = too_large(largest);
  else if (whole && *offset <= *whole && bytes > *whole - *offset)
    it.refusal = too_long(*whole);
  else if (!read_checksum(what.checksum, it.sum))
    it.refusal = no_checksum();
  if (it.refusal)
    return it;
  it.offset = *offset;
  if (!length)
    it.length = said;
  return it;
}

web_answer described(std::uint64_t largest) {
  auto answer = with_version({no_content, ""});
  answer.headers.emplace_back("Tus-Version", version);
  answer.headers.emplace_back("Tus-Extension", extensions);
  answer.headers.emplace_back("Tus-Checksum-Algorithm", "sha1,sha256");
  if (largest > 0)
    answer.headers.emplace_back("Tus-Max-Size", std::to_string(largest));
  return answer;
}

web_answer wrong_offset(std::uint64_t is, std::uint64_t asked) {
  auto answer = with_version(problem(409, "conflict",
                                     "the upload stands at byte " + std::to_string(is) +
                                         ", not at " + std::to_string(asked),
                                     "ask with HEAD, and go on from there"));
  answer.headers.emplace_back("Upload-Offset", std::to_string(is));
  return answer;
}

web_answer gone() {
  return with_version(
      problem(404, "not_found", "there is no such upload, or not any more", "begin a new one"));
}

web_answer too_long(std::uint64_t length) {
  return refused(413, "that is more than the " + std::to_string(length) +
                          " bytes that the upload is to have");
}

web_answer too_large(std::uint64_t largest) {
  return refused(413, "an upload has at most " + std::to_string(largest) + " bytes here",
                 "source.largest_gb sets it");
}

web_answer wrong_checksum() {
  return with_version(problem(
      460, "bad_request", "the bytes have another checksum than they should", "send them again"));
}

} // namespace vdoc::net::tus
