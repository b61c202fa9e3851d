#pragma once

#include "cluster/desk/caller.hpp"
#include "cluster/desk/event_feed.hpp"
#include "net/http/bell.hpp"
#include "net/http/event_text.hpp"

#include <libsoup/soup.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace vdoc::net {

/// Server-sent events: what a feed publishes, to everybody who listens, each from where it stopped.
/// Who reads slower than things happen is cut off, and comes back to what the feed has kept. On the
/// server's thread.
class event_streams {
public:
  static constexpr std::size_t most_listeners = 256;

  event_streams(GMainContext* context, std::shared_ptr<desk::event_feed> feed);
  event_streams(const event_streams&) = delete;
  event_streams& operator=(const event_streams&) = delete;
  ~event_streams();

  /// Begins the answer of a paused message, which does not end by itself. False when there are as
  /// many listeners as there may be: nothing has been done then.
  bool open(SoupServerMessage* message, desk::caller who, topic_choice what,
            std::string_view last_event_id);
  void forget(SoupServerMessage* message) { listeners_.erase(message); }

private:
  struct listener {
    desk::caller who;
    topic_choice what;
    std::uint64_t next = 0;    ///< number of the first event that it has not been given
    std::size_t in_flight = 0; ///< bytes
  };
  /// Events on their way from whoever publishes them.
  struct inbox {
    std::atomic<bool> open{false}; ///< somebody listens, or has a moment ago
    std::mutex mutex;
    std::vector<desk::feed_item> waiting;
    bool overflown = false;
  };
  void hear(const desk::feed_item& what);
  void tell_all();
  void say_nothing();
  void add(std::string& text, listener& to, const desk::feed_event& what) const;
  void write(SoupServerMessage* message, listener& to, std::string text);
  static void wrote(SoupServerMessage* message, guint size, gpointer self);

  std::shared_ptr<desk::event_feed> feed_;
  std::unordered_map<SoupServerMessage*, listener> listeners_;
  inbox inbox_;
  bell heard_;
  GSource* heartbeat_;
  desk::event_feed::subscription subscription_; ///< the last: it rings the bell
};

} // namespace vdoc::net
