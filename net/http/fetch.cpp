#include "net/http/fetch.hpp"

#include "net/http/spool_file.hpp"
#include "net/http/vetted_address.hpp"
#include "net/http/waiting.hpp"

#include <libsoup/soup.h>

#include <algorithm>
#include <array>
#include <memory>

namespace vdoc::net {

namespace {

using clock = std::chrono::steady_clock;
template <class Type> using owned = owned_object<Type>;
using owned_uri = std::unique_ptr<GUri, void (*)(GUri*)>;
using owned_error = std::unique_ptr<GError, void (*)(GError*)>;
constexpr unsigned too_many_requests = 429;
constexpr auto url_rules = static_cast<GUriFlags>(SOUP_HTTP_URI_FLAGS);

std::string text_and_free(char* text) {
  std::string copy = text == nullptr ? "" : text;
  g_free(text);
  return copy;
}

/// For messages: no user, no password, no query, since any of them may be a secret.
std::string shown(GUri* uri) {
  return text_and_free(g_uri_to_string_partial(
      uri, GUriHideFlags(G_URI_HIDE_USERINFO | G_URI_HIDE_QUERY | G_URI_HIDE_FRAGMENT)));
}

owned_uri parse(const std::string& url) {
  GError* error = nullptr;
  owned_uri uri{g_uri_parse(url.c_str(), url_rules, &error), g_uri_unref};
  const owned_error free_error{error, [](GError* one) { g_clear_error(&one); }};
  if (!uri || g_uri_get_host(uri.get()) == nullptr || *g_uri_get_host(uri.get()) == '\0')
    throw fetch_error{at_fault::user, "the URL cannot be read", "write https://host/path"};
  return uri;
}

owned<GTlsDatabase> read_authorities(const std::filesystem::path& file) {
  GError* error = nullptr;
  owned<GTlsDatabase> database{
      g_tls_file_database_new(std::filesystem::absolute(file).c_str(), &error)};
  const owned_error free_error{error, [](GError* one) { g_clear_error(&one); }};
  if (!database)
    throw fetch_error{at_fault::user, file.string() + " holds no certificates of authorities"};
  return database;
}

class fetch_run {
public:
  fetch_run(const fetch_limits& limits, const std::atomic<bool>& cancelled,
            const on_progress& progress)
      : limits_{limits}, progress_{progress}, patience_{context_.raw(), cancelled},
        answer_by_{clock::now() + limits.answer_timeout}, open_networks_{
                                                              limits.allow_private_addresses,
                                                              limits.allowed_networks} {
    if (!limits.authorities.empty())
      authorities_ = read_authorities(limits.authorities);
  }

  fetched run(const std::string& url, const std::filesystem::path& into,
              const std::function<void()>& on_whole) {
    uri_ = parse(url);
    for (int hops = 0;; ++hops) {
      check_scheme();
      open_hop();
      if (!SOUP_STATUS_IS_REDIRECTION(soup_message_get_status(message_.get())))
        break;
      if (hops == limits_.redirects)
        throw fetch_error{at_fault::peer, shown(uri_.get()) + " redirects too often"};
      follow();
    }
    check_answer();
    return receive(into, on_whole);
  }

  unsigned post(const std::string& url, const letter& what) {
    uri_ = parse(url);
    check_scheme();
    posted_ = &what;
    open_hop();
    return static_cast<unsigned>(soup_message_get_status(message_.get()));
  }

private:
  void check_scheme() const {
    const std::string scheme = g_uri_get_scheme(uri_.get());
    const bool fetchable = scheme == "http" || scheme == "https";
    if (!fetchable || std::ranges::find(limits_.schemes, scheme) == limits_.schemes.end())
      throw fetch_error{at_fault::user,
                        shown(uri_.get()) + " leads to " + scheme + ":, which is not allowed"};
  }

  /// Connects, sends the request and reads the head of the answer.
  void open_hop() {
    const std::string host = g_uri_get_host(uri_.get());
    const bool tls = std::string_view{g_uri_get_scheme(uri_.get())} == "https";
    const int port = g_uri_get_port(uri_.get());
    const auto used_port = static_cast<std::uint16_t>(port > 0 ? port : (tls ? 443 : 80));
    body_.reset();
    message_.reset();
    session_.reset();
    address_ = std::make_unique<vetted_address>(host, used_port, open_networks_);
    session_.reset(
        SOUP_SESSION(g_object_new(SOUP_TYPE_SESSION, "remote-connectable", address_->connectable(),
                                  "proxy-resolver", nullptr, "user-agent", "video-doc", nullptr)));
    if (authorities_)
      soup_session_set_tls_database(session_.get(), authorities_.get());
    soup_session_remove_feature_by_type(session_.get(), SOUP_TYPE_CONTENT_DECODER);
    message_.reset(soup_message_new_from_uri(posted_ == nullptr ? "GET" : "POST", uri_.get()));
    if (posted_ != nullptr)
      write_letter();
    soup_message_add_flags(message_.get(), SOUP_MESSAGE_NO_REDIRECT);
    soup_message_headers_replace(soup_message_get_request_headers(message_.get()),
                                 "Accept-Encoding", "identity");
    g_signal_connect(message_.get(), "network-event", G_CALLBACK(network_event), this);
    wait_at_most(limits_.connect_timeout, "connecting");
    soup_session_send_async(session_.get(), message_.get(), G_PRIORITY_DEFAULT, patience_.stop(),
                            take_result, this);
    const auto result = await();
    GError* error = nullptr;
    body_.reset(soup_session_send_finish(session_.get(), result.get(), &error));
    if (error != nullptr)
      fail(error);
    auto* reached = soup_message_get_remote_address(message_.get());
    if (reached != nullptr && !open_networks_.admits(reached))
      throw fetch_error{at_fault::ours, "an address that is not allowed was connected to"};
  }

  void write_letter() {
    auto* headers = soup_message_get_request_headers(message_.get());
    for (const auto& [name, value] : posted_->headers)
      soup_message_headers_replace(headers, name.c_str(), value.c_str());
    auto* bytes = g_bytes_new(posted_->body.data(), posted_->body.size());
    soup_message_set_request_body_from_bytes(message_.get(), posted_->content_type.c_str(), bytes);
    g_bytes_unref(bytes);
  }

  static void network_event(SoupMessage* /*message*/, GSocketClientEvent event,
                            GIOStream* /*connection*/, gpointer self) {
    if (event == G_SOCKET_CLIENT_COMPLETE) {
      auto* my = static_cast<fetch_run*>(self);
      my->wait_at_most(my->limits_.idle_timeout, "waiting for an answer");
    }
  }

  void follow() {
    const char* target =
        soup_message_headers_get_one(soup_message_get_response_headers(message_.get()), "Location");
    GError* error = nullptr;
    owned_uri next{target == nullptr ? nullptr
                                     : g_uri_parse_relative(uri_.get(), target, url_rules, &error),
                   g_uri_unref};
    const owned_error free_error{error, [](GError* one) { g_clear_error(&one); }};
    if (!next)
      throw fetch_error{at_fault::peer, shown(uri_.get()) + " redirects to nowhere"};
    const char* host = g_uri_get_host(next.get());
    const std::string scheme = g_uri_get_scheme(next.get());
    if ((scheme == "http" || scheme == "https") && (host == nullptr || *host == '\0'))
      throw fetch_error{at_fault::peer, shown(uri_.get()) + " redirects to nowhere"};
    uri_ = std::move(next);
  }

  void check_answer() const {
    const auto status = static_cast<unsigned>(soup_message_get_status(message_.get()));
    const std::string phrase =
        std::to_string(status) + " " + std::string{soup_status_get_phrase(status)};
    if (status == too_many_requests || status == SOUP_STATUS_REQUEST_TIMEOUT || status >= 500)
      throw fetch_error{at_fault::peer, shown(uri_.get()) + " answers " + phrase,
                        "try again later"};
    if (status != SOUP_STATUS_OK)
      throw fetch_error{at_fault::user, shown(uri_.get()) + " answers " + phrase, "check the URL"};
    if (const char* coding = header("Content-Encoding");
        coding != nullptr && std::string_view{coding} != "identity")
      throw fetch_error{at_fault::peer, shown(uri_.get()) + " sends a compressed body unasked"};
  }

  fetched receive(const std::filesystem::path& into, const std::function<void()>& on_whole) {
    auto* headers = soup_message_get_response_headers(message_.get());
    fetch_progress so_far;
    if (soup_message_headers_get_encoding(headers) == SOUP_ENCODING_CONTENT_LENGTH)
      so_far.total_bytes =
          static_cast<std::uint64_t>(soup_message_headers_get_content_length(headers));
    refuse_if_large(so_far.total_bytes);
    spool_file file{into};
    wait_at_most(limits_.idle_timeout, "waiting for the body");
    for (;;) {
      const auto size = read_piece();
      if (size == 0)
        break;
      answer_by_ = clock::time_point::max();
      wait_at_most(limits_.idle_timeout, "waiting for more");
      refuse_if_large(file.written() + size);
      file.write(piece_.data(), size);
      so_far.received_bytes = file.written();
      if (progress_)
        progress_(so_far);
    }
    if (so_far.received_bytes < so_far.total_bytes)
      throw ended_early(so_far.received_bytes);
    if (on_whole)
      on_whole();
    file.publish();
    const char* type = header("Content-Type");
    return {so_far.received_bytes, shown(uri_.get()), type == nullptr ? "" : type};
  }

  std::size_t read_piece() {
    g_input_stream_read_async(body_.get(), piece_.data(), piece_.size(), G_PRIORITY_DEFAULT,
                              patience_.stop(), take_result, this);
    const auto result = await();
    GError* error = nullptr;
    const auto size = g_input_stream_read_finish(body_.get(), result.get(), &error);
    if (error != nullptr)
      fail(error);
    return static_cast<std::size_t>(size);
  }

  void refuse_if_large(std::uint64_t size) const {
    if (size > limits_.largest_bytes)
      throw fetch_error{at_fault::user,
                        shown(uri_.get()) + " is larger than " +
                            std::to_string(limits_.largest_bytes) + " bytes",
                        "raise source.largest_gb in the settings"};
  }

  [[nodiscard]] fetch_error ended_early(std::uint64_t received) const {
    return {at_fault::peer,
            shown(uri_.get()) + " ended early, after " + std::to_string(received) + " bytes",
            "try again later"};
  }

  [[nodiscard]] const char* header(const char* name) const {
    return soup_message_headers_get_one(soup_message_get_response_headers(message_.get()), name);
  }

  void wait_at_most(std::chrono::milliseconds time, const char* doing) {
    patience_.until(std::min(clock::now() + time, answer_by_), doing);
  }

  // The asynchronous calls of GIO, one at a time, as if they blocked.
  static void take_result(GObject* /*source*/, GAsyncResult* result, gpointer self) {
    static_cast<fetch_run*>(self)->result_.reset(G_ASYNC_RESULT(g_object_ref(result)));
  }

  owned<GAsyncResult> await() {
    while (!result_)
      g_main_context_iteration(context_.raw(), TRUE);
    return std::move(result_);
  }

  /// Takes the error; says whose fault it is.
  [[noreturn]] void fail(GError* raw) {
    const owned_error error{raw, g_error_free};
    const std::string what = shown(uri_.get());
    if (patience_.cancelled())
      throw fetch_cancelled{};
    if (patience_.spent() != nullptr)
      throw fetch_error{at_fault::peer,
                        what + " did not answer in time (" + patience_.spent() + ")",
                        "try again later"};
    if (!address_->refused().empty() && !address_->any_allowed())
      throw fetch_error{at_fault::user,
                        what + " leads to the private address " + address_->refused(),
                        "set source.allow_private_addresses if that is meant"};
    if (g_error_matches(error.get(), G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND))
      throw fetch_error{at_fault::user,
                        "there is no host " + std::string{g_uri_get_host(uri_.get())},
                        "check the URL"};
    if (g_error_matches(error.get(), G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT))
      throw fetch_error{at_fault::peer, what + " ended early", "try again later"};
    if (error->domain == G_TLS_ERROR)
      throw fetch_error{at_fault::peer, what + " has no valid certificate: " + error->message};
    throw fetch_error{at_fault::peer, what + " cannot be fetched: " + error->message,
                      "try again later"};
  }

  const fetch_limits& limits_;
  const on_progress& progress_;
  private_context context_;
  patience patience_;
  clock::time_point answer_by_;
  owned<GAsyncResult> result_;
  std::array<char, 262'144> piece_{};
  open_networks open_networks_;
  owned<GTlsDatabase> authorities_;
  owned_uri uri_{nullptr, g_uri_unref};
  const letter* posted_ = nullptr; ///< borrowed for a post
  std::unique_ptr<vetted_address> address_;
  owned<SoupSession> session_;
  owned<SoupMessage> message_;
  owned<GInputStream> body_;
};

} // namespace

fetched fetch(const std::string& url, const std::filesystem::path& into, const fetch_limits& limits,
              const std::atomic<bool>& cancelled, const on_progress& progress,
              const std::function<void()>& on_whole) {
  const auto run = std::make_unique<fetch_run>(limits, cancelled, progress);
  return run->run(url, into, on_whole);
}

unsigned post(const std::string& url, const letter& what, const fetch_limits& limits,
              const std::atomic<bool>& cancelled) {
  const on_progress nobody;
  const auto run = std::make_unique<fetch_run>(limits, cancelled, nobody);
  return run->post(url, what);
}

} // namespace vdoc::net
