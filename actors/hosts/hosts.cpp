#include "actors/hosts/shell.hpp"
#include "actors/supervision/supervisor.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

namespace vdoc::hosts {

namespace {

constexpr std::chrono::seconds between_pings{1};
constexpr std::chrono::seconds between_looks_at_use{5};

/// Ourselves as media hosts may see us.
front door(self_pointer self) {
  return caf::actor_cast<front>(caf::strong_actor_ptr{self->ctrl()});
}

void carry_out(self_pointer self, std::size_t which, const effects& todo);

void start(self_pointer self, std::size_t which, std::uint64_t life) {
  auto& state = self->state;
  auto& it = state.all[which];
  it.incarnation = state.with.nonce + "." + std::to_string(life);
  it.lent = !state.whom.leaders.empty();
  it.child.reset();
  it.seen = {};
  try {
    auto order = state.with.order({it.id, it.incarnation, state.port, which, state.whom.leaders});
    if (state.with.on_line)
      order.on_line = [say = state.with.on_line, id = it.id](const std::string& line) {
        say(id, line);
      };
    // A weak address: the thread that watches a process must not keep HOSTS alive.
    const auto hosts = self->address();
    order.on_exit = [hosts, which, life](const child_exit& how) {
      if (const auto alive = caf::actor_cast<caf::actor>(hosts))
        caf::anon_send(alive, process_ended{which, life, how});
    };
    it.child = state.with.start(std::move(order));
  } catch (const std::exception& why) {
    carry_out(self, which, it.rules.start_failed(why.what(), self->clock().now()));
  }
}

/// Who hears of it.
const dispatch::host_book& book_of(self_pointer self, const host& it) {
  const auto& state = self->state;
  return it.lent && state.with.abroad ? state.with.abroad : state.dispatch;
}

void say_up(self_pointer self, const host& it) {
  dispatch::host_up up;
  up.host_id = it.id;
  up.incarnation = it.incarnation;
  up.capacity = it.said.capacity;
  up.place = self->state.with.place;
  const auto& found = self->state.found;
  for (const auto* more : {&found, &it.said.offers})
    up.place.offers.insert(up.place.offers.end(), more->begin(), more->end());
  up.stages = it.said.stages;
  up.agent = caf::actor_cast<caf::strong_actor_ptr>(it.said.who);
  self->send(book_of(self, it), up);
}

/// Ends HOSTS with an error when there is no host left that works or may yet come up.
void give_up_if_nobody_is_left(self_pointer self, const std::string& why) {
  auto& state = self->state;
  const auto lost = [](const host& it) {
    return it.hopeless || it.rules.phase() == host_phase::quarantined;
  };
  if (state.stopping || !state.trouble.empty() ||
      !std::all_of(state.all.begin(), state.all.end(), lost))
    return;
  state.trouble = why;
  self->quit(caf::make_error(caf::sec::runtime_error, why));
}

/// The only place where HOSTS touches the world.
void carry_out(self_pointer self, std::size_t which, const effects& todo) {
  auto& state = self->state;
  auto& it = state.all[which];
  for (const auto& each : todo) {
    if (const auto* fresh = std::get_if<start_process>(&each)) {
      if (fresh->is_restart)
        state.with.measures->host_restarts.of({to_string(it.rules.last_end())}).add();
      start(self, which, fresh->life);
    } else if (std::holds_alternative<kill_process>(each)) {
      if (it.child)
        it.child->kill();
    } else if (const auto* old = std::get_if<let_linger>(&each)) {
      const auto until = self->clock().now() + state.with.limits.linger;
      state.old.push_back({which, old->life, until, std::move(it.child)});
    } else if (std::holds_alternative<ask_to_leave>(each)) {
      self->send(it.said.who, leave{});
    } else if (std::holds_alternative<ask_to_part>(each)) {
      self->send(caf::actor_cast<own_agent>(it.said.who), let_go{});
    } else if (std::holds_alternative<hosts::say_up>(each)) {
      it.hopeless = false;
      say_up(self, it);
    } else if (const auto* down = std::get_if<say_down>(&each)) {
      self->send(book_of(self, it), dispatch::host_down{it.id, it.incarnation, down->loss});
    } else if (const auto* wake = std::get_if<wake_me>(&each)) {
      self->delayed_send(self, wake->after, woke_atom::value, std::uint64_t{which}, wake->ticket);
    } else {
      it.hopeless = true;
    }
  }
  if (it.hopeless)
    give_up_if_nobody_is_left(self, "media hosts cannot start: " + it.rules.last_cause());
  else if (it.rules.phase() == host_phase::quarantined)
    give_up_if_nobody_is_left(self, "media hosts crash too often: " + it.rules.last_cause());
}

/// A process that the kernel kills may take a while to end.
constexpr std::chrono::seconds longest_end{2};

/// Whether the kernel has just killed for lack of memory.
bool memory_has_run_out(self_pointer self) {
  auto& state = self->state;
  if (!state.with.memory_kills)
    return false;
  const auto now = self->clock().now();
  if (const auto kills = state.with.memory_kills();
      kills > std::exchange(state.memory_kills, kills))
    state.out_of_memory = now;
  return state.out_of_memory != time_point{} && now - state.out_of_memory <= longest_end;
}

void ended(self_pointer self, process_ended end) {
  auto& state = self->state;
  end.how.out_of_memory = memory_has_run_out(self);
  auto& it = state.all.at(end.host);
  it.before.cpu_ms += end.how.used.cpu_ms;
  it.before.peak_rss_bytes = std::max(it.before.peak_rss_bytes, end.how.used.peak_rss_bytes);
  if (end.life == it.rules.life())
    it.child.reset();
  std::erase_if(state.old, [&](const lingering& each) {
    return each.host == end.host && each.life == end.life;
  });
  carry_out(self, end.host, it.rules.exited(end.life, end.how, self->clock().now()));
  if (state.stopping && std::none_of(state.all.begin(), state.all.end(),
                                     [](const host& each) { return each.rules.has_process(); }))
    self->quit(state.stop_reason);
}

/// What each process used since it was looked at last.
void tell_use(self_pointer self) {
  constexpr std::uint64_t percent = 100;
  constexpr std::uint64_t bytes_per_mib = 1U << 20U;
  auto& state = self->state;
  const auto now = self->clock().now();
  if (!state.with.told_use || now - state.used_at < between_looks_at_use)
    return;
  const auto span = std::chrono::duration_cast<std::chrono::milliseconds>(
      now - std::exchange(state.used_at, now));
  std::vector<resources::host_use> all;
  for (auto& it : state.all) {
    if (!it.child)
      continue;
    const auto used = it.child->used();
    const auto before = std::exchange(it.seen, used);
    const auto cpu_ms = used.cpu_ms - std::min(before.cpu_ms, used.cpu_ms);
    all.push_back(
        {it.id,
         static_cast<std::uint32_t>(cpu_ms * percent / static_cast<std::uint64_t>(span.count())),
         used.rss_bytes / bytes_per_mib});
  }
  state.with.told_use(std::move(all));
}

/// They are told of as ended when they are.
void end_those_that_linger_too_long(self_pointer self) {
  for (auto& each : self->state.old)
    if (each.child && each.until <= self->clock().now())
      each.child->kill();
}

void ping_all(self_pointer self) {
  auto& state = self->state;
  memory_has_run_out(self);
  end_those_that_linger_too_long(self);
  tell_use(self);
  for (std::size_t i = 0; i < state.all.size(); ++i) {
    auto& it = state.all[i];
    carry_out(self, i, it.rules.tick(self->clock().now()));
    if (it.rules.phase() != host_phase::up && it.rules.phase() != host_phase::draining)
      continue;
    const auto life = it.rules.life();
    self->request(it.said.who, state.with.limits.silence, ping{++state.pings})
        .then([self, i,
               life](const pong&) { self->state.all[i].rules.answered(life, self->clock().now()); },
              [](const caf::error&) {}); // the rules count the silence
    if (it.rules.phase() == host_phase::draining && !state.stopping)
      self->request(book_of(self, it), between_pings, dispatch::host_drains{it.id})
          .then(
              [self, i](const dispatch::drained& now) {
                if (now.idle)
                  carry_out(self, i, self->state.all[i].rules.leave());
              },
              [](const caf::error&) {}); // asked again with the next ping
  }
  self->delayed_send(self, between_pings, tick_atom::value);
}

} // namespace

welcome greet(self_pointer self, const hello& said) {
  auto& state = self->state;
  const auto at = std::find_if(state.all.begin(), state.all.end(), [&](const host& it) {
    return it.id == said.host_id && it.incarnation == said.incarnation;
  });
  if (at == state.all.end() || state.stopping || !said.who)
    return {false, {}};
  at->said = said;
  self->monitor(said.who);
  const auto which = static_cast<std::size_t>(std::distance(state.all.begin(), at));
  carry_out(self, which, at->rules.hello(at->rules.life(), self->clock().now()));
  for (auto& it : state.all)
    it.rules.node_has_started_one(self->clock().now());
  return {at->rules.phase() == host_phase::up, state.found};
}

namespace {

census count(const hosts_state& state) {
  census out;
  out.trouble = state.trouble;
  for (const auto& it : state.all) {
    const auto now = it.child ? it.child->used() : usage{};
    host_report line;
    line.host_id = it.id;
    line.phase = it.rules.phase();
    line.pid = it.child ? it.child->pid() : 0;
    line.restarts = it.rules.restarts();
    line.last_cause = it.rules.last_cause();
    line.peak_rss_bytes = std::max(it.before.peak_rss_bytes, now.peak_rss_bytes);
    line.cpu_ms = it.before.cpu_ms + now.cpu_ms;
    out.hosts.push_back(std::move(line));
  }
  return out;
}

void stop(self_pointer self, const caf::error& reason) {
  auto& state = self->state;
  if (std::exchange(state.stopping, true))
    return;
  state.stop_reason = reason;
  state.with.close_door(door(self), state.port);
  bool any = false;
  for (std::size_t i = 0; i < state.all.size(); ++i) {
    carry_out(self, i, state.all[i].rules.leave());
    any = any || state.all[i].rules.has_process();
  }
  if (!any)
    self->quit(reason);
}

void connection_lost(self_pointer self, const caf::actor_addr& agent) {
  for (std::size_t i = 0; i < self->state.all.size(); ++i) {
    auto& it = self->state.all[i];
    if (it.said.who && it.said.who.address() == agent)
      carry_out(self, i, it.rules.connection_lost(it.rules.life(), self->clock().now()));
  }
}

void start_over(self_pointer self, const std::string& why) {
  for (std::size_t i = 0; i < self->state.all.size(); ++i)
    carry_out(self, i, self->state.all[i].rules.start_over(why, self->state.all[i].lent));
}

void take_on(self_pointer self, const work_for& whom) {
  auto& now = self->state.whom;
  if (now == whom)
    return;
  now = whom;
  start_over(self, whom.leaders.empty() ? "its own node leads" : "another node leads");
}

inner_actor::behavior_type hosts(self_pointer self, dispatch::host_book dispatch, means with) {
  auto& state = self->state;
  self->set_exception_handler(
      [](std::exception_ptr& thrown) { return supervision::explain(thrown); });
  self->set_down_handler([self](const caf::down_msg& x) { connection_lost(self, x.source); });
  self->set_exit_handler([self](const caf::exit_msg& asked) { stop(self, asked.reason); });
  state.with = std::move(with);
  state.whom.leaders = state.with.leaders;
  state.dispatch = std::move(dispatch);
  state.port = state.with.open_door(door(self));
  if (state.with.memory_kills)
    state.memory_kills = state.with.memory_kills();
  for (std::uint16_t i = 0; i < state.with.count; ++i) {
    const auto seed = state.with.seed + 1000U * i;
    state.all.push_back({std::string{"host-"}.append(std::to_string(i + 1)),
                         host_rules{state.with.limits, seed},
                         {},
                         nullptr,
                         {},
                         {},
                         false});
  }
  search(self);
  for (std::size_t i = 0; i < state.all.size(); ++i)
    carry_out(self, i, state.all[i].rules.begin(self->clock().now()));
  state.used_at = self->clock().now();
  self->delayed_send(self, between_pings, tick_atom::value);
  return {
      [self](const hello& said) { return greet_when_known(self, said); },
      [self](const last_words& said) {
        for (auto& it : self->state.all)
          if (it.id == said.host_id && it.incarnation == said.incarnation)
            it.rules.last_words(it.rules.life(), said.cause);
      },
      [self](const lingers& said) {
        for (std::size_t i = 0; i < self->state.all.size(); ++i)
          if (auto& it = self->state.all[i];
              it.id == said.host_id && it.incarnation == said.incarnation && !self->state.stopping)
            carry_out(self, i, it.rules.lingers(it.rules.life(), self->clock().now()));
      },
      [self](const look&) { return count(self->state); },
      [self](const drain& asked) {
        for (auto& it : self->state.all)
          if (it.id == asked.host_id && it.rules.drain())
            caf::anon_send(book_of(self, it), dispatch::host_drains{it.id});
      },
      [self](const work_for& whom) { take_on(self, whom); },
      [self](const work_is_over&) {
        if (self->state.whom.leaders.empty())
          start_over(self, "its node leads no more");
      },
      [self](const process_ended& end) { ended(self, end); },
      [self](const search_ended& end) { searched(self, end.how); },
      [self](overdue_atom) { search_is_overdue(self); },
      [self](tick_atom) { ping_all(self); },
      [self](woke_atom, std::uint64_t which, std::uint64_t ticket) {
        carry_out(self, which, self->state.all.at(which).rules.woke(ticket, self->clock().now()));
      },
  };
}

} // namespace

actor spawn(caf::actor_system& system, dispatch::host_book dispatch, means with) {
  return with.detached ? system.spawn<caf::detached>(hosts, std::move(dispatch), std::move(with))
                       : system.spawn(hosts, std::move(dispatch), std::move(with));
}

} // namespace vdoc::hosts
