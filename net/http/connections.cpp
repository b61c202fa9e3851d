#include "net/http/connections.hpp"

#include "net/http/exchange.hpp"

#include <glib-unix.h>

#include <array>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace vdoc::net {

namespace {

constexpr std::chrono::milliseconds grace_of_listeners{
    20'000}; ///< they are told something every 15

/// Has libsoup read something that is no request from a connection that is to end: then it cleans
/// up behind itself, as it does not when there is nothing to read any more.
void make_it_fail(int descriptor) {
  constexpr std::string_view nonsense = "\r\r\r\r\n\r\n";
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()) != 0)
    return;
  const bool written = ::write(ends[1], nonsense.data(), nonsense.size()) > 0;
  ::close(ends[1]);
  if (written)
    ::dup3(ends[0], descriptor, O_CLOEXEC);
  ::close(ends[0]);
}

/// Of TLS there is nothing to be read that would not be an error: libsoup is to give the connection
/// away. It keeps half a kilobyte of it.
void take_away(SoupServerMessage* last) {
  if (auto* const stream = soup_server_message_steal_connection(last)) {
    g_io_stream_close(stream, nullptr, nullptr);
    g_object_unref(stream);
  }
}

/// While it is set only full packets go; what waits goes when it is taken away.
bool set_cork(GSocket* socket, bool on) {
  const int value = on ? 1 : 0;
  return ::setsockopt(g_socket_get_fd(socket), IPPROTO_TCP, TCP_CORK, &value, sizeof value) == 0;
}

bool is_over(GSocket* socket) {
  return g_socket_is_closed(socket) != FALSE;
}

} // namespace

/// It settles before libsoup has its turn again.
connections::connections(GMainContext* context, const connection_terms& terms)
    : context_{context}, terms_{terms}, counts_{terms.most, terms.most_of_address},
      settle_{context, [this] { settle(); }, G_PRIORITY_HIGH} {}

connections::~connections() {
  for (auto& [socket, it] : all_) {
    g_object_weak_unref(socket, socket_gone, this);
    let_go(it);
  }
  for (auto* const socket : ended_)
    g_object_weak_unref(socket, socket_gone, this);
  for (auto* const message : to_release_)
    g_object_unref(message);
}

connections::one* connections::of(SoupServerMessage* message) {
  auto* const socket = soup_server_message_get_socket(message);
  const auto found = socket == nullptr ? all_.end() : all_.find(G_OBJECT(socket));
  return found == all_.end() ? nullptr : &found->second;
}

void connections::begun(SoupServerMessage* message) {
  auto* const socket = soup_server_message_get_socket(message);
  if (socket == nullptr)
    return;
  const auto [place, is_new] = all_.try_emplace(G_OBJECT(socket));
  auto& it = place->second;
  if (is_new)
    g_object_weak_ref(G_OBJECT(socket), socket_gone, this);
  release(it);
  it.owner = this;
  it.socket = socket;
  it.message = message;
  it.at = phase::reading;
  it.listens = false;
  it.since = clock::now();
  if (is_new) {
    it.from = address_of(message);
    admit(it);
  }
}

/// One that is not taken may hear why, if it asks at once and there are not as many of these again.
void connections::admit(one& it) {
  if (counts_.is_full() || counts_.is_full_for(it.from))
    forget_the_gone();
  if (counts_.is_full_for(it.from) && !make_room(&it.from))
    it.how = reception::too_many_of_address;
  else if (counts_.is_full() && !make_room(nullptr))
    it.how = reception::too_many;
  if (it.how == reception::taken) {
    counts_.add(it.from);
    it.counts = true;
  } else if (all_.size() - counts_.all() > terms_.most) {
    g_socket_shutdown(it.socket, TRUE, TRUE, nullptr);
  }
}

/// Of that address, or of all. False when each of them gets on.
bool connections::make_room(const client_address* of) {
  const auto now = clock::now();
  one* slowest = nullptr;
  for (auto& [socket, it] : all_) {
    const auto grace = it.listens ? grace_of_listeners : terms_.grace;
    if (it.counts && it.at != phase::working && it.since + grace <= now &&
        (of == nullptr || it.from.network == of->network) &&
        (slowest == nullptr || it.since < slowest->since))
      slowest = &it;
  }
  if (slowest == nullptr)
    return false;
  end_late(*slowest);
  return true;
}

reception connections::how_received(SoupServerMessage* message) const {
  auto* const socket = soup_server_message_get_socket(message);
  const auto found = socket == nullptr ? all_.end() : all_.find(G_OBJECT(socket));
  return found == all_.end() ? reception::taken : found->second.how;
}

void connections::listens(SoupServerMessage* message) {
  if (auto* const it = of(message))
    it->listens = true;
}

void connections::stop_counting(one& it) {
  if (std::exchange(it.counts, false))
    counts_.remove(it.from);
}

void connections::reads_on(SoupServerMessage* message) {
  if (auto* const it = of(message))
    it->since = clock::now();
}

void connections::is_read(SoupServerMessage* message) {
  if (auto* const it = of(message))
    it->at = phase::working;
}

void connections::is_answered_whole(SoupServerMessage* message) {
  is_answered(message);
  auto* const it = of(message);
  if (it != nullptr && !terms_.tls)
    it->corked = set_cork(it->socket, true);
}

void connections::is_answered(SoupServerMessage* message) {
  if (auto* const it = of(message)) {
    it->at = phase::answering;
    it->since = clock::now();
  }
}

/// Whether libsoup keeps the connection is seen as soon as it has decided.
void connections::finished(SoupServerMessage* message) {
  auto* const it = of(message);
  if (it == nullptr)
    return;
  if (std::exchange(it->corked, false))
    set_cork(it->socket, false);
  it->message = nullptr;
  if (terms_.tls) {
    soup_message_body_truncate(soup_server_message_get_request_body(message));
    it->message = static_cast<SoupServerMessage*>(g_object_ref(message));
  }
  it->at = phase::idle;
  it->since = clock::now();
  if (it->watch != nullptr)
    return;
  unsettled_.push_back(G_OBJECT(it->socket));
  settle_.ring();
}

void connections::settle() {
  for (auto* const message : std::exchange(to_release_, {}))
    g_object_unref(message);
  for (auto* const socket : std::exchange(unsettled_, {})) {
    const auto found = all_.find(socket);
    if (found == all_.end() || found->second.at != phase::idle)
      continue;
    auto& it = found->second;
    if (is_over(it.socket))
      forget(socket);
    else if (it.watch == nullptr)
      watch(it);
  }
}

/// It does not count any more.
void connections::forget(GObject* socket) {
  const auto found = all_.find(socket);
  let_go(found->second);
  all_.erase(found);
  ended_.push_back(socket);
}

/// Before libsoup: what it has seen the end of cannot be ended any more. Stays for many requests.
void connections::watch(one& it) {
  it.watch = g_unix_fd_source_new(g_socket_get_fd(it.socket), static_cast<GIOCondition>(POLLRDHUP));
  g_source_set_priority(it.watch, G_PRIORITY_HIGH);
  g_source_set_callback(it.watch, G_SOURCE_FUNC(left), &it, nullptr);
  g_source_attach(it.watch, context_);
}

gboolean connections::left(gint descriptor, GIOCondition /*how*/, gpointer which) {
  auto& it = *static_cast<one*>(which);
  g_source_unref(std::exchange(it.watch, nullptr));
  if (it.at != phase::idle || is_over(it.socket))
    return G_SOURCE_REMOVE; // libsoup sees to it; after a request we look again
  char first = 0;
  if (::recv(descriptor, &first, 1, MSG_PEEK | MSG_DONTWAIT) <= 0) {
    it.owner->stop_counting(it);
    it.owner->end(it);
  }
  return G_SOURCE_REMOVE;
}

/// An idle connection.
void connections::end(one& it) const {
  if (terms_.tls)
    take_away(it.message);
  else
    make_it_fail(g_socket_get_fd(it.socket));
}

void connections::stop_watching(one& it) {
  if (it.watch == nullptr)
    return;
  g_source_destroy(it.watch);
  g_source_unref(std::exchange(it.watch, nullptr));
}

/// The last message may hold the connection, and this may be its end: not now.
void connections::release(one& it) {
  if (it.at == phase::idle && it.message != nullptr) {
    to_release_.push_back(std::exchange(it.message, nullptr));
    settle_.ring();
  }
}

void connections::let_go(one& it) {
  stop_counting(it);
  stop_watching(it);
  release(it);
}

void connections::sweep() {
  static const bool leaks = soup_get_major_version() == 3 && soup_get_minor_version() == 2;
  for (auto* const socket : std::exchange(ended_, {})) {
    g_object_weak_unref(socket, socket_gone, this);
    if (leaks)
      g_object_unref(socket);
  }
  forget_the_gone();
  const auto now = clock::now();
  std::vector<one*> late;
  for (auto& [socket, it] : all_) {
    const std::chrono::milliseconds usual =
        it.at == phase::reading ? terms_.until_read : terms_.without_progress;
    const auto patience = it.how == reception::taken ? usual : terms_.grace;
    if (it.at != phase::working && it.since + patience <= now)
      late.push_back(&it);
  }
  for (auto* const it : late)
    end_late(*it);
}

/// libsoup does not say when one ends before its first request is whole.
void connections::forget_the_gone() {
  std::vector<GObject*> over;
  for (auto& [socket, it] : all_)
    if (is_over(it.socket))
      over.push_back(socket);
  for (auto* const socket : over)
    forget(socket);
}

/// It is gone as soon as libsoup has seen it, and does not count from now on. Its message may be
/// gone already.
void connections::end_late(one& it) {
  stop_counting(it);
  stop_watching(it);
  it.since = clock::now();
  if (it.at == phase::idle)
    end(it);
  else
    g_socket_shutdown(it.socket, TRUE, TRUE, nullptr);
}

void connections::socket_gone(gpointer self, GObject* socket) {
  auto* const my = static_cast<connections*>(self);
  std::erase(my->ended_, socket);
  const auto found = my->all_.find(socket);
  if (found == my->all_.end())
    return;
  my->let_go(found->second);
  my->all_.erase(found);
}

} // namespace vdoc::net
