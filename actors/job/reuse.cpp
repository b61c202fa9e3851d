#include "actors/job/reuse.hpp"

#include "actors/ledger/reader_protocol.hpp"
#include "cluster/ledger/results.hpp"
#include "pipelines/content/content_hash.hpp"

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>

#include <exception>

namespace vdoc::job {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using ledger::outcome;
using ledger::results_kind;

namespace {

/// A ledger that answers late costs more than the work may be worth.
constexpr auto look_within = 4s;
constexpr std::size_t files_a_turn = 64;

/// A source is read with 10 MB/s at least, or else its digest is not worth waiting for.
std::chrono::seconds digest_within(const fs::path& file) {
  constexpr std::uintmax_t least_bytes_per_s = 10'000'000;
  std::error_code absent;
  const auto bytes = fs::file_size(file, absent);
  return 30s + std::chrono::seconds{absent ? 0 : bytes / least_bytes_per_s};
}

/// Where word of such results is left. A look begins right before it.
std::string prefix_of(self_pointer self) {
  const auto& thought = *self->state.thought;
  return self->state.around.earlier.tenant + "/" +
         content::hash_of(terms_of(thought) + thought.known().source->fingerprint);
}
std::string key_of(self_pointer self) {
  return prefix_of(self) + "/";
}

fs::path folder_of(self_pointer self, const std::string& job) {
  return self->state.around.root.parent_path() / job;
}

/// Its folder says what it holds: the ledger only says where to look.
void look_at(self_pointer self, const std::string& job) {
  self->request(self->state.around.earlier.reader, look_within, ledger::find_job{job})
      .then(
          [=](const ledger::found& it) {
            auto& state = self->state;
            std::optional<twin_found> twin;
            if (it.result == outcome::done && it.what.state == ledger::job_state::succeeded &&
                it.what.what.tenant == state.around.earlier.tenant && job != state.job_id)
              twin = twin_in(folder_of(self, job), job, *state.thought);
            happen(self, twin ? event{*twin} : event{no_twin{}});
          },
          [=](const caf::error&) { happen(self, no_twin{}); });
}

} // namespace

void find_twin(self_pointer self) {
  self->request(self->state.around.earlier.reader, look_within,
                ledger::read_documents{results_kind, prefix_of(self), 1})
      .then(
          [=](const ledger::documents& found) {
            const bool known = found.result == outcome::done && !found.all.empty() &&
                               found.all.front().key == key_of(self);
            known ? look_at(self, ledger::job_of_results(found.all.front()))
                  : happen(self, no_twin{});
          },
          [=](const caf::error&) { happen(self, no_twin{}); });
}

void digest_source(self_pointer self) {
  const auto& source = *self->state.thought->known().source;
  digest::take asked;
  asked.parts.push_back({source.local_path, ""});
  for (const auto& one : source.sidecars)
    asked.parts.push_back({one.path, one.language});
  self->request(self->state.around.earlier.digest, digest_within(source.local_path), asked)
      .then(
          [=](const digest::taken& it) {
            if (it.digest.empty())
              happen(self, undigested{it.trouble});
            else if (it.identity != self->state.thought->known().identity)
              happen(self, undigested{"the source was written to meanwhile"});
            else
              happen(self, digested{it.digest});
          },
          [=](const caf::error& why) {
            happen(self, undigested{"the source could not be read in time: " +
                                    self->system().render(why)});
          });
}

namespace {

void not_adopted_because(self_pointer self, const std::exception& why) {
  self->state.adopting.reset();
  happen(self, not_adopted{why.what()});
}

} // namespace

void begin_adoption(self_pointer self, const twin_found& twin) {
  self->state.twin = twin;
  self->send(self, adopt_atom::value);
}

/// A few files at a time, so that it can be stopped.
void adopt_more(self_pointer self) {
  auto& state = self->state;
  if (state.thought->over())
    return;
  try {
    if (!state.adopting)
      state.adopting.emplace(folder_of(self, state.twin.job), state.around.root);
    if (!state.adopting->take(files_a_turn))
      return self->send(self, adopt_atom::value);
    const auto known = state.adopting->finish(*state.thought, state.twin);
    state.journal.emplace(work_folder(state.around.root) / "manifest.jsonl");
    state.adopting.reset();
    happen(self, adopted{known});
  } catch (const std::exception& why) {
    not_adopted_because(self, why);
  }
}

void remember_results(self_pointer self) {
  const auto& state = self->state;
  const auto& thought = *state.thought;
  if (!thought.wanted().may_be_reused || thought.known().digest.digest.empty())
    return;
  ledger::write what;
  what.documents = {ledger::results_of(key_of(self), state.job_id)};
  self->request(state.around.ledger, 30s, what)
      .then([](const ledger::all_written&) {}, [](const caf::error&) {});
}

} // namespace vdoc::job
