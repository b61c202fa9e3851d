#include "actors/desk/counted.hpp"

#include "cluster/desk/submission.hpp"

#include <chrono>

namespace vdoc::front_desk {

using desk::admission;

desk::then<std::vector<admission>> counted(const std::shared_ptr<means>& with,
                                           const desk::caller& who,
                                           desk::then<std::vector<admission>> answer) {
  using clock = std::chrono::steady_clock;
  return [with, who, answer = std::move(answer),
          begun = clock::now()](std::vector<admission> each) {
    auto& by = *with->measures;
    for (const auto& one : each)
      by.taken_in
          .of({who.door, !one.how.ok()       ? desk::to_string(one.how.why)
                         : one.known_already ? "known"
                                             : "accepted"})
          .add();
    by.taking_s.of({who.door}).observe(std::chrono::duration<double>(clock::now() - begun).count());
    answer(std::move(each));
  };
}

} // namespace vdoc::front_desk
