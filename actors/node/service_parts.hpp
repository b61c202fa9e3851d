#pragma once

#include "actors/courier/protocol.hpp"
#include "actors/digest/protocol.hpp"
#include "actors/leader/protocol.hpp"
#include "actors/ledger/protocol.hpp"
#include "actors/ledger/reader_protocol.hpp"
#include "actors/membership/operator_protocol.hpp"
#include "actors/node/newest.hpp"
#include "actors/node/node.hpp"
#include "actors/queue/spawn.hpp"
#include "actors/schedule/protocol.hpp"
#include "actors/storekeeper/protocol.hpp"
#include "actors/survey/protocol.hpp"
#include "cluster/desk/event_feed.hpp"
#include "cluster/desk/live_jobs.hpp"
#include "cluster/desk/tenant_limits.hpp"
#include "cluster/ledger/job_id.hpp"
#include "cluster/membership/node_book.hpp"
#include "cluster/resources/kept_book.hpp"
#include "cluster/resources/load_watch.hpp"
#include "cluster/resources/measures.hpp"
#include "cluster/uploads/upload_store.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>

namespace vdoc::node {

/// What the parts of a service find of each other: the newest actors, null while there are none.
/// Any thread.
class service_parts {
public:
  std::shared_ptr<desk::live_jobs> live = std::make_shared<desk::live_jobs>();
  std::shared_ptr<queue::roster> jobs = std::make_shared<queue::roster>();
  std::shared_ptr<resources::measures> measures = std::make_shared<resources::measures>();
  std::shared_ptr<resources::kept_book> kept = std::make_shared<resources::kept_book>();
  std::shared_ptr<desk::tenant_book> tenants;     ///< there before anything else is started
  std::shared_ptr<uploads::upload_store> uploads; ///< the same
  std::shared_ptr<desk::event_feed> feed = std::make_shared<desk::event_feed>(ledger::new_job_id());
  std::shared_ptr<membership::node_book> nodes; ///< the same
  std::shared_ptr<resources::load_watch> load;  ///< the same; of this node
  newest<courier::actor> courier;               ///< of the work of a node that leads
  newest<storekeeper::actor> storekeeper;       ///< the same, where there is an artefact store

  /// What the node has, whether it leads or not.
  void set(const services& now) {
    const std::scoped_lock lock{mutex_};
    if (is_closed_)
      return;
    known_.find_ledger = now.find_ledger;
    known_.find_reader = now.find_reader;
    known_.find_lister = now.find_lister;
    known_.find_root = now.find_root;
    known_.hosts = now.hosts;
  }
  /// What stands in for QUEUE and SCHEDULE while the node does not lead.
  void set_stand_in(const queue::actor& queue) { remember(known_.stand_in_queue, queue); }
  void set_stand_in(const schedule::actor& schedule) {
    remember(known_.stand_in_schedule, schedule);
  }
  void set(const leader::actor& leader) { remember(known_.leader, leader); }
  [[nodiscard]] leader::actor find_leader() const {
    const std::scoped_lock lock{mutex_};
    return known_.leader;
  }
  /// The LEDGER whose writes carry the leader's epoch.
  void set_of_work(const ledger::actor& ledger) { remember(known_.work_ledger, ledger); }
  [[nodiscard]] ledger::actor find_ledger_of_work() const {
    const std::scoped_lock lock{mutex_};
    return known_.work_ledger;
  }
  void set(const queue::actor& queue) { remember(known_.queue, queue); }
  void set(const schedule::actor& schedule) { remember(known_.schedule, schedule); }
  void set(const survey::actor& survey) { remember(known_.survey, survey); }
  [[nodiscard]] survey::actor find_survey() const {
    const std::scoped_lock lock{mutex_};
    return known_.survey;
  }
  void set(const digest::actor& digest) { remember(known_.digest, digest); }
  [[nodiscard]] digest::actor find_digest() const {
    const std::scoped_lock lock{mutex_};
    return known_.digest;
  }
  void set(const membership::operators_side& membership) {
    remember(known_.membership, membership);
  }
  [[nodiscard]] membership::operators_side find_membership() const {
    const std::scoped_lock lock{mutex_};
    return known_.membership;
  }
  void set_work(const supervision::actor& work) { remember(known_.work, work); }
  /// Who supervises the node, and the work while it leads.
  [[nodiscard]] std::pair<supervision::actor, supervision::actor> find_trees() const {
    const std::scoped_lock lock{mutex_};
    return {known_.find_root ? known_.find_root() : supervision::actor{}, known_.work};
  }
  [[nodiscard]] hosts::actor find_hosts() const {
    const std::scoped_lock lock{mutex_};
    return known_.hosts;
  }
  /// Of the work of a node that leads; null while it does not.
  [[nodiscard]] queue::actor find_queue_of_work() const {
    const std::scoped_lock lock{mutex_};
    return known_.queue;
  }
  [[nodiscard]] schedule::actor find_schedule_of_work() const {
    const std::scoped_lock lock{mutex_};
    return known_.schedule;
  }
  [[nodiscard]] queue::actor find_queue() const {
    const std::scoped_lock lock{mutex_};
    return known_.queue ? known_.queue : known_.stand_in_queue;
  }
  [[nodiscard]] schedule::actor find_schedule() const {
    const std::scoped_lock lock{mutex_};
    return known_.schedule ? known_.schedule : known_.stand_in_schedule;
  }
  [[nodiscard]] ledger::actor find_ledger() const {
    const std::scoped_lock lock{mutex_};
    return known_.find_ledger ? known_.find_ledger() : ledger::actor{};
  }
  [[nodiscard]] ledger::reader find_reader() const {
    const std::scoped_lock lock{mutex_};
    return known_.find_reader ? known_.find_reader() : ledger::reader{};
  }
  /// Of the read replica, if there is one.
  [[nodiscard]] ledger::reader find_lister() const {
    const std::scoped_lock lock{mutex_};
    return known_.find_lister ? known_.find_lister() : ledger::reader{};
  }
  /// The node does not lead any more.
  void clear_work() {
    set(queue::actor{});
    set(schedule::actor{});
    set(digest::actor{});
    courier.set({});
    storekeeper.set({});
    set(survey::actor{});
    set(membership::operators_side{});
    set_work({});
    set_of_work({});
    live->clear();
  }
  /// Before the actor system is destroyed, which waits for actors as long as somebody remembers
  /// them. Nobody is remembered from then on: supervisors may still be starting some.
  void close() {
    {
      const std::scoped_lock lock{mutex_};
      is_closed_ = true;
      known_ = {};
    }
    courier.close();
    storekeeper.close();
    live->clear();
  }
  std::atomic<bool> ending{false};   ///< the process is going to end
  std::function<void()> end_process; ///< asks for that, as SIGTERM does; set before the start

private:
  template <class Actor> void remember(Actor& place, const Actor& who) {
    const std::scoped_lock lock{mutex_};
    if (!is_closed_)
      place = who;
  }

  mutable std::mutex mutex_;
  bool is_closed_ = false;
  struct {
    queue::actor queue, stand_in_queue;
    schedule::actor schedule, stand_in_schedule;
    leader::actor leader;
    ledger::actor work_ledger;
    digest::actor digest;
    survey::actor survey;
    membership::operators_side membership;
    supervision::actor work;
    hosts::actor hosts;
    std::function<supervision::actor()> find_root;
    std::function<ledger::actor()> find_ledger;
    std::function<ledger::reader()> find_reader;
    std::function<ledger::reader()> find_lister;
  } known_;
};

} // namespace vdoc::node
