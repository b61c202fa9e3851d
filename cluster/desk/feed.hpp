#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace vdoc::desk {

/// One thing that happened, as told to the outside.
struct news {
  std::uint64_t sequence = 0; ///< from 1, without gaps within a `feed::origin`
  std::string topic;          ///< "job.<id>.state", "job.<id>.progress", "queue.<name>"
  std::string tenant;         ///< whose it is; empty: everybody's
  std::string body;           ///< JSON object
};

/// What is going on, for those who listen: the PUB socket, server-sent events, webhooks. Keeps the
/// last `kept` news so that who was away for a moment misses nothing. Any thread.
class feed {
public:
  explicit feed(std::string origin, std::size_t kept = 16'384);

  /// New with every start of the service: a sequence number is of one origin.
  [[nodiscard]] const std::string& origin() const noexcept { return origin_; }

  void tell(std::string topic, std::string tenant, std::string body);

  /// News after `sequence`, at most `most`. `missed`: some in between are not kept any more.
  struct page {
    std::vector<news> all;
    bool missed = false;
  };
  [[nodiscard]] page after(std::uint64_t sequence, std::size_t most) const;
  [[nodiscard]] std::uint64_t last() const;

  /// Called after news were told, on the teller's thread: it must only wake somebody. Returns what
  /// `forget` takes.
  std::uint64_t listen(std::function<void()> wake);
  void forget(std::uint64_t listener);

private:
  const std::string origin_;
  const std::size_t kept_;
  mutable std::mutex mutex_;
  std::deque<news> news_;
  std::uint64_t last_ = 0;
  std::map<std::uint64_t, std::function<void()>> listeners_;
  std::uint64_t listeners_ever_ = 0;
};

} // namespace vdoc::desk
