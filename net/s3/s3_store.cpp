#include "net/s3/s3_store.hpp"

#include "net/http/media_type.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <string_view>

namespace vdoc::net {

using artefacts::cure;
using artefacts::object;
using artefacts::store_error;

namespace {

constexpr std::uint64_t largest_put_bytes = 5'000'000'000;
constexpr long not_found = 404;

/// Digests of a file, and how long it is.
struct digests {
  std::string sha256; ///< hex
  std::string md5;    ///< hex
  std::uint64_t bytes = 0;
};

class digest {
public:
  explicit digest(const EVP_MD* how) : context_{EVP_MD_CTX_new(), EVP_MD_CTX_free} {
    if (!context_ || EVP_DigestInit_ex(context_.get(), how, nullptr) != 1)
      throw store_error{cure::operate, "this OpenSSL has no such digest"};
  }
  void add(std::string_view bytes) { EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()); }
  std::string hex() {
    constexpr std::string_view digits = "0123456789abcdef";
    std::array<unsigned char, EVP_MAX_MD_SIZE> raw{};
    unsigned size = 0;
    EVP_DigestFinal_ex(context_.get(), raw.data(), &size);
    std::string text;
    for (unsigned i = 0; i < size; ++i) {
      text += digits[raw.at(i) >> 4U];
      text += digits[raw.at(i) & 0x0FU];
    }
    return text;
  }

private:
  std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context_;
};

digests digests_of(const std::filesystem::path& file, const artefacts::still_wanted& wanted) {
  constexpr std::size_t piece_bytes = 1'024UL * 1'024;
  std::ifstream in{file, std::ios::binary};
  digest sha256{EVP_sha256()}, md5{EVP_md5()};
  std::string piece(piece_bytes, '\0');
  digests all;
  while (in.read(piece.data(), static_cast<std::streamsize>(piece.size())) || in.gcount() > 0) {
    const std::string_view got{piece.data(), static_cast<std::size_t>(in.gcount())};
    if (wanted && !wanted())
      throw store_error{cure::wait, "nobody wants it any more"};
    sha256.add(got);
    md5.add(got);
    all.bytes += got.size();
  }
  if (!in.eof())
    throw store_error{cure::wait, "cannot read " + file.string()};
  all.sha256 = sha256.hex();
  all.md5 = md5.hex();
  return all;
}

/// Whether the server says that it has stored other bytes. An ETag that is no MD5 says nothing.
bool is_mangled(const s3_answer& answer, const std::string& md5) {
  std::string_view etag{answer.etag};
  if (etag.size() == md5.size() + 2 && etag.front() == '"')
    etag = etag.substr(1, md5.size());
  const bool is_hex = etag.size() == md5.size() &&
                      etag.find_first_not_of("0123456789abcdef") == std::string_view::npos;
  const bool is_md5 = answer.encryption.empty() || answer.encryption == "AES256";
  return is_hex && is_md5 && etag != md5;
}

constexpr std::array passing{"RequestTimeout", "BadDigest", "XAmzContentSHA256Mismatch",
                             "IncompleteBody", "SlowDown",  "InternalError"};
constexpr std::array of_one_object{"EntityTooLarge", "KeyTooLongError", "InvalidURI"};

template <class List> bool is_in(const List& list, const std::string& word) {
  return std::ranges::find(list, word) != list.end();
}

std::string advice_for(long status, const std::string& code) {
  if (code == "RequestTimeTooSkewed")
    return "set the clock of this machine";
  if (code == "InvalidAccessKeyId" || code == "SignatureDoesNotMatch" || code == "ExpiredToken" ||
      code == "InvalidToken")
    return "check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN of the service";
  if (code == "NoSuchBucket")
    return "make the bucket, or check artefacts.store and artefacts.endpoint";
  if (status == 403 || status == 401)
    return "the key has to be allowed to list the bucket, and to read, write and delete there";
  return "check artefacts.store, artefacts.endpoint and artefacts.region";
}

} // namespace

s3_store::s3_store(s3_place where, s3_credentials who, s3_patience patience)
    : where_{std::move(where)}, connection_{std::move(who), where_.region, patience} {}

std::string s3_store::name() const {
  return "s3://" + where_.bucket + (where_.prefix.empty() ? "" : "/" + where_.prefix);
}

std::string s3_store::full(const std::string& key) const {
  return where_.prefix.empty() ? key : where_.prefix + "/" + key;
}

void s3_store::expect(const s3_answer& answer, const std::string& doing) const {
  if (answer.status >= 200 && answer.status < 300)
    return;
  std::string code, message;
  std::size_t at = 0;
  s3_text_in(answer.body, "Code", at, code);
  at = 0;
  s3_text_in(answer.body, "Message", at, message);
  auto words = "cannot " + doing + " in " + name() + ": " + std::to_string(answer.status);
  if (!code.empty())
    words += " " + code;
  if (code != "SignatureDoesNotMatch" && !message.empty()) // that one repeats what was signed
    words += ", " + message.substr(0, 200);
  const bool overload = answer.status >= 500 || answer.status == 429 || answer.status == 408;
  if (overload || is_in(passing, code))
    throw store_error{cure::wait, words, "wait until the server is well again"};
  if (is_in(of_one_object, code))
    throw store_error{cure::none, words, ""};
  throw store_error{cure::operate, words, advice_for(answer.status, code)};
}

void s3_store::put(const std::string& key, const std::filesystem::path& file,
                   const artefacts::still_wanted& wanted) {
  const auto about = digests_of(file, wanted);
  if (about.bytes > largest_put_bytes)
    throw store_error{cure::none,
                      file.string() + " is larger than 5 GB, the most that S3 takes at once",
                      "ask for smaller renditions, or keep such results in a folder"};
  s3_request what{"PUT", s3_url(where_, full(key))};
  what.headers = {{"content-type", media_type_of(key)}};
  what.body = file;
  what.body_sha256 = about.sha256;
  what.body_bytes = about.bytes;
  const auto answer = connection_.ask(what, wanted);
  expect(answer, "write " + key);
  if (is_mangled(answer, about.md5))
    throw store_error{cure::wait, key + " did not arrive at " + name() + " as it was sent",
                      "something on the way changes what is sent"};
}

std::optional<object> s3_store::look(const std::string& key) {
  const auto answer = connection_.ask({"HEAD", s3_url(where_, full(key))});
  if (answer.status == not_found)
    return std::nullopt;
  expect(answer, "look at " + key);
  return object{answer.length, answer.etag, answer.modified_unix_s};
}

std::string s3_store::read(const std::string& key, const std::string& etag, std::uint64_t first,
                           std::uint64_t length) {
  if (length == 0)
    return {};
  s3_request what{"GET", s3_url(where_, full(key))};
  what.range = std::to_string(first) + "-" + std::to_string(first + length - 1);
  what.largest_answer = length;
  auto answer = connection_.ask(what);
  expect(answer, "read " + key);
  if (answer.etag != etag)
    throw store_error{cure::none, key + " has changed meanwhile"};
  if (answer.body.size() != length)
    throw store_error{cure::wait, key + " came short"};
  return std::move(answer.body);
}

std::vector<std::string> s3_store::list(const std::string& prefix) {
  const auto ours = full("").size();
  std::vector<std::string> keys;
  std::string token;
  do {
    auto url = s3_url(where_, "") + "?";
    if (!token.empty())
      url += "continuation-token=" + s3_encoded(token, false) + "&";
    url += "list-type=2&max-keys=1000&prefix=" + s3_encoded(full(prefix), false);
    const auto answer = connection_.ask({"GET", url});
    expect(answer, "look into " + prefix);
    std::string key;
    for (std::size_t at = 0; s3_text_in(answer.body, "Key", at, key);)
      keys.push_back(key.substr(std::min(ours, key.size())));
    std::size_t at = 0;
    if (!s3_text_in(answer.body, "NextContinuationToken", at, token))
      token.clear();
  } while (!token.empty());
  return keys;
}

void s3_store::remove(const std::string& key) {
  const auto answer = connection_.ask({"DELETE", s3_url(where_, full(key))});
  std::string code;
  std::size_t at = 0;
  s3_text_in(answer.body, "Code", at, code);
  if (answer.status != not_found || code == "NoSuchBucket")
    expect(answer, "remove " + key);
}

} // namespace vdoc::net
