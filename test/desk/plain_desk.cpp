#include "test/desk/plain_desk.hpp"

#include "cluster/desk/submission.hpp"

namespace vdoc::test {

using namespace vdoc::desk;

void plain_desk::submit(const caller&, std::vector<ledger::job> all,
                        then<std::vector<admission>> answer) {
  std::vector<admission> each;
  {
    const std::scoped_lock lock{mutex};
    submits.push_back(all.size());
    for (const auto& one : all) {
      if (one.source == "/busy") {
        each.push_back({{refusal::busy, "overloaded", "try again", 1'200}, "", false});
        continue;
      }
      std::string known;
      for (const auto& [id, job] : jobs)
        if (!one.idempotency_key.empty() && job.idempotency_key == one.idempotency_key)
          known = id;
      const auto id = known.empty() ? "id-" + std::to_string(jobs.size()) : known;
      if (known.empty())
        jobs[id] = one;
      each.push_back({{}, id, !known.empty()});
    }
  }
  answer(std::move(each));
}

job_view plain_desk::view_of(const std::string& id) const {
  job_view view;
  view.record.what = jobs.at(id);
  view.record.what.id = id;
  view.record.state = ledger::job_state::queued;
  view.folder = folder + "/" + id;
  return view;
}

void plain_desk::find(const caller& who, const std::string& id, then<job_views> answer) {
  job_views found{{refusal::not_found, "there is no job " + id, "", 0}, {}, {}};
  {
    const std::scoped_lock lock{mutex};
    if (const auto it = jobs.find(id); it != jobs.end() && who.sees(it->second.tenant))
      found = {{}, {view_of(id)}, {}};
  }
  answer(std::move(found));
}

void plain_desk::history(const caller&, const std::string& id, then<job_history> answer) {
  ledger::event event;
  event.job_id = id;
  event.kind = ledger::event_kind::submitted;
  event.sequence = 7;
  event.at_unix_ms = 1'764'576'000'000;
  answer({{}, {event}});
}

void plain_desk::list(const caller&, ledger::job_filter which, const std::string& from,
                      std::uint32_t most, then<job_views> answer) {
  job_views page;
  {
    const std::scoped_lock lock{mutex};
    listed = which;
    cursor = from;
    for (const auto& [id, job] : jobs)
      if (page.jobs.size() < most)
        page.jobs.push_back(view_of(id));
    page.next = page.jobs.size() < jobs.size() ? page.jobs.back().record.what.id : "";
  }
  answer(std::move(page));
}

void plain_desk::order(const caller&, const std::string& id, job_order what, then<verdict> answer) {
  verdict how;
  {
    const std::scoped_lock lock{mutex};
    constexpr const char* names[]{"cancel", "retry", "reprioritise"};
    std::string words = names[static_cast<int>(what.what)];
    words += " " + id;
    for (const auto& more : {what.spec, what.cause})
      words += more.empty() ? "" : " " + more;
    if (what.what == job_action::reprioritise)
      words += " " + std::to_string(what.priority);
    orders.push_back(words);
    if (id == "id-1")
      how = {refusal::conflict, "the job has succeeded already", "", 0};
  }
  answer(std::move(how));
}

void plain_desk::set_queue(const caller&, const std::string&, queue_change what,
                           then<verdict> answer) {
  {
    const std::scoped_lock lock{mutex};
    change = what;
  }
  answer({});
}

void plain_desk::set_tenant(const caller&, const std::string& tenant, tenant_change what,
                            then<verdict> answer) {
  {
    const std::scoped_lock lock{mutex};
    auto words = "set " + tenant;
    for (const auto& [limit, value] : what)
      words +=
          std::string{" "} + to_string(limit) + "=" + (value ? std::to_string(*value) : "default");
    orders.push_back(words);
  }
  answer({});
}

void plain_desk::order_node(const caller&, node_change what, then<verdict> answer) {
  {
    const std::scoped_lock lock{mutex};
    orders.push_back(to_string(what.what) + " " + what.node +
                     (what.cause.empty() ? "" : " " + what.cause));
  }
  answer(what.node == "nobody" ? verdict{refusal::not_found, "no node is called nobody", "", 0}
                               : verdict{});
}

void plain_desk::look(then<overview> answer) {
  overview how;
  {
    const std::scoped_lock lock{mutex};
    if (hold) {
      held.push_back(std::move(answer));
      return;
    }
    how = now;
    how.open = jobs.size();
  }
  answer(std::move(how));
}

void plain_desk::look_at_nodes(then<std::vector<node_view>> answer) {
  std::vector<node_view> nodes;
  {
    const std::scoped_lock lock{mutex};
    nodes = now.nodes;
  }
  answer(std::move(nodes));
}

void plain_desk::look_at_tree(const caller& who, then<tree_view> answer) {
  if (who.tenant != "*")
    return answer({{refusal::forbidden, "that is shared between tenants", "", 0}, {}});
  answer({{}, "a", {{0, "node", "one_for_one", "up", 0, ""}, {1, "ledger", "", "up", 2, "gone"}}});
}

void plain_desk::look_at_breakers(const caller&, then<breaker_views> answer) {
  answer({{}, "a", {{"source films.example", "open", 3, 1'764'576'000'000, 1'764'576'002'000, 7}}});
}

void plain_desk::reset_breaker(const caller&, vdoc::desk::breaker_reset what,
                               then<verdict> answer) {
  const bool known = what.name == "source films.example";
  if (known) {
    const std::scoped_lock lock{mutex};
    orders.push_back("reset " + what.name + (what.cause.empty() ? "" : " " + what.cause));
  }
  answer(known ? verdict{}
               : verdict{refusal::not_found, "there is no breaker " + what.name, "", 0});
}

void plain_desk::look_at_hosts(const caller&, then<host_views> answer) {
  using vdoc::dispatch::stage;
  host_views seen{{}, "a", 1'764'576'000'000};
  auto& host = seen.all.hosts.emplace_back();
  host.host = "b/host-1";
  host.node = "b";
  host.slowness = 1.5;
  host.capacity = {0, 0, 1, 0, 0, 0, 0};
  host.taken = {0, 0, 1, 0, 0, 0, 0};
  host.tasks = {{"j/encode/1.0#1", "j", stage::transcode, 2'000, 5'000, true}};
  seen.all.jobs = {{"j", 60'000}};
  seen.all.costs = {{"h264 640x360", "b", 0.25, 15}};
  answer(std::move(seen));
}

void plain_desk::schedules(const caller&, then<schedule_views> answer) {
  schedule_views seen;
  {
    const std::scoped_lock lock{mutex};
    seen.all = timetable;
  }
  answer(std::move(seen));
}

void plain_desk::put_schedule(const caller&, schedule what, then<verdict> answer) {
  {
    const std::scoped_lock lock{mutex};
    std::erase_if(timetable, [&](const auto& one) {
      return one.what.tenant == what.what.tenant && one.name == what.name;
    });
    timetable.push_back(std::move(what));
  }
  answer({});
}

void plain_desk::remove_schedule(const caller&, const std::string& tenant, const std::string& name,
                                 then<verdict> answer) {
  verdict how{refusal::not_found, "there is no schedule " + name, "", 0};
  {
    const std::scoped_lock lock{mutex};
    if (std::erase_if(timetable, [&](const auto& one) {
          return one.what.tenant == tenant && one.name == name;
        }) > 0)
      how = {};
  }
  answer(std::move(how));
}

} // namespace vdoc::test
