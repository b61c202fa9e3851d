#include "net/http/gathered_submits.hpp"

#include <memory>
#include <utility>

namespace vdoc::net {

namespace {

bool same(const desk::caller& a, const desk::caller& b) {
  return a.name == b.name && a.tenant == b.tenant && a.as == b.as;
}

} // namespace

void gathered_submits::add(const desk::caller& who, ledger::job what, answerer answer) {
  if (!jobs_.empty() && !same(who, who_))
    flush();
  if (jobs_.empty())
    who_ = who;
  jobs_.push_back(std::move(what));
  answers_.push_back(std::move(answer));
  if (jobs_.size() >= most)
    flush();
}

void gathered_submits::flush() {
  if (jobs_.empty())
    return;
  const auto answers = std::make_shared<std::vector<answerer>>(std::exchange(answers_, {}));
  to_.submit(who_, std::exchange(jobs_, {}),
             [answers, back = back_](std::vector<desk::admission> each) {
               back([answers, each = std::move(each)] {
                 for (std::size_t i = 0; i < answers->size(); ++i)
                   answers->at(i)(each.at(i));
               });
             });
}

} // namespace vdoc::net
