#include "actors/node/standing_tree.hpp"

#include <caf/send.hpp>

#include <condition_variable>
#include <mutex>
#include <utility>

namespace vdoc::node {

struct standing_tree::state {
  std::mutex mutex;
  std::condition_variable changed;
  bool fallen = false;
  bool wanted = false; ///< we ask it to end ourselves
  std::string trouble; ///< it fell unwanted
};

standing_tree::standing_tree(supervision::actor root, const std::string& what,
                             const std::string& advice, const failure_listener& on_failure)
    : root_{std::move(root)}, state_{std::make_shared<state>()} {
  root_->attach_functor([now = state_, what, advice, on_failure](const caf::error& reason) {
    std::string trouble;
    {
      const std::lock_guard lock{now->mutex};
      now->fallen = true;
      if (!now->wanted)
        trouble = now->trouble = what + " gave up: " + supervision::to_cause(reason);
    }
    now->changed.notify_all();
    if (!trouble.empty() && on_failure)
      on_failure({culprit::ours, trouble, advice, {}});
  });
}

standing_tree::~standing_tree() = default;

std::string standing_tree::trouble() const {
  const std::lock_guard lock{state_->mutex};
  return state_->trouble;
}

void standing_tree::stop(std::chrono::milliseconds grace) {
  {
    const std::lock_guard lock{state_->mutex};
    state_->wanted = true;
  }
  caf::anon_send_exit(root_, caf::exit_reason::user_shutdown);
  std::unique_lock lock{state_->mutex};
  if (!state_->changed.wait_for(lock, grace, [this] { return state_->fallen; }))
    caf::anon_send_exit(root_, caf::exit_reason::kill);
  lock.unlock();
  root_ = nullptr;
}

} // namespace vdoc::node
