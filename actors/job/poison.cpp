#include "actors/job/poison.hpp"

#include "cluster/ledger/job_id.hpp"

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <nlohmann/json.hpp>

#include <chrono>

namespace vdoc::job {

namespace {

using namespace std::chrono_literals;
using nlohmann::json;

constexpr auto look_within = 2s;
constexpr std::uint32_t most_known = 1'000;
/// Then it is tried again: libraries and machines change.
constexpr std::int64_t known_for_ms = std::chrono::milliseconds{std::chrono::days{7}}.count();

/// Nothing when it is of another program, too old, or no such thing.
std::optional<std::string> reason_in(const ledger::document& from, const std::string& marks) {
  const auto body = json::parse(from.body, nullptr, false);
  if (!body.is_object())
    return std::nullopt;
  try {
    if (body.value("marks", "") != marks ||
        ledger::unix_ms_now() - body.value("at_unix_ms", std::int64_t{0}) > known_for_ms)
      return std::nullopt;
    return body.value("reason", "") + " (job " + body.value("job", "") + ")";
  } catch (const json::exception&) {
    return std::nullopt;
  }
}

} // namespace

void start_knowing_poison(self_pointer self) {
  const auto& state = self->state;
  const auto& reader = state.around.earlier.reader;
  if (!state.around.of_service || !reader || !state.thought->wanted().heeds_poison)
    return happen(self, start{});
  self->request(reader, look_within, ledger::read_documents{poison_kind, "", most_known})
      .then(
          [self](const ledger::documents& found) {
            poison_known known;
            for (const auto& one : found.all)
              if (auto reason = reason_in(one, self->state.thought->wanted().marks))
                known.reasons.emplace(one.key, *std::move(reason));
            if (!known.reasons.empty())
              happen(self, known);
            happen(self, start{});
          },
          [self](const caf::error&) { happen(self, start{}); });
}

void remember_poison(self_pointer self, const found_poison& what) {
  const auto& state = self->state;
  if (!state.around.of_service)
    return;
  const json body{{"reason", what.reason},
                  {"job", state.job_id},
                  {"marks", state.thought->wanted().marks},
                  {"at_unix_ms", ledger::unix_ms_now()}};
  ledger::write order;
  order.documents = {{poison_kind, what.hash,
                      body.dump(-1, ' ', false, json::error_handler_t::replace),
                      ledger::document::any_version}};
  self->request(state.around.ledger, 30s, order)
      .then([](const ledger::all_written&) {}, [](const caf::error&) {});
}

} // namespace vdoc::job
