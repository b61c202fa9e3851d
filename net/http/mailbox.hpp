#pragma once

#include "net/http/bell.hpp"
#include "net/http/web_answer.hpp"

#include <cstdint>
#include <functional>
#include <mutex>
#include <utility>
#include <vector>

namespace vdoc::net {

/// Answers on their way from the threads of the service to the one that owns the connections, many
/// at one awakening. Lives on when the gateway has gone; what is put in then is lost. Any thread.
class mailbox {
public:
  using task = std::function<void()>;
  struct letters {
    std::vector<std::pair<std::uint64_t, web_answer>> answers; ///< by number of the request
    std::vector<task> tasks;
  };

  void open(bell& whose) {
    const std::scoped_lock lock{mutex_};
    bell_ = &whose;
  }
  void close() {
    const std::scoped_lock lock{mutex_};
    bell_ = nullptr;
    waiting_ = {};
  }
  void put(std::uint64_t number, web_answer what) {
    const std::scoped_lock lock{mutex_};
    if (bell_ == nullptr)
      return;
    waiting_.answers.emplace_back(number, std::move(what));
    if (waiting_.answers.size() + waiting_.tasks.size() == 1)
      bell_->ring(); // who puts in the next ones finds it rung
  }
  void put(task what) {
    const std::scoped_lock lock{mutex_};
    if (bell_ == nullptr)
      return;
    waiting_.tasks.push_back(std::move(what));
    if (waiting_.answers.size() + waiting_.tasks.size() == 1)
      bell_->ring();
  }
  letters take() {
    const std::scoped_lock lock{mutex_};
    return std::exchange(waiting_, {});
  }

private:
  std::mutex mutex_;
  bell* bell_ = nullptr;
  letters waiting_;
};

} // namespace vdoc::net
