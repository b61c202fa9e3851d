#include "net/http/gateway.hpp"

#include "cluster/ledger/job_id.hpp"
#include "net/http/gateway_inside.hpp"

namespace vdoc::net {

namespace {

constexpr std::chrono::milliseconds last_words{300};
constexpr std::uint64_t look_up_every = 5; ///< seconds: tokens that others have made or revoked

[[noreturn]] void refuse(const std::string& what) {
  throw cannot_serve{what};
}

/// The message of an error, which is cleared.
std::string words_of(GError* error, const char* otherwise) {
  std::string why = error == nullptr ? otherwise : error->message;
  g_clear_error(&error);
  return why;
}

/// libsoup by itself lets ten connections wait to be accepted. Null, and why.
owned_object<GSocket> listen_at(const http_endpoint& where, GError** error) {
  constexpr int most_waiting = 1'024;
  const owned_object<GSocketAddress> at{
      g_inet_socket_address_new_from_string(where.address.c_str(), where.port)};
  if (!at)
    return nullptr;
  owned_object<GSocket> socket{g_socket_new(g_socket_address_get_family(at.get()),
                                            G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, error)};
  if (!socket)
    return nullptr;
  g_socket_set_listen_backlog(socket.get(), most_waiting);
  const bool listens = g_socket_bind(socket.get(), at.get(), TRUE, error) != FALSE &&
                       g_socket_listen(socket.get(), error) != FALSE;
  return listens ? std::move(socket) : nullptr;
}

/// The calling thread's main context while sockets are opened on it.
class as_default {
public:
  explicit as_default(GMainContext* context) : context_{context} {
    g_main_context_push_thread_default(context_);
  }
  as_default(const as_default&) = delete;
  as_default& operator=(const as_default&) = delete;
  ~as_default() { g_main_context_pop_thread_default(context_); }

private:
  GMainContext* context_;
};

/// Where there are no tokens, all callers are the same.
auto note_into(std::shared_ptr<desk::registry> log) {
  return [log = std::move(log)](const desk::caller& who, const char* what, const std::string& id) {
    if (log && !log->tokens().empty())
      log->note({0, who.name, what, id, ""});
  };
}

desk::hop hop_of(const std::shared_ptr<mailbox>& to) {
  return [to](std::function<void()> task) { to->put(std::move(task)); };
}

} // namespace

http_gateway::inside::inside(desk::desk& whose, http_terms given)
    : terms{std::move(given)}, submits{whose, hop_of(answers)},
      with{whose,          submits,     hop_of(answers), ledger::unix_ms_now,
           terms.registry, terms.links, terms.poison},
      keeper{terms.registry, terms.always_asks, terms.limits.rate_per_s},
      known{context,
            {terms.limits.connections, terms.limits.connections_per_address, terms.limits.grace,
             terms.limits.until_read, terms.limits.without_progress, !terms.certificate.empty()}} {
  answers->open(mail);
  if (terms.feed)
    events.emplace(context, terms.feed);
  if (terms.uploads)
    uploads.emplace(upload_door::means{terms.uploads, whose, hop_of(answers), ledger::unix_ms_now,
                                       note_into(terms.registry),
                                       std::max<std::size_t>(1, terms.limits.connections / 2)});
  if (terms.store) {
    store_sender::means reading{terms.store, hop_of(answers),
                                [this](SoupServerMessage* message) { known.is_answered(message); }};
    if (terms.show_breaker)
      reading.show = terms.show_breaker;
    reading.patience_ms = terms.limits.store_answer.count();
    stored.emplace(std::move(reading));
  }
  const auto tick = [](gpointer self) -> gboolean {
    static_cast<inside*>(self)->tick();
    return G_SOURCE_CONTINUE;
  };
  g_source_set_callback(timer, +tick, this, nullptr);
  g_source_attach(timer, context);
  const auto look = [](gpointer self) -> gboolean {
    auto& here = *static_cast<inside*>(self);
    if (here.knows_tokens())
      return G_SOURCE_REMOVE;
    here.keeper.look_up();
    return G_SOURCE_CONTINUE;
  };
  g_source_set_callback(first_look, +look, this, nullptr);
  g_source_attach(first_look, context);
  keeper.look_up();
}

/// The thread is over, or never was.
http_gateway::inside::~inside() {
  const as_default here{context};
  answers->close();
  for (const auto& [number, message] : held) {
    g_signal_handlers_disconnect_by_data(message, this);
    g_object_unref(message);
  }
  if (server) {
    g_signal_handlers_disconnect_by_data(server.get(), this);
    soup_server_disconnect(server.get());
  }
  server.reset();
  while (g_main_context_iteration(context, FALSE) != FALSE) {
  }
  for (auto* const source : {timer, first_look}) {
    g_source_destroy(source);
    g_source_unref(source);
  }
}

void http_gateway::inside::take_certificate() {
  GError* error = nullptr;
  const owned_object<GTlsCertificate> own{g_tls_certificate_new_from_files(
      terms.certificate.c_str(), terms.private_key.c_str(), &error)};
  if (!own)
    refuse("the certificate of the HTTP door cannot be used: " + words_of(error, "no TLS"));
  soup_server_set_tls_certificate(server.get(), own.get());
}

void http_gateway::inside::open(const http_endpoint& where) {
  const as_default here{context};
  const bool secret = !terms.certificate.empty();
  local = where.is_local();
  if (!local && !terms.exposed && !(secret && terms.registry && terms.always_asks))
    refuse(where.text() + " can be reached from other machines; that takes service.tokens and "
                          "service.tls_certificate, or service.exposed when something else keeps "
                          "strangers away");
  server.reset(soup_server_new(nullptr, nullptr));
  if (secret)
    take_certificate();
  const auto options = secret ? SOUP_SERVER_LISTEN_HTTPS : SoupServerListenOptions{};
  GError* error = nullptr;
  const auto socket = listen_at(where, &error);
  if (!socket || soup_server_listen_socket(server.get(), socket.get(), options, &error) == FALSE)
    refuse("cannot listen on " + where.text() + ": " + words_of(error, "no such address") +
           "; choose another place with --http or service.http");
  auto* const uris = soup_server_get_uris(server.get());
  const auto port = static_cast<std::uint16_t>(g_uri_get_port(static_cast<GUri*>(uris->data)));
  g_slist_free_full(uris, [](gpointer uri) { g_uri_unref(static_cast<GUri*>(uri)); });
  address = (secret ? "https://" : "http://") + http_endpoint{where.address, port}.text();
  const auto started = +[](SoupServer*, SoupServerMessage* message, gpointer self) {
    static_cast<inside*>(self)->begun(message);
  };
  const auto headers = [](SoupServer*, SoupServerMessage* message, const char* path, GHashTable*,
                          gpointer self) {
    static_cast<inside*>(self)->got_headers(message, path);
  };
  const auto whole = [](SoupServer*, SoupServerMessage* message, const char* path, GHashTable*,
                        gpointer self) { static_cast<inside*>(self)->got_request(message, path); };
  g_signal_connect(server.get(), "request-started", G_CALLBACK(started), this);
  soup_server_add_early_handler(server.get(), nullptr, +headers, this, nullptr);
  soup_server_add_handler(server.get(), nullptr, +whole, this, nullptr);
}

void http_gateway::inside::run() {
  const as_default here{context};
  while (!over)
    g_main_context_iteration(context, TRUE);
  hand_out();
  const auto end = std::chrono::steady_clock::now() + last_words;
  while (g_main_context_iteration(context, FALSE) != FALSE &&
         std::chrono::steady_clock::now() < end) {
  }
}

/// Once a second.
void http_gateway::inside::tick() {
  known.sweep();
  if (uploads)
    uploads->tick();
  if (stored)
    stored->tick(resources::steady_ms_now());
  if (++ticks % look_up_every == 0)
    keeper.look_up();
}

// --- a request comes --------------------------------------------------------------------------

void http_gateway::inside::begun(SoupServerMessage* message) {
  known.begun(message);
  const auto read = +[](SoupServerMessage* which, gpointer self) {
    static_cast<inside*>(self)->known.is_read(which);
  };
  const auto ended =
      +[](SoupServerMessage* which, gpointer self) { static_cast<inside*>(self)->finished(which); };
  const auto wrote = +[](SoupServerMessage* which, guint, gpointer self) {
    static_cast<inside*>(self)->known.has_progress(which);
  };
  g_signal_connect(message, "got-body", G_CALLBACK(read), this);
  g_signal_connect(message, "wrote-body-data", G_CALLBACK(wrote), this);
  g_signal_connect(message, "finished", G_CALLBACK(ended), this);
}

/// What speaks against a request of which only the headers are known.
std::optional<web_answer> http_gateway::inside::complaint(SoupServerMessage* message,
                                                          bool is_upload) const {
  const auto how = known.how_received(message);
  if (how == reception::too_many_of_address)
    return problem({desk::refusal::over_quota, "there are too many connections from this address",
                    "use those you have for several requests, one after the other", 1'000});
  if (how == reception::too_many)
    return problem({desk::refusal::busy, "there are too many connections", "try again", 1'000});
  auto* const headers = soup_server_message_get_request_headers(message);
  if (!is_upload && soup_message_headers_get_encoding(headers) == SOUP_ENCODING_CONTENT_LENGTH &&
      soup_message_headers_get_content_length(headers) >
          static_cast<goffset>(terms.limits.body_bytes))
    return problem(413, "bad_request",
                   "the body is longer than " + std::to_string(terms.limits.body_bytes) + " bytes",
                   "send fewer jobs at a time");
  if (keeper.asks())
    return std::nullopt; // a page of another site has no token
  const auto from = provenance_of(message);
  if (is_of_another_site(from))
    return problem(403, "forbidden", "a page of another site may not ask this service");
  if (local && !terms.exposed && !is_host_plain(from.host))
    return problem(421, "forbidden", "this service does not go by the name in Host",
                   "use its address, or localhost");
  return std::nullopt;
}

void http_gateway::inside::got_headers(SoupServerMessage* message, std::string_view path) {
  const bool is_upload =
      uploads && upload_door::has(path) && method_of(message) != std::string_view{"OPTIONS"};
  auto why_not = complaint(message, is_upload);
  if (!why_not && is_upload)
    why_not = begin_upload(message, path);
  if (why_not) {
    soup_message_body_set_accumulate(soup_server_message_get_request_body(message), FALSE);
    close_after(message);
    set_answer(message, std::move(*why_not));
    return;
  }
  auto* const headers = soup_server_message_get_request_headers(message);
  if (!is_upload && soup_message_headers_get_encoding(headers) != SOUP_ENCODING_CHUNKED)
    return;
  const auto chunk = +[](SoupServerMessage* which, GBytes* bytes, gpointer self) {
    static_cast<inside*>(self)->got_chunk(which, bytes);
  };
  if (!is_upload)
    bodies[message] = 0;
  g_signal_connect(message, "got-chunk", G_CALLBACK(chunk), this);
}

/// Of an upload, or of a body that did not say how long it is going to be.
void http_gateway::inside::got_chunk(SoupServerMessage* message, GBytes* chunk) {
  if (uploads && uploads->takes(message)) {
    known.reads_on(message);
    return uploads->got_chunk(message, chunk);
  }
  const auto found = bodies.find(message);
  if (found == bodies.end())
    return;
  found->second += g_bytes_get_size(chunk);
  if (found->second > terms.limits.body_bytes)
    cut_off(message);
}

void http_gateway::inside::got_request(SoupServerMessage* message, const char* path) {
  const auto what = request_of(message, path);
  const bool reads = what.method == "GET";
  const auto file = reads ? file_named_by(what.path) : std::nullopt;
  if (!terms.certificate.empty() && !file)
    close_after(message); // over TLS idle connections cost something: see connections.cpp
  if (uploads && upload_door::has(what.path))
    return got_upload(message);
  if (reads && answer_plainly(message, what.path))
    return;
  const auto number = hold(message);
  const auto reply = answerer_of(number);
  if (reads && what.path == "/readyz")
    return answer_ready(reply);
  const bool by_link = file && !file->link.empty();
  auto entry = by_link ? doorkeeper::decision{{"link", "*", desk::role::viewer}, std::nullopt}
                       : identify(message);
  if (entry.refusal)
    return reply(std::move(*entry.refusal));
  if (file)
    return serve_file(number, entry.who, *file);
  if (reads && what.path == "/metrics" && terms.metrics)
    return answer_metrics(entry.who, reply);
  if (reads && what.path == "/api/v1/events")
    return serve_events(number, entry.who, what.query);
  if (!carry({what, with, entry.who, reply}))
    reply(problem(404, "not_found", "there is nothing at this path", "see /api/v1/openapi.yaml"));
  if (!submits.empty())
    end_of_turn.ring();
}

// --- from outside -----------------------------------------------------------------------------

http_gateway::http_gateway(desk::desk& of, http_terms terms) {
  const auto where = endpoint_from(terms.endpoint);
  if (!where)
    refuse(terms.endpoint + " is no endpoint for HTTP; write 127.0.0.1:8080 or [::1]:8080");
  inside_ = std::make_unique<inside>(of, std::move(terms));
  inside_->open(*where);
  inside_->thread = std::thread{[all = inside_.get()] { all->run(); }};
}

http_gateway::~http_gateway() {
  inside_->over = true;
  g_main_context_wakeup(inside_->context);
  inside_->thread.join();
}

const std::string& http_gateway::address() const noexcept {
  return inside_->address;
}

} // namespace vdoc::net
