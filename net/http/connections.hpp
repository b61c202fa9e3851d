#pragma once

#include "net/http/bell.hpp"
#include "net/http/client_address.hpp"
#include "net/http/connection_counts.hpp"

#include <libsoup/soup.h>

#include <chrono>
#include <cstddef>
#include <unordered_map>
#include <vector>

namespace vdoc::net {

/// How many connections there may be, and how long one may take over what.
struct connection_terms {
  std::size_t most = 1'024;
  std::size_t most_of_address = 0;           ///< see connection_counts
  std::chrono::milliseconds grace{1'000};    ///< nobody has to make room for others before
  std::chrono::seconds until_read{30};       ///< from the first byte of a request to its last
  std::chrono::seconds without_progress{75}; ///< idle, or while an answer is being sent
  bool tls = false;
};

/// Whether a connection may be used.
enum class reception : std::uint8_t { taken, too_many_of_address, too_many };

/// The connections of a server. Ends those that take too long; beyond the limits a new one takes
/// the place of the one that has got on least, so slow clients hold nobody off. Makes good what
/// libsoup 3.2 gets wrong: it forgets a connection that its client closes between two requests,
/// with its file descriptor (fixed upstream by d20c6601), and never releases the GSocket of any. On
/// the server's thread.
class connections {
public:
  using clock = std::chrono::steady_clock;

  connections(GMainContext* context, const connection_terms& terms);
  connections(const connections&) = delete;
  connections& operator=(const connections&) = delete;
  ~connections();

  /// The first byte of a request is there, or the connection.
  void begun(SoupServerMessage* message);
  /// Of one that may not be used nothing is to be done but to say so, soon.
  [[nodiscard]] reception how_received(SoupServerMessage* message) const;
  /// More of its body is there, and it may take as long as it likes over the rest.
  void reads_on(SoupServerMessage* message);
  /// All of the request is there.
  void is_read(SoupServerMessage* message);
  /// Its answer is about to be sent, and is all there: headers and body are to travel together,
  /// though libsoup writes them one by one.
  void is_answered_whole(SoupServerMessage* message);
  /// Its answer is being sent.
  void is_answered(SoupServerMessage* message);
  /// Its answer goes on for as long as somebody listens, with pauses.
  void listens(SoupServerMessage* message);
  /// Some of the answer has been taken.
  void has_progress(SoupServerMessage* message) { is_answered(message); }
  /// The request is over, whatever became of it.
  void finished(SoupServerMessage* message);
  /// Ends what is late: to be called once a second.
  void sweep();

private:
  enum class phase : std::uint8_t { idle, reading, working, answering };
  struct one {
    connections* owner = nullptr;
    GSocket* socket = nullptr;
    phase at = phase::reading;
    clock::time_point since; ///< it has not got on
    client_address from;
    reception how = reception::taken;
    bool counts = false;                  ///< as one of those that there may be
    bool listens = false;                 ///< see `listens`
    SoupServerMessage* message = nullptr; ///< the present one; idle: of TLS the last, a reference
    bool corked = false;
    GSource* watch = nullptr; ///< for the other side to go
  };
  one* of(SoupServerMessage* message);
  void admit(one& it);
  bool make_room(const client_address* of);
  void end_late(one& it);
  void stop_counting(one& it);
  void forget_the_gone();
  void settle();
  void forget(GObject* socket);
  void watch(one& it);
  void end(one& it) const;
  static void stop_watching(one& it);
  void release(one& it);
  void let_go(one& it);
  static gboolean left(gint descriptor, GIOCondition how, gpointer which);
  static void socket_gone(gpointer self, GObject* socket);

  GMainContext* context_;
  connection_terms terms_;
  connection_counts counts_;
  std::unordered_map<GObject*, one> all_;      ///< by socket
  std::vector<GObject*> unsettled_;            ///< between two requests, or at an end
  std::vector<SoupServerMessage*> to_release_; ///< references
  std::vector<GObject*> ended_;                ///< sockets that should be gone, and may be
  bell settle_;
};

} // namespace vdoc::net
