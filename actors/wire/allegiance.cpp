#include "actors/wire/allegiance.hpp"

#include <utility>

namespace vdoc {

allegiance::making::making(allegiance& to, std::string key) : to_{to} {
  const std::scoped_lock lock{to_.mutex_};
  if (to_.over_)
    throw gone();
  to_.made_ = std::move(key);
}

allegiance::making::~making() {
  std::function<void()> done;
  {
    const std::scoped_lock lock{to_.mutex_};
    to_.made_.reset();
    done = std::move(to_.done_);
  }
  if (done)
    done();
}

bool allegiance::write(const std::function<void()>& how) {
  struct over {
    allegiance& to;
    ~over() {
      const std::scoped_lock lock{to.mutex_};
      --to.writers_;
    }
  };
  {
    const std::scoped_lock lock{mutex_};
    if (over_)
      return false;
    ++writers_;
  }
  const over at_the_end{*this};
  how();
  return true;
}

failure allegiance::gone() {
  return failure{{culprit::peer, "the leader for whom this was to be done is gone", "", ""}};
}

std::optional<std::string> allegiance::part(std::function<void()> done) {
  const std::scoped_lock lock{mutex_};
  over_ = true;
  if (writers_ > 0 || !made_)
    return std::nullopt;
  done_ = std::move(done);
  return made_;
}

} // namespace vdoc
