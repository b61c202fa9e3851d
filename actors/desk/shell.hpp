#pragma once

#include "actors/desk/reply.hpp"
#include "actors/desk/spawn.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/typed_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

/// The inside of the desk: what its source files share. Nobody else includes this.
namespace vdoc::front_desk {

struct call;
/// DESK: asks the other actors on behalf of callers, and keeps their answers within time.
using actor = caf::typed_actor<caf::reacts_to<call>>;
/// One caller's question.
struct call {
  std::function<void(actor::pointer)> what;
};

/// A caller has its answer within ten seconds, even one that takes two questions.
constexpr std::chrono::milliseconds within{4'500};
constexpr std::uint32_t most_in_a_page = 1'000;
/// Orders to many jobs stop so long after they began, and say how far they came.
constexpr std::int64_t longest_bulk_ms = 5'000;
constexpr std::uint64_t most_in_bulk = 10'000;

/// What is answered when somebody on the way is gone.
inline desk::verdict gone() {
  return {desk::refusal::busy, "a part of the service is being restarted", "try again", 1'000};
}
inline desk::verdict overload() {
  return {desk::refusal::busy, "the service is overloaded", "try again", 200};
}
inline desk::verdict ledger_away(const std::string& trouble) {
  return {desk::refusal::busy, "the ledger is away: " + trouble, "try again", 1'000};
}

desk::job_view view_of(const means& with, const ledger::job_record& job);

using found_job = std::function<void(const desk::verdict&, const ledger::job_record&)>;
/// The job, unless it is none of the caller's business: then there is none.
void find_visible(actor::pointer self, const means& with, const desk::caller& who,
                  const std::string& job_id, const found_job& then);
void read_history(actor::pointer self, const means& with, const std::string& job_id,
                  const reply_to<desk::job_history>& to);
/// An empty answer: QUEUE is gone.
void give_order(actor::pointer self, const means& with, queue::order what,
                const std::function<void(const std::vector<desk::verdict>&)>& then);

/// An order to all jobs of a filter, a page at a time.
struct bulk {
  ledger::job_filter which;
  desk::job_order what;
  std::vector<ledger::document> documents; ///< for the first page
  std::int64_t begun_unix_ms = 0;
  std::string cursor;
  desk::bulk_result so_far;
};
void order_page(actor::pointer self, const std::shared_ptr<means>& with,
                const std::shared_ptr<bulk>& work, const reply_to<desk::bulk_result>& to);

void write_documents(actor::pointer self, const ledger::actor& ledger, const ledger::write& what,
                     const reply_to<desk::verdict>& to);
void look_around(actor::pointer self, const means& with, const reply_to<desk::readiness>& to);

} // namespace vdoc::front_desk

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::front_desk::call)
