#include "actors/wire/stop_board.hpp"

#include <algorithm>

namespace vdoc {

stop_board::work::work(stop_board& board, std::string job) : board_{board}, job_{std::move(job)} {
  const std::scoped_lock lock{board_.mutex_};
  board_.all_.emplace(job_, this);
}

stop_board::work::~work() {
  const std::scoped_lock lock{board_.mutex_};
  const auto [begin, end] = board_.all_.equal_range(job_);
  board_.all_.erase(std::find_if(begin, end, [this](const auto& it) { return it.second == this; }));
}

void stop_board::stop(const std::string& job) {
  const std::scoped_lock lock{mutex_};
  const auto [begin, end] = all_.equal_range(job);
  for (auto it = begin; it != end; ++it)
    it->second->stopped_ = true;
}

bool stop_board::still_works_on(const std::string& job) const {
  const std::scoped_lock lock{mutex_};
  const auto [begin, end] = all_.equal_range(job);
  return std::any_of(begin, end, [](const auto& it) { return it.second->stopped_.load(); });
}

} // namespace vdoc
