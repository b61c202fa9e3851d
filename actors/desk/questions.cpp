#include "actors/desk/shell.hpp"

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>

namespace vdoc::front_desk {

using ledger::outcome;

desk::job_view view_of(const means& with, const ledger::job_record& job) {
  desk::job_view view;
  view.record = job;
  view.folder = (with.jobs / job.what.id).string();
  if (job.state != ledger::job_state::running || !with.live)
    return view;
  if (const auto live = with.live->find(job.what.id)) {
    view.progress = live->progress;
    view.eta_unix_ms = live->eta_unix_ms;
    view.stage = live->stage;
  }
  return view;
}

void find_visible(actor::pointer self, const means& with, const desk::caller& who,
                  const std::string& job_id, const found_job& then) {
  const auto reader = with.find_reader();
  if (!reader)
    return then(gone(), {});
  self->request(reader, within, ledger::find_job{job_id})
      .then(
          [=](const ledger::found& it) {
            if (it.result == outcome::store_down)
              return then(ledger_away(it.trouble), {});
            if (it.result != outcome::done || !who.sees(it.what.what.tenant))
              return then({desk::refusal::not_found, "there is no job " + job_id, "", 0}, {});
            then({}, it.what);
          },
          [=](const caf::error&) { then(gone(), {}); });
}

void read_history(actor::pointer self, const means& with, const std::string& job_id,
                  const reply_to<desk::job_history>& to) {
  const auto reader = with.find_reader();
  if (!reader)
    return;
  self->request(reader, within, ledger::read_history{job_id})
      .then(
          [to](const ledger::history& it) {
            if (it.result == outcome::store_down)
              to->give({ledger_away(it.trouble), {}});
            else
              to->give({{}, it.events});
          },
          [to](const caf::error&) {});
}

void give_order(actor::pointer self, const means& with, queue::order what,
                const std::function<void(const std::vector<desk::verdict>&)>& then) {
  const auto queue = with.find_queue();
  if (!queue)
    return then({});
  self->request(queue, within, std::move(what))
      .then([then](const queue::ordered& how) { then(how.each); },
            [then](const caf::error&) { then({}); });
}

void order_page(actor::pointer self, const std::shared_ptr<means>& with,
                const std::shared_ptr<bulk>& work, const reply_to<desk::bulk_result>& to) {
  const auto reader = with->find_reader();
  if (!reader)
    return;
  const auto ordered = [=](const std::vector<desk::verdict>& each) {
    auto& sum = work->so_far;
    if (each.empty())
      sum.how = gone();
    for (const auto& one : each)
      ++(one.ok() ? sum.done : sum.refused);
    const bool enough = work->cursor.empty() || sum.done + sum.refused >= most_in_bulk ||
                        with->unix_ms() - work->begun_unix_ms > longest_bulk_ms;
    if (!sum.how.ok() || enough)
      to->give(sum);
    else
      order_page(self, with, work, to);
  };
  self->request(reader, within, ledger::list_jobs{work->which, work->cursor, most_in_a_page})
      .then(
          [=](const ledger::job_page& page) {
            work->cursor = page.next;
            if (page.result != outcome::done)
              work->so_far.how = ledger_away(page.trouble);
            if (page.result != outcome::done || page.jobs.empty())
              return to->give(work->so_far);
            give_order(self, *with, {page.jobs, work->what, std::exchange(work->documents, {})},
                       ordered);
          },
          [to](const caf::error&) {});
}

void write_documents(actor::pointer self, const ledger::actor& ledger, const ledger::write& what,
                     const reply_to<desk::verdict>& to) {
  self->request(ledger, within, what)
      .then(
          [to](const ledger::all_written& how) {
            if (!how.trouble.empty())
              return to->give(ledger_away(how.trouble));
            for (const auto& one : how.documents)
              if (one.result != outcome::done)
                return to->give(
                    {desk::refusal::conflict, "somebody else was faster", "read it again", 0});
            to->give({});
          },
          [to](const caf::error&) {});
}

namespace {

/// What is collected from several actors; complete when the last one lets go of it.
struct findings {
  reply_to<desk::readiness> to;
  desk::readiness all;
  explicit findings(reply_to<desk::readiness> whose) : to{std::move(whose)} {}
  findings(const findings&) = delete;
  findings& operator=(const findings&) = delete;
  ~findings() { to->give(std::move(all)); }
  void add(std::string what) { all.not_ready.push_back(std::move(what)); }
};

} // namespace

void look_around(actor::pointer self, const means& with, const reply_to<desk::readiness>& to) {
  constexpr std::chrono::seconds at_most{2};
  const auto seen = std::make_shared<findings>(to);
  if (const auto ledger = with.find_ledger())
    self->request(ledger, at_most, ledger::health_of{})
        .then(
            [seen](const ledger::health& how) {
              if (!how.up)
                seen->add("the ledger is away: " + how.trouble);
            },
            [seen](const caf::error&) { seen->add("the ledger does not answer"); });
  else
    seen->add("the ledger is being restarted");
  if (const auto queue = with.find_queue())
    self->request(queue, at_most, queue::look{})
        .then(
            [seen](const queue::overview& now) {
              if (!now.loaded)
                seen->add("open jobs are still being read");
            },
            [seen](const caf::error&) { seen->add("the queue does not answer"); });
  else
    seen->add("the engine is being restarted");
  if (const auto hosts = with.find_hosts())
    self->request(hosts, at_most, hosts::look{})
        .then(
            [seen](const hosts::census& now) {
              if (!now.trouble.empty())
                seen->add(now.trouble);
              for (const auto& one : now.hosts)
                if (one.phase == hosts::host_phase::up)
                  return;
              seen->add("no media host is up yet");
            },
            [seen](const caf::error&) { seen->add("media hosts do not answer"); });
}

} // namespace vdoc::front_desk
