#include "net/http/overview_call.hpp"

#include "cluster/desk/submission.hpp"

#include <utility>

namespace vdoc::net {

void with_overview(const errand& it, std::function<web_answer(const desk::overview&)> show) {
  it.with.to.look([answer = it.answer, show = std::move(show)](const desk::overview& now) {
    if (now.queues.empty() && !now.trouble.empty())
      return answer(problem({desk::refusal::busy, now.trouble, "try again", 1'000}));
    if (const auto how = desk::only_of_leader(now); !how.ok())
      return answer(problem(how));
    answer(show(now));
  });
}

} // namespace vdoc::net
