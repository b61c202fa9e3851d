#include "net/site/site_client.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>
#include <curl/curl.h>
#include <mutex>
#include <stdexcept>
#include <string_view>

namespace vdoc::net {

namespace {

constexpr std::size_t largest_answer = 16UL << 20U;

struct close_file {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
struct free_list {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

/// What goes on while one request is under way.
struct exchange {
  site_answer answer;
  std::unique_ptr<std::FILE, close_file> file;
  const std::function<void(std::uint64_t)>* sent = nullptr;
};

std::string_view trimmed(std::string_view text) {
  const auto is_space = [](char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; };
  while (!text.empty() && is_space(text.front()))
    text.remove_prefix(1);
  while (!text.empty() && is_space(text.back()))
    text.remove_suffix(1);
  return text;
}

std::size_t take_body(char* bytes, std::size_t one, std::size_t count, void* self) {
  auto& answer = static_cast<exchange*>(self)->answer;
  if (answer.body.size() + one * count > largest_answer)
    return 0;
  answer.body.append(bytes, one * count);
  return one * count;
}

std::size_t take_header(char* bytes, std::size_t one, std::size_t count, void* self) {
  auto& answer = static_cast<exchange*>(self)->answer;
  const std::string_view line{bytes, one * count};
  if (line.starts_with("HTTP/")) // of another answer: "100 Continue" came before
    answer.headers.clear();
  if (const auto colon = line.find(':'); colon != std::string_view::npos) {
    std::string name{line.substr(0, colon)};
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
    answer.headers[name] = trimmed(line.substr(colon + 1));
  }
  return one * count;
}

std::size_t give_file(char* into, std::size_t one, std::size_t count, void* self) {
  auto* file = static_cast<exchange*>(self)->file.get();
  const auto got = std::fread(into, 1, one * count, file);
  return std::ferror(file) != 0 ? CURL_READFUNC_ABORT : got;
}

int tell_progress(void* self, curl_off_t /*of*/, curl_off_t /*down*/, curl_off_t /*of*/,
                  curl_off_t up) {
  if (const auto* sent = static_cast<exchange*>(self)->sent; sent != nullptr && *sent)
    (*sent)(static_cast<std::uint64_t>(up));
  return 0;
}

bool is_curable(CURLcode why) {
  constexpr std::array hopeless{CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM,
                                CURLE_SSL_CACERT_BADFILE,       CURLE_URL_MALFORMAT,
                                CURLE_UNSUPPORTED_PROTOCOL,     CURLE_READ_ERROR,
                                CURLE_ABORTED_BY_CALLBACK};
  return std::ranges::find(hopeless, why) == hopeless.end();
}

} // namespace

std::string words_of(const site_answer& what) {
  if (what.status == 0)
    return what.body;
  const auto problem = nlohmann::json::parse(what.body, nullptr, false);
  if (!problem.is_object())
    return "the service answers " + std::to_string(what.status);
  auto words = problem.value("message", "the service answers " + std::to_string(what.status));
  if (const auto advice = problem.value("advice", std::string{}); !advice.empty())
    words += "; " + advice;
  return words;
}

struct site_client::inside {
  CURL* handle = nullptr;
  std::array<char, CURL_ERROR_SIZE> details{};

  template <class Value> void set(CURLoption what, Value value) const {
    if (curl_easy_setopt(handle, what, value) != CURLE_OK)
      throw std::runtime_error{"this libcurl is too old: it has to be 7.88"};
  }

  void set_up(const web_site& where, const site_question& what, exchange& with,
              std::chrono::milliseconds patience) {
    constexpr long slowest_bytes_per_s = 1;
    constexpr std::chrono::milliseconds least{1'000};
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(std::max(patience, least));
    curl_easy_reset(handle); // connections stay
    details.fill('\0');
    set(CURLOPT_URL, (where.url + what.path).c_str());
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_ERRORBUFFER, details.data());
    set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(patience.count()));
    set(CURLOPT_LOW_SPEED_LIMIT, slowest_bytes_per_s);
    set(CURLOPT_LOW_SPEED_TIME, static_cast<long>(seconds.count()));
    set(CURLOPT_WRITEFUNCTION, take_body);
    set(CURLOPT_WRITEDATA, static_cast<void*>(&with));
    set(CURLOPT_HEADERFUNCTION, take_header);
    set(CURLOPT_HEADERDATA, static_cast<void*>(&with));
    set(CURLOPT_NOPROGRESS, 0L);
    set(CURLOPT_XFERINFOFUNCTION, tell_progress);
    set(CURLOPT_XFERINFODATA, static_cast<void*>(&with));
    if (!where.authorities.empty())
      set(CURLOPT_CAINFO, where.authorities.c_str());
    if (what.file)
      set_file(*what.file, with);
    else if (what.method == "HEAD")
      set(CURLOPT_NOBODY, 1L);
    else if (what.method != "GET") {
      set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(what.body.size()));
      set(CURLOPT_POSTFIELDS, what.body.data());
    }
    if (what.method != "GET" && what.method != "HEAD")
      set(CURLOPT_CUSTOMREQUEST, what.method.c_str());
  }

  void set_file(const file_tail& what, exchange& with) const {
    with.file.reset(std::fopen(what.file.c_str(), "rbe"));
    if (!with.file || ::fseeko(with.file.get(), static_cast<off_t>(what.from), SEEK_SET) != 0)
      throw std::runtime_error{"cannot read " + what.file.string()};
    set(CURLOPT_UPLOAD, 1L);
    set(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(what.length - what.from));
    set(CURLOPT_READFUNCTION, give_file);
    set(CURLOPT_READDATA, static_cast<void*>(&with));
    if (what.most_per_s > 0)
      set(CURLOPT_MAX_SEND_SPEED_LARGE, static_cast<curl_off_t>(what.most_per_s));
  }
};

site_client::site_client(web_site where, std::chrono::milliseconds patience)
    : where_{std::move(where)}, patience_{patience}, inside_{std::make_unique<inside>()} {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
  while (where_.url.ends_with('/'))
    where_.url.pop_back();
  inside_->handle = curl_easy_init();
  if (inside_->handle == nullptr)
    throw std::runtime_error{"libcurl does not start"};
}

site_client::~site_client() {
  curl_easy_cleanup(inside_->handle);
}

site_answer site_client::ask(const site_question& what,
                             const std::function<void(std::uint64_t)>& sent) {
  exchange with;
  with.sent = &sent;
  inside_->set_up(where_, what, with, patience_);
  std::unique_ptr<curl_slist, free_list> headers;
  const auto add = [&](const std::string& line) {
    headers.reset(curl_slist_append(headers.release(), line.c_str()));
  };
  add("Expect:"); // no 100 Continue: refusals come without it as well
  if (!where_.token.empty())
    add("Authorization: Bearer " + where_.token);
  const auto is_type = [](const auto& it) { return it.first == "Content-Type"; };
  if (std::ranges::none_of(what.headers, is_type))
    add("Content-Type:"); // libcurl would say that it is a form
  for (const auto& [name, value] : what.headers)
    add(std::string{name}.append(": ").append(value));
  inside_->set(CURLOPT_HTTPHEADER, headers.get());
  const auto how = curl_easy_perform(inside_->handle);
  long status = 0;
  curl_easy_getinfo(inside_->handle, CURLINFO_RESPONSE_CODE, &status);
  if (how == CURLE_OK ||
      (how == CURLE_SEND_ERROR && status >= 400)) { // refused before all was sent
    with.answer.status = static_cast<unsigned>(status);
    return std::move(with.answer);
  }
  const auto* details = inside_->details.data();
  return {0,
          where_.url + ": " + (*details == '\0' ? curl_easy_strerror(how) : details),
          {},
          is_curable(how)};
}

} // namespace vdoc::net
