#pragma once

#include "net/zmq/key_files.hpp"

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <vector>
#include <zmq.hpp>

/// What doors and clients over ZeroMQ share. Inside of net.
namespace vdoc::net {

/// Waits until one of them is ready; a signal ends it early.
void wait(std::span<zmq::pollitem_t> items,
          std::chrono::milliseconds at_most = std::chrono::milliseconds{-1});

/// All frames of the next message, those beyond `most` left out; none when there is no message.
/// `key` becomes the public key of who sent it, where a gate has let them in.
std::vector<std::string> receive(zmq::socket_t& from, std::size_t most, std::string* key = nullptr);

/// As a client that says who it is and expects that service, and leaves without lingering. Throws
/// std::runtime_error for an endpoint that cannot be one.
void connect(zmq::socket_t& socket, const std::string& endpoint,
             const std::optional<key_file>& identity);

/// To somebody who is gone, or does not read, nothing is sent.
void send(zmq::socket_t& to, const std::vector<std::string>& frames);

} // namespace vdoc::net
