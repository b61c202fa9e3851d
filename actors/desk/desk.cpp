#include "actors/desk/checks.hpp"
#include "actors/desk/counted.hpp"
#include "actors/desk/overdue.hpp"
#include "actors/desk/questions.hpp"
#include "actors/desk/reply.hpp"
#include "actors/desk/spawn.hpp"
#include "actors/desk/view.hpp"
#include "cluster/desk/audit.hpp"
#include "cluster/desk/submission.hpp"

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <chrono>

namespace vdoc::front_desk {

namespace {

// Inside the class the word "desk" is the base class, not the namespace.
using desk::admission;
using desk::breaker_reset;
using desk::breaker_views;
using desk::caller;
using desk::host_views;
using desk::job_history;
using desk::job_order;
using desk::job_views;
using desk::ledger_away;
using desk::node_change;
using desk::overview;
using desk::part_is_gone;
using desk::queue_change;
using desk::refusal;
using desk::role;
using desk::schedule_views;
using desk::tenant_change;
using desk::then;
using desk::tree_view;
using desk::verdict;
using timed_job = desk::schedule;
using ledger::outcome;

constexpr std::uint32_t most_in_a_page = 1'000;

actor::behavior_type front(actor::pointer self) {
  return {[self](const call& asked) { asked.what(self); }};
}

/// The desk that gateways know. Checks what can be checked on the caller's thread, and leaves the
/// rest to its actor.
class service_desk final : public vdoc::desk::desk {
public:
  service_desk(caf::actor_system& system, means with)
      : with_{std::make_shared<means>(std::move(with))}, actor_{system.spawn(front)} {}
  service_desk(const service_desk&) = delete;
  service_desk& operator=(const service_desk&) = delete;
  ~service_desk() override { caf::anon_send_exit(actor_, caf::exit_reason::user_shutdown); }

  void submit(const caller& who, std::vector<ledger::job> jobs,
              then<std::vector<admission>> answer) override;
  void find(const caller& who, const std::string& job_id, then<job_views> answer) override;
  void history(const caller& who, const std::string& job_id, then<job_history> answer) override;
  void list(const caller& who, ledger::job_filter which, const std::string& cursor,
            std::uint32_t most, then<job_views> answer) override;
  void order(const caller& who, const std::string& job_id, job_order what,
             then<verdict> answer) override;
  void set_queue(const caller& who, const std::string& queue, queue_change what,
                 then<verdict> answer) override;
  void set_tenant(const caller& who, const std::string& tenant, tenant_change what,
                  then<verdict> answer) override;
  void order_node(const caller& who, node_change what, then<verdict> answer) override;
  void look(then<overview> answer) override;
  void look_at_tree(const caller& who, then<tree_view> answer) override;
  void look_at_breakers(const caller& who, then<breaker_views> answer) override;
  void reset_breaker(const caller& who, breaker_reset what, then<verdict> answer) override;
  void look_at_hosts(const caller& who, then<host_views> answer) override;
  void look_at_nodes(then<std::vector<vdoc::desk::node_view>> answer) override;
  void schedules(const caller& who, then<schedule_views> answer) override;
  void put_schedule(const caller& who, timed_job what, then<verdict> answer) override;
  void remove_schedule(const caller& who, const std::string& tenant, const std::string& name,
                       then<verdict> answer) override;

private:
  /// Lets QUEUE do what is asked, if `how` does not refuse it.
  template <class Message> void have_set(verdict how, Message what, then<verdict> answer);
  /// Lets SCHEDULE change something of a tenant.
  template <class Message>
  void change_schedule(const caller& who, const std::string& tenant, Message what,
                       then<verdict> answer);
  void ask(std::function<void(actor::pointer)> what) {
    caf::anon_send(actor_, call{std::move(what)});
  }
  template <class T> reply_to<T> reply(then<T> answer, T otherwise, std::size_t jobs = 0) {
    return std::make_shared<front_desk::reply<T>>(std::move(answer), std::move(otherwise), under_,
                                                  jobs);
  }
  /// A line of the audit log, with the time of now.
  [[nodiscard]] ledger::document stamped(vdoc::desk::audit_line what) const {
    what.at_unix_ms = with_->unix_ms();
    return to_document(what, with_->new_job_id());
  }
  /// Of what only the node that leads can do: `how`, or that it is another one.
  [[nodiscard]] verdict here(verdict how) const {
    return how.ok() && with_->elsewhere ? with_->elsewhere() : std::move(how);
  }
  [[nodiscard]] bool overloaded() const { return under_->calls > with_->most_calls; }

  std::shared_ptr<means> with_;
  std::shared_ptr<load> under_ = std::make_shared<load>();
  std::shared_ptr<overdue<std::vector<admission>>> late_ =
      std::make_shared<overdue<std::vector<admission>>>();
  actor actor_;
};

std::vector<admission> all_refused(std::size_t jobs, const verdict& how) {
  return std::vector<admission>(jobs, admission{how, "", false});
}

void service_desk::submit(const caller& who, std::vector<ledger::job> jobs,
                          then<std::vector<admission>> answer) {
  const auto to = reply(counted(with_, who, std::move(answer)),
                        all_refused(jobs.size(), part_is_gone()), jobs.size());
  std::vector<admission> each(jobs.size());
  queue::submit order;
  std::vector<std::size_t> places;
  const bool busy = overloaded() || under_->jobs > with_->most_jobs;
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    each[i].how = busy ? overload() : check_submit(who, jobs[i]);
    const bool is_uploaded = jobs[i].source.starts_with("upload:");
    if (each[i].how.ok() && is_uploaded && with_->elsewhere)
      each[i].how = with_->elsewhere();
    if (each[i].how.ok() && is_uploaded && with_->knows_uploads && !with_->knows_uploads())
      each[i].how = vdoc::desk::uploads_are_looked_through();
    if (each[i].how.ok() && is_uploaded && with_->find_upload)
      each[i].how = check_upload(jobs[i], with_->find_upload(uploads::upload_in(jobs[i].source)));
    if (!each[i].how.ok())
      continue;
    jobs[i].id = with_->new_job_id();
    jobs[i].output = jobs[i].id;
    order.jobs.push_back(std::move(jobs[i]));
    places.push_back(i);
  }
  if (order.jobs.empty())
    return to->give(std::move(each));
  if (with_->line_of_submit)
    order.line = with_->line_of_submit(who);
  ask([=, with = with_, late = late_, each = std::move(each), order = std::move(order),
       places = std::move(places)](actor::pointer self) mutable {
    const auto queue = with->find_queue();
    if (!queue)
      return;
    if (late->wait_for(to, self->clock().now() + within))
      look_for_overdue<call>(self, late);
    self->request(queue, caf::infinite, std::move(order))
        .then(
            [=](const queue::submitted& how) {
              auto all = each;
              for (std::size_t i = 0; i < places.size(); ++i)
                all.at(places[i]) = how.each.at(i);
              to->give(std::move(all));
            },
            [to](const caf::error&) {});
  });
}

void service_desk::find(const caller& who, const std::string& job_id, then<job_views> answer) {
  const auto to = reply<job_views>(std::move(answer), {part_is_gone(), {}, {}});
  const auto how = overloaded() ? overload() : check_role(who, role::viewer);
  if (!how.ok())
    return to->give({how, {}, {}});
  ask([=, with = with_](actor::pointer self) {
    find_visible(self, *with, who, job_id, [=](const verdict& how, const ledger::job_record& job) {
      job_views views{how, {}, {}};
      if (how.ok())
        views.jobs.push_back(view_of(*with, job));
      to->give(std::move(views));
    });
  });
}

void service_desk::history(const caller& who, const std::string& job_id, then<job_history> answer) {
  const auto to = reply<job_history>(std::move(answer), {part_is_gone(), {}});
  const auto how = overloaded() ? overload() : check_role(who, role::viewer);
  if (!how.ok())
    return to->give({how, {}});
  ask([=, with = with_](actor::pointer self) {
    find_visible(self, *with, who, job_id, [=](const verdict& how, const ledger::job_record& job) {
      if (!how.ok())
        return to->give({how, {}});
      read_history(self, *with, job, [to](const ledger::history& it) {
        if (it.result == outcome::store_down)
          return to->give({ledger_away(it.trouble), {}});
        to->give({{}, it.events});
      });
    });
  });
}

void service_desk::list(const caller& who, ledger::job_filter which, const std::string& cursor,
                        std::uint32_t most, then<job_views> answer) {
  const auto to = reply<job_views>(std::move(answer), {part_is_gone(), {}, {}});
  auto how = overloaded() ? overload() : check_role(who, role::viewer);
  if (how.ok())
    how = check_filter(who, which);
  if (!how.ok())
    return to->give({how, {}, {}});
  ledger::list_jobs question{std::move(which), cursor, std::clamp(most, 1U, most_in_a_page)};
  ask([=, with = with_](actor::pointer self) {
    read_list(self, *with, question, [=](const ledger::job_page& page) {
      if (page.result != outcome::done)
        return to->give({ledger_away(page.trouble), {}, {}});
      job_views views{{}, {}, page.next};
      for (const auto& one : page.jobs)
        views.jobs.push_back(view_of(*with, one));
      to->give(std::move(views));
    });
  });
}

void service_desk::order(const caller& who, const std::string& job_id, job_order what,
                         then<verdict> answer) {
  const auto to = reply<verdict>(std::move(answer), part_is_gone());
  auto line = vdoc::desk::line_of(who, job_id, what);
  const auto how = overloaded() ? overload() : check_order(who, what);
  if (!how.ok())
    return to->give(how);
  ask([=, line = stamped(std::move(line)), with = with_](actor::pointer self) {
    find_visible(self, *with, who, job_id, [=](const verdict& how, const ledger::job_record& job) {
      if (!how.ok())
        return to->give(how);
      const auto queue = with->find_queue();
      if (!queue)
        return;
      self->request(queue, within, queue::order{job, what, line})
          .then([to](const queue::ordered& done) { to->give(done.how); },
                [to](const caf::error&) {});
    });
  });
}

template <class Message>
void service_desk::have_set(verdict how, Message what, then<verdict> answer) {
  const auto to = reply<verdict>(std::move(answer), part_is_gone());
  if (overloaded())
    how = overload();
  if (!how.ok())
    return to->give(how);
  ask([to, what = std::move(what), with = with_](actor::pointer self) {
    if (const auto keeper = with->find_queue())
      self->request(keeper, within, what)
          .then([to](const queue::ordered& done) { to->give(done.how); },
                [to](const caf::error&) {});
  });
}

void service_desk::set_queue(const caller& who, const std::string& queue, queue_change what,
                             then<verdict> answer) {
  auto line = stamped(vdoc::desk::line_of(who, queue, what));
  have_set(check_queue(who, queue), queue::set_queue{queue, what, std::move(line)},
           std::move(answer));
}

void service_desk::set_tenant(const caller& who, const std::string& tenant, tenant_change what,
                              then<verdict> answer) {
  auto line = stamped(vdoc::desk::line_of(who, tenant, what));
  have_set(check_tenant(who, tenant), queue::set_tenant{tenant, std::move(what), std::move(line)},
           std::move(answer));
}

void service_desk::order_node(const caller& who, node_change what, then<verdict> answer) {
  const auto to = reply<verdict>(std::move(answer), part_is_gone());
  const auto how = overloaded() ? overload() : here(check_node(who));
  if (!how.ok())
    return to->give(how);
  ask([=, by = who.name, line = stamped(vdoc::desk::line_of(who, what)),
       with = with_](actor::pointer self) {
    const auto whom =
        with->find_membership ? with->find_membership() : membership::operators_side{};
    if (!whom)
      return;
    self->request(whom, within, membership::order_node{what, by, line})
        .then([to](const membership::node_ordered& done) { to->give(done.how); },
              [to](const caf::error&) {});
  });
}

void service_desk::look(then<overview> answer) {
  overview otherwise;
  otherwise.trouble = part_is_gone().what;
  const auto to = reply<overview>(std::move(answer), otherwise);
  ask([=, with = with_](actor::pointer self) {
    read_overview(self, *with, [to](overview all) { to->give(std::move(all)); });
  });
}

void service_desk::look_at_nodes(then<std::vector<vdoc::desk::node_view>> answer) {
  const auto nodes = [with = with_] {
    return with->nodes ? with->nodes() : std::vector<vdoc::desk::node_view>{};
  };
  if (!here({}).ok()) // it knows no more
    return answer(nodes());
  const auto to = reply<std::vector<vdoc::desk::node_view>>(std::move(answer), nodes());
  ask([=, with = with_](actor::pointer self) {
    read_hosts(self, *with, [=](const host_views& seen) { to->give(with_slots(nodes(), seen)); });
  });
}

void service_desk::look_at_tree(const caller& who, then<tree_view> answer) {
  const auto to = reply<tree_view>(std::move(answer), {part_is_gone(), {}});
  if (const auto how = check_whole(who); !how.ok())
    return to->give({how, {}});
  ask([=, with = with_](actor::pointer self) {
    read_tree(self, *with, [to](tree_view seen) { to->give(std::move(seen)); });
  });
}

void service_desk::look_at_breakers(const caller& who, then<breaker_views> answer) {
  const auto how = here(check_whole(who));
  answer(how.ok() ? breakers_of(*with_) : breaker_views{how, {}});
}

void service_desk::reset_breaker(const caller& who, breaker_reset what, then<verdict> answer) {
  auto how = here(check_breaker(who));
  if (how.ok())
    how = check_reset(*with_, what.name);
  if (how.ok() && !(with_->reset_breaker && with_->reset_breaker(what.name)))
    how = part_is_gone();
  if (how.ok() && with_->note)
    with_->note(vdoc::desk::line_of(who, what));
  answer(how);
}

void service_desk::look_at_hosts(const caller& who, then<host_views> answer) {
  const auto to = reply<host_views>(std::move(answer), {part_is_gone(), {}});
  const auto how = here(check_whole(who));
  if (!how.ok())
    return to->give({how, {}});
  ask([=, with = with_](actor::pointer self) {
    read_hosts(self, *with, [to](host_views seen) { to->give(std::move(seen)); });
  });
}

void service_desk::schedules(const caller& who, then<schedule_views> answer) {
  const auto to = reply<schedule_views>(std::move(answer), {part_is_gone(), {}});
  if (const auto how = check_role(who, role::viewer); !how.ok())
    return to->give({how, {}});
  ask([=, with = with_](actor::pointer self) {
    const auto schedule = with->find_schedule();
    if (!schedule)
      return;
    self->request(schedule, within, schedule::look{})
        .then(
            [=](schedule_views& all) {
              std::erase_if(all.all, [&](const auto& it) { return !who.sees(it.what.tenant); });
              to->give(std::move(all));
            },
            [to](const caf::error&) {});
  });
}

template <class Message>
void service_desk::change_schedule(const caller& who, const std::string& tenant, Message what,
                                   then<verdict> answer) {
  const auto to = reply<verdict>(std::move(answer), part_is_gone());
  if (const auto how = check_role(who, role::operator_); !how.ok())
    return to->give(how);
  if (!who.sees(tenant))
    return to->give({refusal::forbidden, "tenant is not yours", "leave it out", 0});
  ask([=, with = with_](actor::pointer self) {
    const auto schedule = with->find_schedule();
    if (!schedule)
      return;
    self->request(schedule, within, what)
        .then([to](const schedule::settled& it) { to->give(it.how); }, [to](const caf::error&) {});
  });
}

void service_desk::put_schedule(const caller& who, timed_job what, then<verdict> answer) {
  const auto tenant = what.what.tenant;
  auto line = stamped(vdoc::desk::line_of(who, what));
  change_schedule(who, tenant, schedule::put{std::move(what), std::move(line)}, std::move(answer));
}

void service_desk::remove_schedule(const caller& who, const std::string& tenant,
                                   const std::string& name, then<verdict> answer) {
  auto line = stamped(vdoc::desk::line_of_removal(who, tenant, name));
  change_schedule(who, tenant, schedule::remove{tenant, name, std::move(line)}, std::move(answer));
}

} // namespace

std::unique_ptr<vdoc::desk::desk> open(caf::actor_system& system, means with) {
  return std::make_unique<service_desk>(system, std::move(with));
}

} // namespace vdoc::front_desk
