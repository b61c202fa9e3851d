#pragma once

#include "actors/supervision/supervisor.hpp"
#include "pipelines/fault.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace vdoc::node {

/// Called once, on any thread, when a supervision tree has given up: nothing more will be done.
using failure_listener = std::function<void(const fault& why)>;

/// The supervision tree of a process, until it has fallen. Has to go before its actor system.
class standing_tree {
public:
  /// `what` gives up ("the engine"), if it does so by itself; `advice` is for who starts it.
  standing_tree(supervision::actor root, const std::string& what, const std::string& advice,
                const failure_listener& on_failure);
  standing_tree(const standing_tree&) = delete;
  standing_tree& operator=(const standing_tree&) = delete;
  ~standing_tree();

  [[nodiscard]] const supervision::actor& root() const noexcept { return root_; }
  /// Why it has fallen by itself; empty while it stands. Any thread.
  [[nodiscard]] std::string trouble() const;
  /// Asks it to end, and kills it when it has not after `grace`.
  void stop(std::chrono::milliseconds grace);

private:
  struct state;
  supervision::actor root_;
  std::shared_ptr<state> state_; ///< the thread that sees it fall has it, too
};

} // namespace vdoc::node
