#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace vdoc::desk {

/// Something that has happened, as gateways pass it on.
struct feed_event {
  std::uint64_t number = 0; ///< from 1, without gaps, over all topics of one feed
  std::string topic;  ///< "job.<id>.state", "job.<id>.progress", "job.<id>.segment", "queue.<name>"
  std::string tenant; ///< whose it is: only who sees this tenant may hear it
  std::string body;   ///< a JSON object
  /// Numbers of the events before it with the same topic, and of the same family (the topic's first
  /// word), so that who hears only those sees gaps; 0: none that is still kept.
  std::uint64_t before_in_topic = 0;
  std::uint64_t before_in_family = 0;
};
using feed_item = std::shared_ptr<const feed_event>;

/// What happens in the service, live, for those who listen (PUB socket, server-sent events). The
/// newest events are kept for listeners that come back. It is not a record: what must not be missed
/// is in the ledger, and whoever finds a gap reads there. Any thread.
class event_feed {
public:
  /// Must be quick and must not call the feed. Called in order, on the thread that publishes.
  using listener = std::function<void(const feed_item&)>;

  explicit event_feed(std::string id, std::size_t most_kept = 8'192);

  /// Tells this feed from the one before a restart, which counted from 1 too.
  [[nodiscard]] const std::string& id() const noexcept { return id_; }

  void publish(std::string topic, std::string tenant, std::string body);

  /// Listens until the answer is destroyed; afterwards the listener is not called any more. The
  /// feed may be gone by then.
  using subscription = std::shared_ptr<void>;
  [[nodiscard]] subscription subscribe(listener whose);

  /// Those after `number`, and from then on what comes: none is missed between the two. Nothing
  /// when some of those after `number` are not kept any more, or `number` is yet to come.
  struct resumed {
    std::vector<feed_item> missed;
    subscription rest;
  };
  [[nodiscard]] std::optional<resumed> resume(std::uint64_t number, listener whose);

  /// Number of the newest event; 0: there was none.
  [[nodiscard]] std::uint64_t last() const;

private:
  struct ears {
    std::mutex mutex; ///< held while listeners are called
    std::map<std::uint64_t, listener> all;
    std::uint64_t next = 0;
  };
  // With `ears_->mutex` held.
  subscription add(listener whose);
  std::uint64_t chain(std::string_view name, std::uint64_t number);
  void unchain(std::string_view name, std::uint64_t number);

  std::string id_;
  std::size_t most_kept_;
  std::shared_ptr<ears> ears_ = std::make_shared<ears>(); ///< its mutex guards all that follows
  std::deque<feed_item> kept_;
  /// The newest of each topic and family that is kept, by a hash of its name: bounded, as they are.
  std::unordered_map<std::size_t, std::uint64_t> newest_;
  std::uint64_t last_ = 0;
};

} // namespace vdoc::desk
