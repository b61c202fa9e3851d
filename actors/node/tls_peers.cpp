#include "actors/node/tls_peers.hpp"

#include "actors/node/basp_frames.hpp"

#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include <arpa/inet.h>
#include <array>
#include <cstdio>
#include <fcntl.h>
#include <map>
#include <memory>
#include <mutex>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace vdoc::node {

namespace {

using place = std::pair<std::string, std::uint16_t>;

using certificate = std::unique_ptr<X509, decltype(&X509_free)>;

struct peer {
  certificate shown{nullptr, X509_free};
  std::string name;
  const void* connection = nullptr;
  int socket = -1; ///< another descriptor of it, which is ours
};

/// A connection that somebody else has begun, and on which he has not said who he is.
struct stranger {
  int socket = -1; ///< another descriptor of it, which is ours
  std::chrono::steady_clock::time_point since = std::chrono::steady_clock::now();
};

struct peers_known {
  std::mutex mutex;
  std::map<const SSL*, stranger> strangers;
  std::map<place, peer> all;
  std::filesystem::path revoked;
};

peers_known& known() {
  static peers_known it;
  return it;
}

struct peer_mark {
  place at;
  basp_frames frames;
  const SSL* of = nullptr;
};

/// The other end of a socket, in the words of inet_ntop, as CAF has it.
place peer_of(int socket) {
  sockaddr_storage bytes{};
  socklen_t size = sizeof bytes;
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (::getpeername(socket, reinterpret_cast<sockaddr*>(&bytes), &size) != 0)
    return {};
  const void* from = nullptr;
  std::uint16_t port = 0;
  if (bytes.ss_family == AF_INET) {
    const auto* v4 = reinterpret_cast<const sockaddr_in*>(&bytes);
    from = &v4->sin_addr;
    port = ntohs(v4->sin_port);
  } else {
    const auto* v6 = reinterpret_cast<const sockaddr_in6*>(&bytes);
    from = &v6->sin6_addr;
    port = ntohs(v6->sin6_port);
  }
  if (::inet_ntop(bytes.ss_family, from, text.data(), text.size()) == nullptr)
    return {};
  return {text.data(), port};
}

std::string name_in(const certificate& shown) {
  std::array<char, 256> name{};
  if (!shown || X509_NAME_get_text_by_NID(X509_get_subject_name(shown.get()), NID_commonName,
                                          name.data(), name.size()) <= 0)
    return "";
  return name.data();
}

using revocations = std::unique_ptr<X509_CRL, decltype(&X509_CRL_free)>;

/// Null: it cannot be read.
revocations read_list(const std::filesystem::path& list) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file{std::fopen(list.c_str(), "rbe"),
                                                             std::fclose};
  return {file ? PEM_read_X509_CRL(file.get(), nullptr, nullptr, nullptr) : nullptr, X509_CRL_free};
}

} // namespace

void heed_revocations(const std::filesystem::path& list) {
  const std::lock_guard lock{known().mutex};
  known().revoked = list;
}

std::string peer_name(const std::string& address, std::uint16_t port) {
  const std::lock_guard lock{known().mutex};
  const auto it = known().all.find({address, port});
  return it == known().all.end() ? std::string{} : it->second.name;
}

void no_stranger_any_more(const SSL* connection) {
  const std::lock_guard lock{known().mutex};
  if (const auto it = known().strangers.extract(connection))
    ::close(it.mapped().socket);
}

void before_handshake(SSL* connection) {
  std::filesystem::path list;
  {
    const std::lock_guard lock{known().mutex};
    list = known().revoked;
    if (SSL_is_server(connection) == 1)
      if (const int own = ::fcntl(SSL_get_fd(connection), F_DUPFD_CLOEXEC, 0); own >= 0)
        if (!known().strangers.try_emplace(connection, stranger{own}).second)
          ::close(own);
  }
  if (list.empty())
    return;
  X509_VERIFY_PARAM_set_flags(SSL_get0_param(connection), X509_V_FLAG_CRL_CHECK);
  if (const auto revoked = read_list(list))
    X509_STORE_add_crl(SSL_CTX_get_cert_store(SSL_get_SSL_CTX(connection)), revoked.get());
}

void* note_peer(const SSL* connection) {
  auto at = peer_of(SSL_get_fd(connection));
  if (at.first.empty())
    return nullptr;
  auto mark = std::make_unique<peer_mark>(peer_mark{at, {}, connection});
  certificate shown{SSL_get1_peer_certificate(connection), X509_free};
  auto name = name_in(shown);
  const int own = ::fcntl(SSL_get_fd(connection), F_DUPFD_CLOEXEC, 0);
  const std::lock_guard lock{known().mutex};
  auto& it = known().all[std::move(at)];
  if (it.socket >= 0) // one before it, which is not freed yet
    ::close(it.socket);
  it = {std::move(shown), std::move(name), mark.get(), own};
  return mark.release();
}

std::size_t end_revoked_peers() {
  const std::lock_guard lock{known().mutex};
  if (known().revoked.empty())
    return 0;
  const auto revoked = read_list(known().revoked);
  std::size_t ended = 0;
  for (const auto& [at, it] : known().all) {
    X509_REVOKED* entry = nullptr;
    if (!revoked || !it.shown || X509_CRL_get0_by_cert(revoked.get(), &entry, it.shown.get()) != 1)
      continue;
    ::shutdown(it.socket, SHUT_RDWR); // CAF sees that it has ended
    ++ended;
  }
  return ended;
}

bool heed_frames(void* mark, std::span<const std::byte> bytes) {
  auto& peer = *static_cast<peer_mark*>(mark);
  const bool knew = peer.frames.introduced();
  if (!peer.frames.take(bytes))
    return false;
  if (!knew && peer.frames.introduced())
    no_stranger_any_more(peer.of);
  return true;
}

std::size_t end_overdue_introductions(std::chrono::milliseconds patience) {
  const auto overdue = std::chrono::steady_clock::now() - patience;
  const std::lock_guard lock{known().mutex};
  return std::erase_if(known().strangers, [&](const auto& each) {
    const auto& [socket, since] = each.second;
    if (since > overdue)
      return false;
    ::shutdown(socket, SHUT_RDWR); // CAF sees that it has ended, and closes its own
    ::close(socket);
    return true;
  });
}

void forget_peer(void* mark) {
  const std::unique_ptr<peer_mark> own{static_cast<peer_mark*>(mark)};
  if (!own)
    return;
  const std::lock_guard lock{known().mutex};
  const auto it = known().all.find(own->at);
  if (it == known().all.end() || it->second.connection != mark) // the port may be another's by now
    return;
  ::close(it->second.socket);
  known().all.erase(it);
}

} // namespace vdoc::node
