#pragma once

#include "actors/hosts/protocol.hpp"
#include "actors/ledger/protocol.hpp"
#include "actors/ledger/reader_protocol.hpp"
#include "actors/queue/protocol.hpp"
#include "actors/schedule/protocol.hpp"

#include <mutex>

namespace vdoc::node {

/// The newest handles of the service's actors: they change when one of them is restarted. Any
/// thread.
class switchboard {
public:
  template <class Actor> void set(Actor who) {
    const std::scoped_lock lock{mutex_};
    place_of<Actor>() = std::move(who);
  }
  template <class Actor> [[nodiscard]] Actor find() {
    const std::scoped_lock lock{mutex_};
    return place_of<Actor>();
  }
  /// Before the actor system is destroyed.
  void clear() {
    const std::scoped_lock lock{mutex_};
    all_ = {};
  }

private:
  struct handles {
    ledger::actor ledger;
    ledger::reader reader;
    queue::actor queue;
    schedule::actor schedule;
    hosts::actor hosts;
  };
  template <class Actor> Actor& place_of() {
    if constexpr (std::is_same_v<Actor, ledger::actor>)
      return all_.ledger;
    else if constexpr (std::is_same_v<Actor, ledger::reader>)
      return all_.reader;
    else if constexpr (std::is_same_v<Actor, queue::actor>)
      return all_.queue;
    else if constexpr (std::is_same_v<Actor, schedule::actor>)
      return all_.schedule;
    else
      return all_.hosts;
  }

  std::mutex mutex_;
  handles all_;
};

} // namespace vdoc::node
