#include "actors/queue/queue_settings.hpp"
#include "actors/queue/shell.hpp"

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>

/// QUEUE towards operators, who set what queues and tenants may do: it remembers that.
namespace vdoc::queue {

namespace {

/// Beside the limits that are held elsewhere, by the book itself.
void apply_limits(self_pointer self, const std::string& tenant) {
  auto& state = self->state;
  const auto may_have = state.with.tenants->of(tenant);
  state.thought->set_tenant(tenant, terms_of(may_have));
  const auto share = static_cast<std::uint32_t>(may_have[desk::tenant_limit::share]);
  self->send(state.with.dispatch, dispatch::set_share{tenant, share});
}

desk::verdict check_tenant(const queue_state& state, const std::string& tenant) {
  const auto own = state.with.tenants->own();
  if (own.contains(tenant) ||
      own.size() + state.wanted_limits.size() < state.with.terms.most_tenants)
    return {};
  return {desk::refusal::bad_request, "too many tenants have limits of their own",
          "take back those of another one", 0};
}

/// With its line of the audit log. `then` hears whether it is committed, then it is answered.
void write_settings(self_pointer self, ledger::document what,
                    const std::optional<ledger::document>& line,
                    caf::typed_response_promise<ordered> promise, std::function<void(bool)> then) {
  ledger::write order;
  order.documents.push_back(std::move(what));
  if (line)
    order.documents.push_back(*line);
  self->request(self->state.ledger, caf::infinite, std::move(order))
      .then(
          [self, promise, then = std::move(then)](const ledger::all_written& how) mutable {
            then(how.trouble.empty());
            if (!how.trouble.empty()) {
              ledger_is_away(self, how.trouble);
              promise.deliver(ordered{ledger_away(self->state)});
              return;
            }
            promise.deliver(ordered{});
            turn(self);
          },
          [self](const caf::error& why) { fate_unknown(self, self->system().render(why)); });
}

} // namespace

tenant_terms terms_of(const desk::tenant_limits& may_have) {
  return {may_have[desk::tenant_limit::queued],
          static_cast<std::uint32_t>(may_have[desk::tenant_limit::running]),
          may_have.stored_bytes()};
}

desk::verdict may_be_set(const queue_state& state) {
  if (!state.thought->is_loaded())
    return {desk::refusal::busy, "the service is still reading its open jobs", "try again", 500};
  return state.away ? ledger_away(state) : desk::verdict{};
}

void write_queue(self_pointer self, const set_queue& what,
                 caf::typed_response_promise<ordered> promise) {
  auto& state = self->state;
  const auto before = state.wanted.find(what.queue);
  const auto terms = changed(
      before != state.wanted.end() ? before->second : terms_of(state, what.queue), what.what);
  state.wanted[what.queue] = terms;
  write_settings(self, {settings_kind, what.queue, to_body(terms)}, what.line, std::move(promise),
                 [self, queue = what.queue, terms](bool written) {
                   auto& state = self->state;
                   ++state.settings_written;
                   if (state.wanted[queue] == terms)
                     state.wanted.erase(queue);
                   if (written)
                     apply_terms(self, queue, terms);
                 });
}

void take_over_limits(self_pointer self, std::map<std::string, desk::own_limits> all) {
  auto& book = *self->state.with.tenants;
  auto concerned = book.own(); // a lead before this one may have known others
  concerned.insert(all.begin(), all.end());
  book.replace(std::move(all));
  for (const auto& [tenant, own] : concerned)
    apply_limits(self, tenant);
}

caf::result<ordered> take(self_pointer self, const set_tenant& asked) {
  auto& state = self->state;
  auto how = check_tenant(state, asked.tenant);
  if (how.ok())
    how = may_be_set(state);
  if (!how.ok())
    return ordered{how};
  auto promise = self->make_response_promise<ordered>();
  const auto before = state.wanted_limits.find(asked.tenant);
  const auto own =
      desk::changed(before != state.wanted_limits.end() ? before->second
                                                        : state.with.tenants->own_of(asked.tenant),
                    asked.what);
  state.wanted_limits[asked.tenant] = own;
  write_settings(self, {desk::tenant_kind, asked.tenant, desk::to_body(own)}, asked.line, promise,
                 [self, tenant = asked.tenant, own](bool written) {
                   auto& state = self->state;
                   if (state.wanted_limits[tenant] == own)
                     state.wanted_limits.erase(tenant);
                   if (!written)
                     return;
                   state.with.tenants->set(tenant, own);
                   apply_limits(self, tenant);
                 });
  return promise;
}

} // namespace vdoc::queue
