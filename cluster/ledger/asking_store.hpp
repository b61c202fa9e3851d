#pragma once

#include "cluster/ledger/job_columns.hpp"
#include "cluster/ledger/store.hpp"

#include <optional>

namespace vdoc::ledger {

/// The questions of a store, whatever the database. `Self`, the store, has `questions()`, which
/// gives what asks the database and may throw, and `answered<Answer>(ask)`, which calls
/// `ask(answer)` and turns what that throws into `store_down`.
template <class Self> class asking_store : public store {
public:
  found find_last(const std::string& source, const std::string& output) override {
    return ask<found>(
        [&](auto& asked, found& answer) { answer = as_found(asked.find_last(source, output)); });
  }

  found find(const std::string& job_id) override {
    return ask<found>([&](auto& asked, found& answer) { answer = as_found(asked.find(job_id)); });
  }

  history history_of(const std::string& job_id) override {
    return ask<history>([&](auto& asked, history& answer) {
      answer.events = asked.history_of(job_id);
      answer.result = answer.events.empty() ? outcome::unknown_job : outcome::done;
    });
  }

  job_page list(const job_filter& which, const std::string& cursor, std::uint32_t most) override {
    return ask<job_page>([&](auto& asked, job_page& answer) {
      answer = as_page(asked.list(which, cursor, most + 1), most);
    });
  }

  job_page open_jobs(const std::string& after_id, std::uint32_t most) override {
    return ask<job_page>([&](auto& asked, job_page& answer) {
      answer = as_page(asked.open_jobs(after_id, most + 1), most);
    });
  }

  counts count() override {
    return ask<counts>([&](auto& asked, counts& answer) { answer.all = asked.count(); });
  }

  documents read(const std::string& kind, const std::string& after_key,
                 std::uint32_t most) override {
    return ask<documents>(
        [&](auto& asked, documents& answer) { answer.all = asked.read(kind, after_key, most); });
  }

private:
  template <class Answer, class Ask> Answer ask(Ask question) {
    auto& self = static_cast<Self&>(*this);
    return self.template answered<Answer>(
        [&](Answer& answer) { question(self.questions(), answer); });
  }
  static found as_found(std::optional<job_record> what) {
    return what ? found{outcome::done, *std::move(what), {}} : found{outcome::unknown_job, {}, {}};
  }
};

} // namespace vdoc::ledger
