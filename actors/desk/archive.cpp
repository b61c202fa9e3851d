#include "actors/desk/reply.hpp"
#include "actors/desk/spawn_archive.hpp"

#include <caf/actor_system.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <algorithm>
#include <chrono>

namespace vdoc::front_desk {

struct errand;
/// ARCHIVIST: asks LEDGER and READER for what is kept beside jobs.
using archivist = caf::typed_actor<caf::reacts_to<errand>>;
/// One caller's question.
struct errand {
  std::function<void(archivist::pointer)> what;
};

} // namespace vdoc::front_desk

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::front_desk::errand)

namespace vdoc::front_desk {

namespace {

// Inside the class the word "desk" is the namespace of the port.
using desk::archived;
using desk::ledger_away;
using desk::part_is_gone;
using desk::refusal;
using desk::then;
using desk::verdict;
using ledger::outcome;

constexpr std::chrono::seconds within{9};

archivist::behavior_type archive_actor(archivist::pointer self) {
  return {[self](const errand& asked) { asked.what(self); }};
}

verdict verdict_of(const ledger::all_written& how) {
  if (how.spooled)
    return {};
  if (!how.trouble.empty())
    return ledger_away(how.trouble);
  for (const auto& one : how.documents)
    if (one.result != outcome::done)
      return {refusal::conflict, "the ledger does not take it: " + ledger::to_string(one.result),
              "look at it again", 0};
  return {};
}

class ledger_archive final : public desk::archive {
public:
  ledger_archive(caf::actor_system& system, archive_means with)
      : with_{std::make_shared<archive_means>(std::move(with))}, actor_{
                                                                     system.spawn(archive_actor)} {}
  ledger_archive(const ledger_archive&) = delete;
  ledger_archive& operator=(const ledger_archive&) = delete;
  ~ledger_archive() override { caf::anon_send_exit(actor_, caf::exit_reason::user_shutdown); }

  void read(const std::string& kind, const std::string& after_key, std::uint32_t most,
            then<archived> answer) override;
  void write(std::vector<ledger::document> what, bool must_not_be_lost,
             then<verdict> answer) override;

private:
  std::shared_ptr<archive_means> with_;
  std::shared_ptr<load> under_ = std::make_shared<load>();
  archivist actor_;
};

void ledger_archive::read(const std::string& kind, const std::string& after_key, std::uint32_t most,
                          then<archived> answer) {
  const auto to =
      std::make_shared<reply<archived>>(std::move(answer), archived{part_is_gone(), {}}, under_);
  caf::anon_send(actor_, errand{[=, with = with_](archivist::pointer self) {
                   const auto reader = with->find_reader();
                   if (!reader)
                     return;
                   self->request(reader, within, ledger::read_documents{kind, after_key, most})
                       .then(
                           [to](const ledger::documents& it) {
                             if (it.result != outcome::done)
                               return to->give({ledger_away(it.trouble), {}});
                             to->give({{}, it.all});
                           },
                           [to](const caf::error&) {});
                 }});
}

void ledger_archive::write(std::vector<ledger::document> what, bool must_not_be_lost,
                           then<verdict> answer) {
  const auto to = std::make_shared<reply<verdict>>(std::move(answer), part_is_gone(), under_);
  ledger::write order;
  order.documents = std::move(what);
  order.must_not_be_lost = must_not_be_lost;
  caf::anon_send(actor_, errand{[=, with = with_](archivist::pointer self) {
                   const auto keeper = with->find_ledger();
                   if (!keeper)
                     return;
                   self->request(keeper, within, order)
                       .then([to](const ledger::all_written& how) { to->give(verdict_of(how)); },
                             [to](const caf::error&) {});
                 }});
}

} // namespace

std::unique_ptr<desk::archive> open_archive(caf::actor_system& system, archive_means with) {
  return std::make_unique<ledger_archive>(system, std::move(with));
}

} // namespace vdoc::front_desk
