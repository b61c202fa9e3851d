#pragma once

#include <openssl/types.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

namespace vdoc::node {

// CAF 0.17.6 asks a peer for a certificate of the authority and looks no further: neither at the
// list of revoked ones nor at the name. OpenSSL tells us of each connection as it is made, so both
// can be had beside CAF. All of it is for the whole process, and any thread.

/// From now on whoever shows a certificate that is on this list is turned away. The file is read
/// anew with each connection; one that cannot be read turns everybody away. Empty: there is none.
void heed_revocations(const std::filesystem::path& list);

/// Whose certificate the peer with this address has shown, by its common name; "" when no TLS
/// connection to it stands.
std::string peer_name(const std::string& address, std::uint16_t port);

/// Ends the connections whose other end has shown a certificate that is on the list by now. How
/// many.
std::size_t end_revoked_peers();

/// Ends the connections from others that have stood for so long and have not introduced themselves:
/// CAF waits for ever, and looks at each of them all the time. How many.
std::size_t end_overdue_introductions(std::chrono::milliseconds patience);

// Called by what watches OpenSSL's connections.
void before_handshake(SSL* connection);
/// What was read from a connection on which the handshake is done; false: it has to end.
bool heed_frames(void* mark, std::span<const std::byte> bytes);
/// Answers a mark of the connection, to be given to `forget_peer` when it is freed.
void* note_peer(const SSL* connection);
void no_stranger_any_more(const SSL* connection);
void forget_peer(void* mark);

} // namespace vdoc::node
