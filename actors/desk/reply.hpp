#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <utility>

namespace vdoc::front_desk {

/// How much is being asked at the moment, over all callers. Any thread.
struct load {
  std::atomic<std::size_t> calls{0};
  std::atomic<std::size_t> jobs{0}; ///< submitted and not acknowledged
};

/// The answer to one call: given exactly once, whatever dies. Who lets go of it without having
/// answered has answered `otherwise`.
template <class T> class reply {
public:
  reply(std::function<void(T)> then, T otherwise, std::shared_ptr<load> under, std::size_t jobs = 0)
      : then_{std::move(then)},
        otherwise_{std::move(otherwise)}, under_{std::move(under)}, jobs_{jobs} {
    ++under_->calls;
    under_->jobs += jobs_;
  }
  reply(const reply&) = delete;
  reply& operator=(const reply&) = delete;
  ~reply() {
    if (then_)
      then_(std::move(otherwise_));
    --under_->calls;
    under_->jobs -= jobs_;
  }

  void give(T answer) {
    if (const auto then = std::exchange(then_, nullptr))
      then(std::move(answer));
  }

  void give_up() { give(std::move(otherwise_)); }

private:
  std::function<void(T)> then_;
  T otherwise_;
  std::shared_ptr<load> under_;
  std::size_t jobs_;
};

template <class T> using reply_to = std::shared_ptr<reply<T>>;

} // namespace vdoc::front_desk
