#include "actors/wire/cancellations.hpp"

#include <algorithm>
#include <utility>

namespace vdoc {

cancellations::work::work(cancellations& of, std::string call)
    : of_{of}, call_{std::move(call)}, flag_{std::make_shared<std::atomic<bool>>(false)} {
  const std::scoped_lock lock{of_.mutex_};
  of_.running_[call_] = flag_;
  if (const auto early = std::ranges::find(of_.early_, call_); early != of_.early_.end()) {
    *flag_ = true;
    of_.early_.erase(early);
  }
}

cancellations::work::~work() {
  const std::scoped_lock lock{of_.mutex_};
  of_.running_.erase(call_);
}

void cancellations::cancel(const std::string& call) {
  const std::scoped_lock lock{mutex_};
  if (const auto found = running_.find(call); found != running_.end()) {
    *found->second = true;
    return;
  }
  early_.push_back(call);
  if (early_.size() > most_early)
    early_.pop_front();
}

} // namespace vdoc
