#include "actors/desk/checks.hpp"
#include "actors/desk/shell.hpp"
#include "actors/desk/spawn.hpp"
#include "cluster/desk/submission.hpp"

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace vdoc::front_desk {

namespace {

// Inside the class the word "desk" is the base class, not the namespace.
using desk::admission;
using desk::bulk_result;
using desk::caller;
using desk::job_history;
using desk::job_order;
using desk::job_views;
using desk::queue_change;
using desk::queue_view;
using desk::readiness;
using desk::role;
using desk::then;
using desk::verdict;
using planned = desk::schedule;

actor::behavior_type front(actor::pointer self) {
  return {[self](const call& asked) { asked.what(self); }};
}

const char* name_of(desk::job_action what) {
  constexpr const char* names[]{"job.cancel", "job.retry", "job.reprioritise", "job.remove"};
  return names[static_cast<std::size_t>(what)];
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
  void list(const caller& who, ledger::job_filter which, const std::string& cursor,
            std::uint32_t most, then<job_views> answer) override;
  void history(const caller& who, const std::string& job_id, then<job_history> answer) override;
  void order(const caller& who, const std::string& job_id, job_order what,
             then<verdict> answer) override;
  void order_all(const caller& who, ledger::job_filter which, job_order what,
                 then<bulk_result> answer) override;
  void queues(const caller& who, then<std::vector<queue_view>> answer) override;
  void change_queue(const caller& who, queue_change what, then<verdict> answer) override;
  void schedules(const caller& who, then<std::vector<planned>> answer) override;
  void put_schedule(const caller& who, planned what, then<verdict> answer) override;
  void remove_schedule(const caller& who, const std::string& name, then<verdict> answer) override;
  void read(const std::string& kind, const std::string& after_key, std::uint32_t most,
            then<std::vector<ledger::document>> answer) override;
  void write(std::vector<ledger::document> what, then<verdict> answer) override;
  void ready(then<readiness> answer) override;

private:
  void ask(std::function<void(actor::pointer)> what) {
    caf::anon_send(actor_, call{std::move(what)});
  }
  template <class T> reply_to<T> reply(then<T> answer, T otherwise, std::size_t jobs = 0) {
    return std::make_shared<front_desk::reply<T>>(std::move(answer), std::move(otherwise), under_,
                                                  jobs);
  }
  [[nodiscard]] bool overloaded() const { return under_->calls > with_->most_calls; }
  ledger::document audit(const caller& who, const deed& what) const {
    return audit_of(who, what, with_->new_job_id(), with_->unix_ms());
  }

  std::shared_ptr<means> with_;
  std::shared_ptr<load> under_ = std::make_shared<load>();
  actor actor_;
};

std::vector<admission> all_refused(std::size_t jobs, const verdict& how) {
  return std::vector<desk::admission>(jobs, admission{how, "", false});
}

void service_desk::submit(const caller& who, std::vector<ledger::job> jobs,
                          then<std::vector<admission>> answer) {
  const auto to = reply(std::move(answer), all_refused(jobs.size(), gone()), jobs.size());
  std::vector<admission> each(jobs.size());
  queue::submit order;
  std::vector<std::size_t> places;
  const bool busy = overloaded() || under_->jobs > with_->most_jobs;
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    each[i].how = busy ? overload() : check_submit(who, jobs[i]);
    if (!each[i].how.ok())
      continue;
    jobs[i].id = with_->new_job_id();
    jobs[i].output = jobs[i].id;
    order.jobs.push_back(std::move(jobs[i]));
    places.push_back(i);
  }
  ask([=, with = with_, each = std::move(each), order = std::move(order),
       places = std::move(places)](actor::pointer self) mutable {
    if (order.jobs.empty())
      return to->give(std::move(each));
    const auto queue = with->find_queue();
    if (!queue)
      return;
    self->request(queue, within, std::move(order))
        .then(
            [=, each = std::move(each)](const queue::submitted& how) mutable {
              for (std::size_t i = 0; i < places.size(); ++i)
                each.at(places[i]) = how.each.at(i);
              to->give(std::move(each));
            },
            [to](const caf::error&) {});
  });
}

void service_desk::find(const caller& who, const std::string& job_id, then<job_views> answer) {
  const auto to = reply<job_views>(std::move(answer), {gone(), {}, {}});
  const auto how = overloaded() ? overload() : check_role(who, role::viewer);
  ask([=, with = with_](actor::pointer self) {
    if (!how.ok())
      return to->give({how, {}, {}});
    find_visible(self, *with, who, job_id, [=](const verdict& how, const ledger::job_record& job) {
      job_views views{how, {}, {}};
      if (how.ok())
        views.jobs.push_back(view_of(*with, job));
      to->give(std::move(views));
    });
  });
}

void service_desk::list(const caller& who, ledger::job_filter which, const std::string& cursor,
                        std::uint32_t most, then<job_views> answer) {
  const auto to = reply<job_views>(std::move(answer), {gone(), {}, {}});
  auto how = overloaded() ? overload() : check_role(who, role::viewer);
  if (how.ok())
    how = check_filter(who, which);
  ledger::list_jobs question{std::move(which), cursor, std::clamp(most, 1U, most_in_a_page)};
  ask([=, with = with_](actor::pointer self) {
    const auto reader = with->find_reader();
    if (!how.ok())
      return to->give({how, {}, {}});
    if (!reader)
      return;
    self->request(reader, within, question)
        .then(
            [=](const ledger::job_page& page) {
              if (page.result != ledger::outcome::done)
                return to->give({ledger_away(page.trouble), {}, {}});
              job_views views{{}, {}, page.next};
              for (const auto& one : page.jobs)
                views.jobs.push_back(view_of(*with, one));
              to->give(std::move(views));
            },
            [to](const caf::error&) {});
  });
}

void service_desk::history(const caller& who, const std::string& job_id, then<job_history> answer) {
  const auto to = reply<job_history>(std::move(answer), {gone(), {}});
  const auto how = overloaded() ? overload() : check_role(who, role::viewer);
  ask([=, with = with_](actor::pointer self) {
    if (!how.ok())
      return to->give({how, {}});
    find_visible(self, *with, who, job_id, [=](const verdict& how, const ledger::job_record&) {
      if (!how.ok())
        return to->give({how, {}});
      read_history(self, *with, job_id, to);
    });
  });
}

void service_desk::order(const caller& who, const std::string& job_id, job_order what,
                         then<verdict> answer) {
  const auto to = reply<verdict>(std::move(answer), gone());
  const auto detail = nlohmann::json{{"priority", what.priority}, {"cause", what.cause}}.dump(
      -1, ' ', false, nlohmann::json::error_handler_t::replace);
  const auto how = overloaded() ? overload() : check_order(who, what);
  const auto line = audit(who, {name_of(what.what), job_id, detail});
  ask([=, with = with_](actor::pointer self) {
    if (!how.ok())
      return to->give(how);
    find_visible(self, *with, who, job_id, [=](const verdict& how, const ledger::job_record& job) {
      if (!how.ok())
        return to->give(how);
      give_order(self, *with, {{job}, what, {line}}, [=](const std::vector<verdict>& each) {
        to->give(each.empty() ? gone() : each.front());
      });
    });
  });
}

void service_desk::order_all(const caller& who, ledger::job_filter which, job_order what,
                             then<bulk_result> answer) {
  const auto to = reply<bulk_result>(std::move(answer), {gone(), 0, 0});
  auto how = overloaded() ? overload() : check_order(who, what);
  if (how.ok())
    how = check_role(who, role::operator_);
  if (how.ok())
    how = check_filter(who, which);
  const auto line = audit(who, {name_of(what.what), "all of a filter", ""});
  bulk work{std::move(which), std::move(what), {line}, with_->unix_ms(), "", {}};
  ask([=, with = with_](actor::pointer self) {
    if (!how.ok())
      return to->give({how, 0, 0});
    order_page(self, with, std::make_shared<bulk>(work), to);
  });
}

void service_desk::queues(const caller& who, then<std::vector<queue_view>> answer) {
  const auto to = reply<std::vector<queue_view>>(std::move(answer), {});
  const auto how = overloaded() ? overload() : check_role(who, role::viewer);
  ask([=, with = with_](actor::pointer self) {
    const auto queue = with->find_queue();
    if (!how.ok() || !queue)
      return;
    self->request(queue, within, queue::look{})
        .then([to](const queue::overview& now) { to->give(now.queues); },
              [to](const caf::error&) {});
  });
}

void service_desk::change_queue(const caller& who, queue_change what, then<verdict> answer) {
  const auto to = reply<verdict>(std::move(answer), gone());
  const auto how = overloaded() ? overload() : check_queue_change(who, what);
  const auto detail = nlohmann::json{{"paused", what.paused},
                                     {"concurrency", what.concurrency},
                                     {"starts_per_min", what.starts_per_min}};
  const auto line = audit(who, {"queue.change", what.name, detail.dump()});
  ask([=, with = with_](actor::pointer self) {
    const auto queue = with->find_queue();
    if (!how.ok())
      return to->give(how);
    if (!queue)
      return;
    self->request(queue, within, queue::change{what, {line}})
        .then([to](const queue::changed& done) { to->give(done.how); }, [to](const caf::error&) {});
  });
}

void service_desk::schedules(const caller& who, then<std::vector<planned>> answer) {
  const auto to = reply<std::vector<planned>>(std::move(answer), {});
  const auto how = overloaded() ? overload() : check_role(who, role::viewer);
  ask([=, with = with_](actor::pointer self) {
    const auto clock = with->find_schedule();
    if (!how.ok() || !clock)
      return;
    self->request(clock, within, vdoc::schedule::list{})
        .then(
            [=](const vdoc::schedule::listed& now) {
              std::vector<planned> mine;
              std::ranges::copy_if(now.all, std::back_inserter(mine),
                                   [&](const auto& one) { return who.sees(one.what.tenant); });
              to->give(std::move(mine));
            },
            [to](const caf::error&) {});
  });
}

void service_desk::put_schedule(const caller& who, planned what, then<verdict> answer) {
  const auto to = reply<verdict>(std::move(answer), gone());
  auto how = overloaded() ? overload() : check_role(who, role::operator_);
  if (how.ok())
    how = check_submit(who, what.what);
  const auto line = audit(who, {"schedule.put", what.name, to_json(what)});
  ask([=, with = with_](actor::pointer self) {
    const auto clock = with->find_schedule();
    if (!how.ok())
      return to->give(how);
    if (!clock)
      return;
    self->request(clock, within, vdoc::schedule::put{what, {line}})
        .then([to](const vdoc::schedule::done& done) { to->give(done.how); },
              [to](const caf::error&) {});
  });
}

void service_desk::remove_schedule(const caller& who, const std::string& name,
                                   then<verdict> answer) {
  const auto to = reply<verdict>(std::move(answer), gone());
  const auto how = overloaded() ? overload() : check_role(who, role::operator_);
  const auto line = audit(who, {"schedule.remove", name, ""});
  const auto tenant = who.tenant == "*" ? std::string{"default"} : who.tenant;
  ask([=, with = with_](actor::pointer self) {
    const auto clock = with->find_schedule();
    if (!how.ok())
      return to->give(how);
    if (!clock)
      return;
    self->request(clock, within, vdoc::schedule::remove{tenant, name, {line}})
        .then([to](const vdoc::schedule::done& done) { to->give(done.how); },
              [to](const caf::error&) {});
  });
}

void service_desk::read(const std::string& kind, const std::string& after_key, std::uint32_t most,
                        then<std::vector<ledger::document>> answer) {
  const auto to = reply<std::vector<ledger::document>>(std::move(answer), {});
  ask([=, with = with_](actor::pointer self) {
    const auto reader = with->find_reader();
    if (!reader)
      return;
    self->request(reader, within, ledger::read_documents{kind, after_key, most})
        .then([to](const ledger::documents& page) { to->give(page.all); },
              [to](const caf::error&) {});
  });
}

void service_desk::write(std::vector<ledger::document> what, then<verdict> answer) {
  const auto to = reply<verdict>(std::move(answer), gone());
  ledger::write order;
  order.documents = std::move(what);
  ask([=, with = with_, busy = overloaded()](actor::pointer self) {
    const auto ledger = with->find_ledger();
    if (busy)
      return to->give(overload());
    if (ledger)
      write_documents(self, ledger, order, to);
  });
}

void service_desk::ready(then<readiness> answer) {
  const auto to = reply<readiness>(std::move(answer), {{"the desk does not answer"}});
  ask([=, with = with_](actor::pointer self) { look_around(self, *with, to); });
}

} // namespace

std::unique_ptr<vdoc::desk::desk> open(caf::actor_system& system, means with) {
  return std::make_unique<service_desk>(system, std::move(with));
}

} // namespace vdoc::front_desk
