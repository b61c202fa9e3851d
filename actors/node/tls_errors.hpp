#pragma once

namespace vdoc::node {

/// Keeps the failure of one TLS connection from being taken for that of another.
///
/// OpenSSL keeps errors in a queue per thread, and SSL_get_error takes "no bytes yet" for a failure
/// while one is in it (see its manual: the queue must be empty before each operation). CAF 0.17.6
/// does not empty it, and all its connections share a thread: when one media host is killed, its
/// unexpected end of file would break the connections of the others too. From this call on the
/// queue is emptied before each read from, and write to, the socket of any TLS connection.
///
/// It also has the peers of all connections known (tls_peers.hpp), as there is one place for it.
///
/// For the whole process; before the first connection. Calling it again does nothing.
void keep_tls_errors_apart();

} // namespace vdoc::node
