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

void remembers_a_job_with_its_history(const store_maker& make);
void gives_a_job_without_id_one_that_sorts_by_time(const store_maker& make);
void takes_a_job_said_twice_once(const store_maker& make);
void counts_attempts_by_itself(const store_maker& make);
void refuses_only_the_event_of_an_unknown_job(const store_maker& make);
void keeps_the_order_of_a_batch(const store_maker& make);
void finds_the_last_job_of_a_source_and_output(const store_maker& make);
void keeps_the_time_of_an_event_and_gives_its_own_to_one_without(const store_maker& make);
void keeps_any_text_as_it_is(const store_maker& make);
void knows_everything_again_when_opened_again(const store_maker& make);

} // namespace vdoc::test
