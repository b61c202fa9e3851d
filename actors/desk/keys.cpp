#include "actors/desk/checks.hpp"
#include "actors/desk/reply.hpp"
#include "actors/desk/spawn_keys.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <chrono>

namespace vdoc::front_desk {

namespace {

using desk::caller;
using desk::client_key;
using desk::key_list;
using desk::ledger_away;
using desk::part_is_gone;
using desk::refusal;
using desk::role;
using desk::verdict;
using ledger::outcome;
using namespace std::chrono_literals;

constexpr auto within = 9s;
constexpr auto read_again_after = 500ms;
constexpr std::uint32_t most_keys = 10'000;
constexpr const char* kind = "key";
constexpr std::int64_t there_is_none = 0;

std::vector<client_key> keys_in(const ledger::documents& read) {
  std::vector<client_key> all;
  for (const auto& each : read.all)
    if (auto key = desk::stored_key(each.key, each.body))
      all.push_back(std::move(*key));
  return all;
}

/// Reads all keys into the ring, and ends.
void fill_ring(caf::event_based_actor* self, const std::shared_ptr<key_means>& with) {
  const auto again = [=] { self->delayed_send(self, read_again_after, caf::ok_atom::value); };
  self->become([=](caf::ok_atom) { fill_ring(self, with); });
  const auto reader = with->find_reader();
  if (!reader)
    return again();
  self->request(reader, within, ledger::read_documents{kind, "", most_keys})
      .then(
          [=](const ledger::documents& read) {
            if (read.result != outcome::done)
              return again();
            with->ring->fill(keys_in(read));
            self->quit();
          },
          [=](const caf::error&) { again(); });
}

class key_desk final : public desk::gatekeeper {
public:
  key_desk(caf::actor_system& system, key_means with)
      : system_{system}, with_{std::make_shared<key_means>(std::move(with))} {
    filler_ = caf::actor_cast<caf::actor_addr>(system_.spawn(fill_ring, with_));
  }
  key_desk(const key_desk&) = delete;
  key_desk& operator=(const key_desk&) = delete;
  ~key_desk() override {
    if (const auto alive = caf::actor_cast<caf::actor>(filler_))
      caf::anon_send_exit(alive, caf::exit_reason::user_shutdown);
  }

  void create(const caller& who, client_key what, desk::then<verdict> answer) override;
  void list(const caller& who, desk::then<key_list> answer) override;
  void revoke(const caller& who, const std::string& name, desk::then<verdict> answer) override;

private:
  template <class T> reply_to<T> reply(desk::then<T> answer, T otherwise) {
    return std::make_shared<front_desk::reply<T>>(std::move(answer), std::move(otherwise), under_);
  }
  /// Writes one document; `done` says what its outcome means, and the answer is given.
  void write(ledger::document what, const reply_to<verdict>& to,
             std::function<verdict(outcome)> done);

  caf::actor_system& system_;
  std::shared_ptr<key_means> with_;
  std::shared_ptr<load> under_ = std::make_shared<load>();
  caf::actor_addr filler_;
};

void key_desk::write(ledger::document what, const reply_to<verdict>& to,
                     std::function<verdict(outcome)> done) {
  ledger::write order;
  order.documents.push_back(std::move(what));
  system_.spawn([with = with_, to, order, done](caf::event_based_actor* self) {
    const auto ledger = with->find_ledger();
    if (!ledger)
      return;
    self->request(ledger, within, order)
        .then(
            [=](const ledger::all_written& how) {
              to->give(how.trouble.empty() ? done(how.documents.at(0).result)
                                           : ledger_away(how.trouble));
            },
            [to](const caf::error&) {});
  });
}

void key_desk::create(const caller& who, client_key what, desk::then<verdict> answer) {
  const auto to = reply(std::move(answer), part_is_gone());
  if (auto how = check_role(who, role::admin); !how.ok())
    return to->give(how);
  if (!who.sees(what.tenant))
    return to->give({refusal::forbidden, "tenant is not yours to give keys for", "", 0});
  if (with_->ring->find(what.public_key))
    return to->give({refusal::conflict, "this public key is known already", "make a new pair", 0});
  what.created_unix_ms = with_->unix_ms();
  what.created_by = who.name;
  ledger::document document{kind, what.name, desk::to_json(what), there_is_none};
  write(std::move(document), to, [ring = with_->ring, what](outcome how) -> verdict {
    if (how == outcome::stale)
      return {refusal::conflict, "there is a key of the name " + what.name,
              "choose another one, or revoke that one first", 0};
    if (how != outcome::done)
      return {refusal::bad_request, "the ledger does not take the key: " + to_string(how), "", 0};
    ring->put(what);
    return {};
  });
}

void key_desk::revoke(const caller& who, const std::string& name, desk::then<verdict> answer) {
  const auto to = reply(std::move(answer), part_is_gone());
  if (auto how = check_role(who, role::admin); !how.ok())
    return to->give(how);
  list(who, [this, to, name](const key_list& all) {
    if (!all.how.ok())
      return to->give(all.how);
    if (std::ranges::find(all.keys, name, &client_key::name) == all.keys.end())
      return to->give({refusal::not_found, "there is no key of the name " + name, "", 0});
    write({kind, name, "", ledger::document::any_version}, to,
          [ring = with_->ring, name](outcome how) -> verdict {
            if (how != outcome::done)
              return {refusal::conflict, "the key was changed meanwhile", "look at it again", 0};
            ring->remove(name);
            return {};
          });
  });
}

void key_desk::list(const caller& who, desk::then<key_list> answer) {
  const auto to = reply<key_list>(std::move(answer), {part_is_gone(), {}});
  if (auto how = check_role(who, role::admin); !how.ok())
    return to->give({how, {}});
  system_.spawn([with = with_, to, who](caf::event_based_actor* self) {
    const auto reader = with->find_reader();
    if (!reader)
      return;
    self->request(reader, within, ledger::read_documents{kind, "", most_keys})
        .then(
            [=](const ledger::documents& read) {
              if (read.result != outcome::done)
                return to->give({ledger_away(read.trouble), {}});
              key_list all{{}, keys_in(read)};
              std::erase_if(all.keys, [&](const auto& each) { return !who.sees(each.tenant); });
              to->give(std::move(all));
            },
            [to](const caf::error&) {});
  });
}

} // namespace

std::unique_ptr<desk::gatekeeper> keep_keys(caf::actor_system& system, key_means with) {
  return std::make_unique<key_desk>(system, std::move(with));
}

} // namespace vdoc::front_desk
