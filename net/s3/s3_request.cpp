#include "net/s3/s3_request.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <cstdio>
#include <curl/curl.h>
#include <mutex>
#include <string_view>
#include <system_error>

namespace vdoc::net {

using artefacts::cure;
using artefacts::store_error;

namespace {

/// Of an empty body.
constexpr const char* sha256_of_nothing =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
constexpr long slowest_bytes_per_s = 1'000;

struct close_file {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
struct free_list {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

/// What goes on while one request is under way.
struct exchange {
  s3_answer answer;
  std::size_t largest_answer = 0;
  bool too_large = false;
  bool abandoned = false;
  std::unique_ptr<std::FILE, close_file> body;
  const artefacts::still_wanted* wanted = nullptr;
  std::chrono::steady_clock::time_point looked{};
};

std::string lower(std::string_view text) {
  std::string out{text};
  std::ranges::transform(out, out.begin(), [](unsigned char c) { return std::tolower(c); });
  return out;
}

std::size_t take_body(char* bytes, std::size_t one, std::size_t count, void* self) {
  auto& my = *static_cast<exchange*>(self);
  my.too_large = my.answer.body.size() + one * count > my.largest_answer;
  if (my.too_large)
    return 0;
  my.answer.body.append(bytes, one * count);
  return one * count;
}

std::size_t take_header(char* bytes, std::size_t one, std::size_t count, void* self) {
  auto& answer = static_cast<exchange*>(self)->answer;
  const std::string_view line{bytes, one * count};
  const auto colon = line.find(':');
  if (line.starts_with("HTTP/")) { // of another answer: "100 Continue" came before
    answer.etag.clear();
    answer.encryption.clear();
  }
  if (colon == std::string_view::npos)
    return one * count;
  const auto name = lower(line.substr(0, colon));
  auto value = line.substr(colon + 1);
  while (!value.empty() && std::isspace(static_cast<unsigned char>(value.front())) != 0)
    value.remove_prefix(1);
  while (!value.empty() && std::isspace(static_cast<unsigned char>(value.back())) != 0)
    value.remove_suffix(1);
  if (name == "etag")
    answer.etag = value;
  else if (name.starts_with("x-amz-server-side-encryption"))
    answer.encryption += value;
  return one * count;
}

std::size_t give_body(char* into, std::size_t one, std::size_t count, void* self) {
  auto& my = *static_cast<exchange*>(self);
  const auto got = std::fread(into, 1, one * count, my.body.get());
  return std::ferror(my.body.get()) != 0 ? CURL_READFUNC_ABORT : got;
}

int seek_body(void* self, curl_off_t to, int from) {
  auto& my = *static_cast<exchange*>(self);
  return ::fseeko(my.body.get(), to, from) == 0 ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL;
}

int look_up(void* self, curl_off_t /*down*/, curl_off_t /*of*/, curl_off_t /*up*/,
            curl_off_t /*of*/) {
  auto& my = *static_cast<exchange*>(self);
  const auto now = std::chrono::steady_clock::now();
  if (!*my.wanted || now - my.looked < std::chrono::milliseconds{250})
    return 0;
  my.looked = now;
  my.abandoned = !(*my.wanted)();
  return my.abandoned ? 1 : 0;
}

/// Why there is no answer. The URL is not in it: its host is.
store_error explained(CURLcode why, const char* details, const std::string& url) {
  const auto from = url.find("://") + 3;
  const auto host = url.substr(from, url.find('/', from) - from);
  std::string words = host + ": " + curl_easy_strerror(why);
  if (*details != '\0')
    words += std::string{" ("} + details + ")";
  switch (why) {
  case CURLE_PEER_FAILED_VERIFICATION:
  case CURLE_SSL_CERTPROBLEM:
  case CURLE_SSL_CACERT_BADFILE:
    return {cure::operate, words, "its certificate has to be one that this machine trusts"};
  case CURLE_URL_MALFORMAT:
  case CURLE_UNSUPPORTED_PROTOCOL:
    return {cure::operate, words, "check artefacts.endpoint and artefacts.region"};
  default:
    return {cure::wait, words, "see whether the server runs, and is reached from this machine"};
  }
}

} // namespace

struct s3_connection::inside {
  s3_credentials who;
  std::string signature;
  s3_patience patience;
  CURL* handle = nullptr;
  std::array<char, CURL_ERROR_SIZE> details{};

  template <class Value> void set(CURLoption what, Value value) const {
    if (curl_easy_setopt(handle, what, value) != CURLE_OK)
      throw store_error{cure::operate, "this libcurl cannot speak to S3", "it has to be 7.88"};
  }

  void set_up(const s3_request& what, exchange& with) {
    curl_easy_reset(handle); // connections stay
    set(CURLOPT_URL, what.url.c_str());
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_PATH_AS_IS, 1L);
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_AWS_SIGV4, signature.c_str());
    set(CURLOPT_USERNAME, who.key_id.c_str());
    set(CURLOPT_PASSWORD, who.secret.c_str());
    set(CURLOPT_ERRORBUFFER, details.data());
    set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(patience.connect.count()));
    set(CURLOPT_LOW_SPEED_LIMIT, slowest_bytes_per_s);
    set(CURLOPT_LOW_SPEED_TIME, static_cast<long>(patience.without_progress.count()));
    set(CURLOPT_FILETIME, 1L);
    set(CURLOPT_WRITEFUNCTION, take_body);
    set(CURLOPT_WRITEDATA, static_cast<void*>(&with));
    set(CURLOPT_HEADERFUNCTION, take_header);
    set(CURLOPT_HEADERDATA, static_cast<void*>(&with));
    set(CURLOPT_NOPROGRESS, 0L);
    set(CURLOPT_XFERINFOFUNCTION, look_up);
    set(CURLOPT_XFERINFODATA, static_cast<void*>(&with));
    if (!what.range.empty())
      set(CURLOPT_RANGE, what.range.c_str());
    set_method(what, with);
  }

  void set_method(const s3_request& what, exchange& with) {
    if (what.method == "PUT") {
      with.body.reset(std::fopen(what.body.c_str(), "rbe"));
      if (!with.body)
        throw store_error{cure::wait, "cannot read " + what.body.string() + ": " +
                                          std::generic_category().message(errno)};
      set(CURLOPT_UPLOAD, 1L);
      set(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(what.body_bytes));
      set(CURLOPT_READFUNCTION, give_body);
      set(CURLOPT_READDATA, static_cast<void*>(&with));
      set(CURLOPT_SEEKFUNCTION, seek_body);
      set(CURLOPT_SEEKDATA, static_cast<void*>(&with));
      return;
    }
    set(CURLOPT_TIMEOUT_MS, static_cast<long>(std::chrono::milliseconds{patience.in_all}.count()));
    if (what.method == "HEAD")
      set(CURLOPT_NOBODY, 1L);
    else if (what.method != "GET")
      set(CURLOPT_CUSTOMREQUEST, what.method.c_str());
  }
};

s3_connection::s3_connection(s3_credentials who, const std::string& region, s3_patience patience)
    : inside_{std::make_unique<inside>()} {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
  inside_->who = std::move(who);
  inside_->signature = "aws:amz:" + region + ":s3";
  inside_->patience = patience;
  inside_->handle = curl_easy_init();
  if (inside_->handle == nullptr)
    throw store_error{cure::wait, "libcurl does not start"};
}

s3_connection::~s3_connection() {
  curl_easy_cleanup(inside_->handle);
}

s3_answer s3_connection::ask(const s3_request& what, const artefacts::still_wanted& wanted) {
  auto& my = *inside_;
  exchange with;
  with.largest_answer = what.largest_answer;
  with.wanted = &wanted;
  my.set_up(what, with);
  curl_slist* list = nullptr;
  const auto add = [&](const std::string& name, const std::string& value) {
    list = curl_slist_append(list, (name + ": " + value).c_str());
  };
  for (const auto& [name, value] : what.headers)
    add(name, value);
  add("x-amz-content-sha256", what.body_sha256.empty() ? sha256_of_nothing : what.body_sha256);
  if (!my.who.session_token.empty())
    add("x-amz-security-token", my.who.session_token);
  const std::unique_ptr<curl_slist, free_list> headers{list};
  my.set(CURLOPT_HTTPHEADER, headers.get());
  my.details.front() = '\0';
  const auto how = curl_easy_perform(my.handle);
  if (with.abandoned)
    throw store_error{cure::wait, "nobody wants it any more"};
  if (with.too_large)
    throw store_error{cure::none, "the answer is larger than it may be"};
  if (how != CURLE_OK)
    throw explained(how, my.details.data(), what.url);
  curl_off_t length = 0, changed = 0;
  curl_easy_getinfo(my.handle, CURLINFO_RESPONSE_CODE, &with.answer.status);
  curl_easy_getinfo(my.handle, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
  curl_easy_getinfo(my.handle, CURLINFO_FILETIME_T, &changed);
  with.answer.length = static_cast<std::uint64_t>(std::max<curl_off_t>(length, 0));
  with.answer.modified_unix_s = std::max<curl_off_t>(changed, 0);
  return std::move(with.answer);
}

} // namespace vdoc::net
