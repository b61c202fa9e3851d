#pragma once

#include "cluster/ledger/fence.hpp"
#include "cluster/ledger/leases.hpp"
#include "cluster/ledger/store.hpp"

#include <functional>
#include <memory>

namespace vdoc::test {

/// What every implementation of the port to leases owes. Call each in a test case of its own, with
/// a maker of stores on one database that is empty at first.
struct lease_maker {
  std::function<std::unique_ptr<ledger::lease_store>()> open;
  std::function<std::unique_ptr<ledger::store>()> documents;           ///< of the same database
  std::function<std::unique_ptr<ledger::store>(ledger::fence)> fenced; ///< the same
};

#define VDOC_LEASE_CONTRACT(OWES)                                                                  \
  OWES(knows_of_a_lease_that_was_never_held_that_nobody_has_it)                                    \
  OWES(gives_a_free_lease_to_the_first_who_takes_it)                                               \
  OWES(gives_it_to_one_of_many_who_take_it_at_once)                                                \
  OWES(refuses_to_give_what_has_changed_since_it_was_seen)                                         \
  OWES(gives_each_holder_a_higher_epoch)                                                           \
  OWES(counts_every_renewal_so_that_others_see_it)                                                 \
  OWES(refuses_the_renewal_of_a_stale_epoch)                                                       \
  OWES(keeps_the_epoch_when_a_lease_is_released)                                                   \
  OWES(keeps_documents_of_the_holder_and_none_of_a_stale_epoch)                                    \
  OWES(counts_versions_of_documents_and_removes_them)                                              \
  OWES(lets_no_stale_holder_write_though_both_hurry)                                               \
  OWES(keeps_leases_of_different_names_apart)                                                      \
  OWES(keeps_any_word_as_it_is)                                                                    \
  OWES(knows_a_lease_again_when_opened_again)                                                      \
  OWES(commits_what_the_holder_of_a_lease_writes)                                                  \
  OWES(changes_nothing_at_all_for_a_stale_epoch_and_says_so)                                       \
  OWES(lets_the_next_holder_write_what_the_one_before_may_not)                                     \
  OWES(lets_no_stale_leader_commit_a_batch_though_both_hurry)

#define VDOC_DECLARE_CLAUSE(clause) void clause(const lease_maker& make);
VDOC_LEASE_CONTRACT(VDOC_DECLARE_CLAUSE)
#undef VDOC_DECLARE_CLAUSE

} // namespace vdoc::test
