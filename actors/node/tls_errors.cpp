#include "actors/node/tls_errors.hpp"

#include "actors/node/tls_peers.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <initializer_list>

namespace vdoc::node {

namespace {

long before_transfer(BIO* /*socket*/, int what, const char* /*bytes*/, std::size_t /*size*/,
                     int /*command*/, long /*value*/, int result, std::size_t* /*processed*/) {
  if (what == BIO_CB_READ || what == BIO_CB_WRITE)
    ERR_clear_error();
  return result;
}

int own_index = -1;

/// CAF hands the socket over between making the connection's object and the handshake.
void at_handshake(const SSL* which, int where, int /*result*/) {
  auto* connection = const_cast<SSL*>(which); // NOLINT: OpenSSL's own, handed out as const
  const bool is_known = SSL_get_ex_data(connection, own_index) != nullptr;
  if ((where & SSL_CB_HANDSHAKE_START) != 0) {
    for (auto* socket : {SSL_get_rbio(connection), SSL_get_wbio(connection)})
      if (socket != nullptr)
        BIO_set_callback_ex(socket, before_transfer);
    if (!is_known)
      before_handshake(connection);
  }
  if ((where & SSL_CB_HANDSHAKE_DONE) != 0 && !is_known)
    SSL_set_ex_data(connection, own_index, note_peer(connection));
}

void at_birth(void* connection, void* /*value*/, CRYPTO_EX_DATA* /*all*/, int /*index*/,
              long /*number*/, void* /*pointer*/) {
  SSL_set_info_callback(static_cast<SSL*>(connection), at_handshake);
}

void at_death(void* connection, void* mark, CRYPTO_EX_DATA* /*all*/, int /*index*/, long /*number*/,
              void* /*pointer*/) {
  no_stranger_any_more(static_cast<const SSL*>(connection));
  forget_peer(mark);
}

} // namespace

bool may_go_on(SSL* connection, std::span<const std::byte> bytes) {
  auto* const mark = own_index < 0 ? nullptr : SSL_get_ex_data(connection, own_index);
  return mark == nullptr || SSL_is_server(connection) == 0 || heed_frames(mark, bytes);
}

void keep_tls_errors_apart() {
  static const int index =
      CRYPTO_get_ex_new_index(CRYPTO_EX_INDEX_SSL, 0, nullptr, at_birth, nullptr, at_death);
  own_index = index;
}

} // namespace vdoc::node

/// In place of OpenSSL's own, for all libraries of the process: what a peer says is looked at
/// before CAF reads it. NOLINTNEXTLINE(readability-identifier-naming)
extern "C" int SSL_read(SSL* connection, void* into, int size) {
  std::size_t read = 0;
  if (SSL_read_ex(connection, into, static_cast<std::size_t>(std::max(size, 0)), &read) != 1)
    return -1;
  if (vdoc::node::may_go_on(connection, {static_cast<const std::byte*>(into), read}))
    return static_cast<int>(read);
  ERR_raise(ERR_LIB_USER, ERR_R_PASSED_INVALID_ARGUMENT);
  return -1;
}
