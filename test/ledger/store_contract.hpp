#pragma once

#include "cluster/ledger/store.hpp"

#include <functional>
#include <memory>

namespace vdoc::test {

/// What every implementation of the ledger's port owes. Call each in a test case of its own with a
/// maker of an empty store; `reopen` of the sort that lasts opens what the last one wrote.
struct store_maker {
  std::function<std::unique_ptr<ledger::store>()> empty;
  std::function<std::unique_ptr<ledger::store>()> reopen;
};

#define VDOC_STORE_CONTRACT(OWES)                                                                  \
  OWES(remembers_a_job_with_its_history)                                                           \
  OWES(gives_a_job_without_id_one_that_sorts_by_time)                                              \
  OWES(takes_a_job_said_twice_once)                                                                \
  OWES(counts_attempts_by_itself)                                                                  \
  OWES(refuses_only_the_event_of_an_unknown_job)                                                   \
  OWES(keeps_the_order_of_a_batch)                                                                 \
  OWES(finds_the_last_job_of_a_source_and_output)                                                  \
  OWES(keeps_the_time_of_an_event_and_gives_its_own_to_one_without)                                \
  OWES(keeps_any_text_as_it_is)                                                                    \
  OWES(knows_everything_again_when_opened_again)                                                   \
  OWES(keeps_all_that_a_job_was_asked_with)                                                        \
  OWES(answers_a_known_idempotency_key_with_the_first_job)                                         \
  OWES(takes_jobs_with_a_dedupe_key_for_the_first_one_until_its_window_is_over)                    \
  OWES(keeps_who_was_first_as_a_document_that_can_be_removed)                                      \
  OWES(refuses_events_of_a_stale_fence)                                                            \
  OWES(refuses_what_cannot_follow_and_nothing_else)                                                \
  OWES(refuses_what_no_store_could_keep)                                                           \
  OWES(lets_a_job_wait_for_its_time_and_for_others)                                                \
  OWES(does_a_job_again_with_another_spec_and_priority)                                            \
  OWES(says_when_a_job_is_tried_again)                                                             \
  OWES(says_whose_results_a_job_has_been_given)                                                    \
  OWES(keeps_documents_with_their_versions)                                                        \
  OWES(reads_documents_in_the_order_of_their_keys)                                                 \
  OWES(writes_the_papers_of_an_event_with_it_or_not_at_all)                                        \
  OWES(adds_to_a_roll_the_jobs_that_are_new)                                                       \
  OWES(lists_the_newest_first_page_by_page)                                                        \
  OWES(filters_jobs_by_state_tenant_queue_and_time)                                                \
  OWES(finds_jobs_by_their_labels)                                                                 \
  OWES(finds_jobs_by_a_part_of_their_text)                                                         \
  OWES(knows_which_jobs_are_open)                                                                  \
  OWES(counts_jobs_by_tenant_queue_and_state)                                                      \
  OWES(removes_ended_jobs_with_their_history)                                                      \
  OWES(takes_a_batch_of_thousands)                                                                 \
  OWES(keeps_of_each_job_what_its_events_amount_to)                                                \
  OWES(says_that_it_takes_writes)

#define VDOC_DECLARE_CLAUSE(clause) void clause(const store_maker& make);
VDOC_STORE_CONTRACT(VDOC_DECLARE_CLAUSE)
#undef VDOC_DECLARE_CLAUSE

} // namespace vdoc::test
