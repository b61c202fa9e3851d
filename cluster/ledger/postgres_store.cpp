#include "cluster/ledger/postgres_store.hpp"

#include "cluster/ledger/asking_store.hpp"
#include "cluster/ledger/postgres_questions.hpp"
#include "cluster/ledger/postgres_schema.hpp"
#include "cluster/ledger/postgres_statements.hpp"
#include "cluster/ledger/postgres_writer.hpp"

#include <chrono>
#include <optional>

namespace vdoc::ledger {

namespace {

using postgres::error;
using steady = std::chrono::steady_clock;

/// After an attempt to connect has failed, questions wait so long for the next one.
constexpr std::chrono::milliseconds between_attempts{200};
/// How often a batch is done again that was in another transaction's way.
constexpr int most_attempts = 5;

/// A connection to tables that are up to date, with everything prepared.
struct line {
  postgres::session session;
  std::optional<postgres::questions> questions;
  std::optional<postgres::writer> writer;

  line(const std::string& url, purpose what_for, const std::optional<fence>& by)
      : session{url, {}} {
    const bool writes = what_for == purpose::writing;
    if (writes)
      postgres::make_usable(session, url);
    else
      check_usable(postgres::versions_in(session), postgres::without_password(url));
    questions.emplace(session);
    if (writes)
      writer.emplace(session, by ? std::optional{by->lease} : std::nullopt);
  }
};

std::vector<written> nothing_of(std::size_t entries) {
  return std::vector<written>(entries, {outcome::store_down, {}, 0});
}

class postgres_store final : public asking_store<postgres_store> {
public:
  postgres_store(std::string url, purpose what_for, std::optional<fence> by)
      : url_{std::move(url)}, what_for_{what_for}, by_{std::move(by)} {}

  batch_written write(const std::vector<entry>& batch, std::int64_t now_unix_ms) override {
    batch_written result;
    if (batch.empty())
      return result;
    for (int attempt = 1; try_to_write(batch, now_unix_ms, result) && attempt < most_attempts;)
      ++attempt;
    if (!result.trouble.empty() && result.doubt.empty())
      result.each = nothing_of(batch.size());
    return result;
  }

  removed remove_ended(std::int64_t before_unix_ms, std::uint32_t most) override {
    return answered<removed>(
        [&](removed& answer) { answer.jobs = writer().remove_ended(before_unix_ms, most); });
  }

  std::string trouble() override {
    next_attempt_ = {};
    try {
      auto& with = connected().session;
      if (what_for_ == purpose::writing) // something that the log has to take
        with.run("SELECT pg_logical_emit_message(true, 'video-doc', 'probe')");
      else
        with.run("SELECT 1");
      return {};
    } catch (const std::exception& why) {
      return failed(why);
    }
  }

  fate fate_of(const std::string& doubt) override {
    next_attempt_ = {};
    try {
      return postgres::fate_of(connected().session, doubt);
    } catch (const std::exception& why) {
      failed(why);
      return fate::not_known_yet;
    }
  }

private:
  friend asking_store;

  postgres::questions& questions() { return *connected().questions; }

  /// Throws what connecting throws, or what it threw a moment ago.
  line& connected() {
    if (line_)
      return *line_;
    if (steady::now() < next_attempt_)
      throw error{last_trouble_, {}, true};
    try {
      line_ = std::make_unique<line>(url_, what_for_, by_);
    } catch (...) {
      next_attempt_ = steady::now() + between_attempts;
      throw;
    }
    return *line_;
  }

  postgres::writer& writer() {
    if (what_for_ != purpose::writing)
      throw error{"opened for reading", "25006", false};
    return *connected().writer;
  }

  /// Says why, and lets go of a connection that is of no more use.
  std::string failed(const std::exception& why) {
    const auto* known = dynamic_cast<const error*>(&why);
    if (known == nullptr || known->lost() || postgres::needs_new_session(known->sqlstate()))
      line_.reset();
    last_trouble_ = why.what();
    if (known != nullptr && by_ && known->sqlstate() == postgres::lease_is_lost_state) {
      last_trouble_ = lease_is_lost{by_->lease}.what();
      if (by_->refused)
        by_->refused();
    }
    return last_trouble_;
  }

  /// Asks again once, on a new connection, if the old one turns out to be lost.
  template <class Answer, class Ask> Answer answered(Ask ask) {
    for (bool again = line_ != nullptr;; again = false) {
      Answer answer;
      try {
        ask(answer);
        return answer;
      } catch (const std::exception& why) {
        answer = {};
        answer.result = outcome::store_down;
        answer.trouble = failed(why);
        if (line_ || !again)
          return answer;
      }
    }
  }

  /// Whether it is worth trying again.
  bool try_to_write(const std::vector<entry>& batch, std::int64_t now_unix_ms,
                    batch_written& result) {
    const bool reused = line_ != nullptr;
    result = {};
    try {
      result.each = writer().write(batch, now_unix_ms);
      return false;
    } catch (const std::exception& why) {
      return settle(why, reused, result);
    }
  }

  /// Finds out what became of a batch whose transaction ended like this.
  bool settle(const std::exception& why, bool reused, batch_written& result) {
    auto [doubt, as_if_written] = in_doubt();
    result.trouble = failed(why);
    if (doubt.empty()) {
      const auto* known = dynamic_cast<const error*>(&why);
      // An old connection may have been lost long ago, while nobody used it.
      return (reused && !line_) ||
             (known != nullptr && postgres::may_be_done_again(known->sqlstate()));
    }
    switch (fate_of(doubt)) {
    case fate::written:
      result = {std::move(as_if_written), {}, {}};
      return false;
    case fate::not_known_yet:
      result.doubt = doubt;
      result.each = std::move(as_if_written);
      return false;
    case fate::not_written:
      return true;
    }
    return false;
  }

  std::pair<std::string, std::vector<written>> in_doubt() {
    if (!line_ || !line_->writer || line_->writer->doubt().empty())
      return {};
    const auto doubt = line_->writer->doubt();
    return {doubt, std::move(*line_->writer).doubtful()};
  }

  std::string url_;
  purpose what_for_;
  std::optional<fence> by_;
  std::unique_ptr<line> line_;
  steady::time_point next_attempt_;
  std::string last_trouble_;
};

} // namespace

std::unique_ptr<store> open_postgres_store(const std::string& url, purpose what_for,
                                           std::optional<fence> by) {
  return std::make_unique<postgres_store>(url, what_for, std::move(by));
}

} // namespace vdoc::ledger
