#pragma once

#include <openssl/types.h>

#include <cstddef>
#include <span>

namespace vdoc::node {

/// Keeps the failure of one TLS connection from being taken for that of another.
///
/// OpenSSL keeps errors in a queue per thread, and SSL_get_error takes "no bytes yet" for a failure
/// while one is in it (see its manual: the queue must be empty before each operation). CAF 0.17.6
/// does not empty it, and all its connections share a thread: when one media host is killed, its
/// unexpected end of file would break the connections of the others too. From this call on the
/// queue is emptied before each read from, and write to, the socket of any TLS connection.
///
/// It also has the peers of all connections known (tls_peers.hpp), as there is one place for it,
/// and what peers say who dial us is checked before CAF reads it (basp_frames.hpp): that is done in
/// a function SSL_read of our own, which stands before OpenSSL's.
///
/// For the whole process; before the first connection. Calling it again does nothing.
void keep_tls_errors_apart();

/// Called with what was read; false: the connection has to end.
bool may_go_on(SSL* connection, std::span<const std::byte> bytes);

} // namespace vdoc::node
