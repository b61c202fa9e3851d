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
    find_ledger_ = now.find_ledger;
    find_reader_ = now.find_reader;
    find_lister_ = now.find_lister;
    find_root_ = now.find_root;
    hosts_ = now.hosts;
  }
  /// What stands in for QUEUE and SCHEDULE while the node does not lead.
  void set_stand_in(const queue::actor& queue) {
    const std::scoped_lock lock{mutex_};
    stand_in_queue_ = queue;
  }
  void set_stand_in(const schedule::actor& schedule) {
    const std::scoped_lock lock{mutex_};
    stand_in_schedule_ = schedule;
  }
  void set(const leader::actor& leader) {
    const std::scoped_lock lock{mutex_};
    leader_ = leader;
  }
  [[nodiscard]] leader::actor find_leader() const {
    const std::scoped_lock lock{mutex_};
    return leader_;
  }
  /// The LEDGER whose writes carry the leader's epoch.
  void set_of_work(const ledger::actor& ledger) {
    const std::scoped_lock lock{mutex_};
    work_ledger_ = ledger;
  }
  [[nodiscard]] ledger::actor find_ledger_of_work() const {
    const std::scoped_lock lock{mutex_};
    return work_ledger_;
  }
  void set(const queue::actor& queue) {
    const std::scoped_lock lock{mutex_};
    queue_ = queue;
  }
  void set(const schedule::actor& schedule) {
    const std::scoped_lock lock{mutex_};
    schedule_ = schedule;
  }
  void set(const survey::actor& survey) {
    const std::scoped_lock lock{mutex_};
    survey_ = survey;
  }
  [[nodiscard]] survey::actor find_survey() const {
    const std::scoped_lock lock{mutex_};
    return survey_;
  }
  void set(const digest::actor& digest) {
    const std::scoped_lock lock{mutex_};
    digest_ = digest;
  }
  [[nodiscard]] digest::actor find_digest() const {
    const std::scoped_lock lock{mutex_};
    return digest_;
  }
  void set(const membership::operators_side& membership) {
    const std::scoped_lock lock{mutex_};
    membership_ = membership;
  }
  [[nodiscard]] membership::operators_side find_membership() const {
    const std::scoped_lock lock{mutex_};
    return membership_;
  }
  void set_work(const supervision::actor& work) {
    const std::scoped_lock lock{mutex_};
    work_ = work;
  }
  /// Who supervises the node, and the work while it leads.
  [[nodiscard]] std::pair<supervision::actor, supervision::actor> find_trees() const {
    const std::scoped_lock lock{mutex_};
    return {find_root_ ? find_root_() : supervision::actor{}, work_};
  }
  [[nodiscard]] hosts::actor find_hosts() const {
    const std::scoped_lock lock{mutex_};
    return hosts_;
  }
  /// Of the work of a node that leads; null while it does not.
  [[nodiscard]] queue::actor find_queue_of_work() const {
    const std::scoped_lock lock{mutex_};
    return queue_;
  }
  [[nodiscard]] schedule::actor find_schedule_of_work() const {
    const std::scoped_lock lock{mutex_};
    return schedule_;
  }
  [[nodiscard]] queue::actor find_queue() const {
    const std::scoped_lock lock{mutex_};
    return queue_ ? queue_ : stand_in_queue_;
  }
  [[nodiscard]] schedule::actor find_schedule() const {
    const std::scoped_lock lock{mutex_};
    return schedule_ ? schedule_ : stand_in_schedule_;
  }
  [[nodiscard]] ledger::actor find_ledger() const {
    const std::scoped_lock lock{mutex_};
    return find_ledger_ ? find_ledger_() : ledger::actor{};
  }
  [[nodiscard]] ledger::reader find_reader() const {
    const std::scoped_lock lock{mutex_};
    return find_reader_ ? find_reader_() : ledger::reader{};
  }
  /// Of the read replica, if there is one.
  [[nodiscard]] ledger::reader find_lister() const {
    const std::scoped_lock lock{mutex_};
    return find_lister_ ? find_lister_() : ledger::reader{};
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
  /// Before the actor system is destroyed.
  void clear() {
    clear_work();
    set(services{});
    set_stand_in(queue::actor{});
    set_stand_in(schedule::actor{});
    set(leader::actor{});
  }
  std::atomic<bool> ending{false};   ///< the process is going to end
  std::function<void()> end_process; ///< asks for that, as SIGTERM does; set before the start

private:
  mutable std::mutex mutex_;
  queue::actor queue_, stand_in_queue_;
  schedule::actor schedule_, stand_in_schedule_;
  leader::actor leader_;
  ledger::actor work_ledger_;
  digest::actor digest_;
  survey::actor survey_;
  membership::operators_side membership_;
  supervision::actor work_;
  hosts::actor hosts_;
  std::function<supervision::actor()> find_root_;
  std::function<ledger::actor()> find_ledger_;
  std::function<ledger::reader()> find_reader_;
  std::function<ledger::reader()> find_lister_;
};

} // namespace vdoc::node
