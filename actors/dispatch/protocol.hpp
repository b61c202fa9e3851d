#pragma once

#include "actors/dispatch/nodes_protocol.hpp"
#include "actors/node/stage_handles.hpp"
#include "cluster/dispatch/host_loss.hpp"
#include "cluster/dispatch/stage_view.hpp"
#include "cluster/dispatch/task.hpp"

#include <caf/meta/type_name.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace vdoc::dispatch {

/// Your task has a slot: send the work to `stages`, and `slot_free` when it is over. Or a task of
/// yours that runs is a straggler, and may run here as well: whichever ends first is `slot_free`,
/// the other one you withdraw.
struct granted {
  std::string task_id;
  std::string host_id;
  node::stage_handles stages;
  std::uint32_t heavy_slots = 0; ///< of all hosts that get work: how much can run in parallel
  std::string twin_of = {};      ///< the straggler's task_id; empty: this is no twin
};

/// The host that held your task is gone, and the task with it. DISPATCH forgets it: ask again with
/// `want_slot` if it is to be done again. Every task that the host held at the time is suspect,
/// those in heavy slots before others.
struct revoked {
  std::string task_id;
  std::string host_id;
  host_loss loss;
  bool beside_heavy = false; ///< another task in a heavy slot, of whatever job, was there too
};

/// What a client of DISPATCH understands (a JOB extends this).
using client = caf::typed_actor<caf::reacts_to<granted>, caf::reacts_to<revoked>>;

/// Asks for a slot for one task. It waits until it is granted or withdrawn; the answers go to
/// `asker`. When `asker` ends, all its tasks are withdrawn. A known `task_id` is ignored.
struct want_slot {
  std::string task_id; ///< unique over all jobs and attempts: "<job>/transcode/12/1"
  std::string job_id;
  stage kind = stage::transcode;
  std::int32_t priority = 0; ///< higher goes first, over all jobs of one urgency
  std::uint32_t index = 0;   ///< lower goes first inside (priority, job)
  std::string affinity;      ///< run file whose open decoder is worth keeping; may be empty
  std::string tenant;        ///< of the job, all its tasks the same
  urgency haste = urgency::batch;
  std::vector<std::string> needs; ///< a host has to offer all of these words
  std::string near;               ///< node where the bytes are; may be empty
  expense cost;
  std::string kept; ///< key under which some host may have done it already; may be empty
  bool maybe_elsewhere = false; ///< it may, since another node has led until now
  std::string failed_at;        ///< host where it has failed: its node is avoided; may be empty
  client asker;
};

/// The task is over, well or badly, and its slot is free; what it took is learned. Sent by whoever
/// knows first; saying it twice, or for a task that is unknown, does nothing.
struct slot_free {
  std::string task_id;
  task_end how = task_end::unsaid;
  std::string cause = {}; ///< of a failure
};

/// The task is not wanted any more. Waiting: forgotten. Granted: its slot is free (tell the stage
/// first).
struct withdraw {
  std::string task_id;
};

/// A media host can work. Sent by HOSTS.
struct host_up {
  std::string host_id;
  std::string incarnation; ///< another one than before: what the former one held is lost
  slots capacity;
  host_place place;
  node::stage_handles stages;
  caf::strong_actor_ptr agent; ///< monitored, in case HOSTS cannot tell
};

/// A media host has ended. Sent by HOSTS, which knows the cause.
struct host_down {
  std::string host_id;
  std::string incarnation;
  host_loss loss;
};

/// A media host finishes what it has and gets nothing new. Sent by HOSTS, which asks again until
/// it is idle.
struct host_drains {
  std::string host_id;
};
struct drained {
  bool idle = false;
};

/// Asks what is going on.
struct look {};

/// One line per queue, for progress and for the console.
struct load {
  std::uint32_t waiting = 0;
  std::uint32_t granted = 0;
  std::uint32_t hosts = 0;
  std::uint32_t heavy_slots = 0; ///< of all hosts that are up: how much can run in parallel
};

/// What an operator wants of a stage, from here on. Sent by QUEUE, which remembers it.
struct set_stage {
  stage kind = stage::transcode;
  resources::start_terms terms;
};
/// Asks for all stages, in the order of `stage`.
struct look_at_stages {};
struct stage_list {
  std::vector<stage_view> all;
};

/// What whoever has media hosts says of them: a leader's HOSTS and MEMBERSHIP to DISPATCH, and a
/// worker's HOSTS to its ENVOY.
using host_book = caf::typed_actor<caf::reacts_to<host_up>, caf::reacts_to<host_down>,
                                   caf::replies_to<host_drains>::with<drained>>;

/// DISPATCH: matches tasks with the free slots of media hosts (see cluster/dispatch/slot_rules).
using actor = host_book::extend<
    caf::reacts_to<want_slot>, caf::reacts_to<slot_free>, caf::reacts_to<withdraw>,
    caf::reacts_to<close_nodes>, caf::replies_to<find_bad_nodes>::with<bad_nodes>,
    caf::reacts_to<forgive_node>, caf::replies_to<look>::with<load>, caf::reacts_to<set_stage>,
    caf::reacts_to<set_share>, caf::replies_to<look_at_stages>::with<stage_list>,
    caf::replies_to<look_at_hosts>::with<host_loads>>;

template <class Inspector> typename Inspector::result_type inspect(Inspector& f, granted& x) {
  return f(caf::meta::type_name("vdoc::dispatch::granted"), x.task_id, x.host_id, x.stages,
           x.heavy_slots, x.twin_of);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, revoked& x) {
  return f(caf::meta::type_name("vdoc::dispatch::revoked"), x.task_id, x.host_id, x.loss,
           x.beside_heavy);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, want_slot& x) {
  return f(caf::meta::type_name("vdoc::dispatch::want_slot"), x.task_id, x.job_id, x.kind,
           x.priority, x.index, x.affinity, x.tenant, x.haste, x.needs, x.near, x.cost, x.kept,
           x.maybe_elsewhere, x.failed_at, x.asker);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, slot_free& x) {
  return f(caf::meta::type_name("vdoc::dispatch::slot_free"), x.task_id, x.how, x.cause);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, withdraw& x) {
  return f(caf::meta::type_name("vdoc::dispatch::withdraw"), x.task_id);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, host_up& x) {
  return f(caf::meta::type_name("vdoc::dispatch::host_up"), x.host_id, x.incarnation, x.capacity,
           x.place, x.stages, x.agent);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, host_down& x) {
  return f(caf::meta::type_name("vdoc::dispatch::host_down"), x.host_id, x.incarnation, x.loss);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, host_drains& x) {
  return f(caf::meta::type_name("vdoc::dispatch::host_drains"), x.host_id);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, drained& x) {
  return f(caf::meta::type_name("vdoc::dispatch::drained"), x.idle);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, look& /*x*/) {
  return f(caf::meta::type_name("vdoc::dispatch::look"));
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, load& x) {
  return f(caf::meta::type_name("vdoc::dispatch::load"), x.waiting, x.granted, x.hosts,
           x.heavy_slots);
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, set_stage& x) {
  return f(caf::meta::type_name("vdoc::dispatch::set_stage"), x.kind, x.terms);
}
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, look_at_stages& /*x*/) {
  return f(caf::meta::type_name("vdoc::dispatch::look_at_stages"));
}
template <class Inspector> typename Inspector::result_type inspect(Inspector& f, stage_list& x) {
  return f(caf::meta::type_name("vdoc::dispatch::stage_list"), x.all);
}

} // namespace vdoc::dispatch
