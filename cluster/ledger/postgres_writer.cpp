#include "cluster/ledger/postgres_writer.hpp"

#include "cluster/ledger/dedupe.hpp"
#include "cluster/ledger/job_columns.hpp"
#include "cluster/ledger/job_id.hpp"
#include "cluster/ledger/postgres_statements.hpp"

namespace vdoc::ledger::postgres {

namespace {

/// SQLSTATE: a job with this id, or this key, is there already.
constexpr const char* unique_violation = "23505";

job_row read_standing(const row_view& row) {
  job_row there;
  auto& one = there.record;
  one.what.id = row.text(1);
  one.state = job_state_from(row.text(2)).value_or(job_state::unknown);
  one.last_cause = row.text(3);
  one.what.priority = static_cast<std::int32_t>(row.number(4));
  one.attempts = static_cast<std::uint32_t>(row.number(5));
  one.tries = static_cast<std::uint32_t>(row.number(6));
  one.submitted_unix_ms = row.number(7);
  one.changed_unix_ms = row.number(8);
  one.due_unix_ms = row.number(9);
  there.first_sequence = static_cast<std::uint64_t>(row.number(10));
  one.last_sequence = static_cast<std::uint64_t>(row.number(11));
  return there;
}

/// What `look_up` found.
struct looked_up {
  present there;
  std::vector<std::uint64_t> numbers;
};

looked_up read(const pqxx::result& rows) {
  looked_up all;
  for (const auto& each : rows) {
    const row_view row{each};
    switch (each[0].c_str()[0]) {
    case 'j':
      all.there.jobs.insert_or_assign(row.text(1), read_standing(row));
      break;
    case 'k': {
      all.there.keys.emplace(two_names{row.text(2), row.text(3)}, row.text(1));
      job_row holder;
      holder.first_sequence = static_cast<std::uint64_t>(row.number(4));
      all.there.jobs.try_emplace(row.text(1), holder);
      break;
    }
    case 'd':
      all.there.documents.emplace(two_names{row.text(1), row.text(2)}, row.number(4));
      if (row.text(1) == dedupe_kind)
        all.there.first_jobs.emplace(two_names{row.text(1), row.text(2)}, row.text(3));
      break;
    default:
      all.numbers.push_back(static_cast<std::uint64_t>(row.number(4)));
    }
  }
  return all;
}

/// How many jobs a writer knows the standing of: some more than run at a time.
constexpr std::size_t most_standing = 8'192;

/// What is known of the jobs that a batch has events of.
present standing_among(const std::vector<entry>& batch, const standing_jobs& all) {
  present there;
  for (const auto& each : batch)
    if (const auto* happened = std::get_if<event>(&each))
      if (auto row = all.find(happened->job_id))
        there.jobs.try_emplace(happened->job_id, *std::move(row));
  return there;
}

/// Each row that a batch touches is found by its key. While tables are small, or their statistics
/// old, other plans look cheaper, read whole indexes, and stay.
constexpr const char* always_by_key =
    "SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_bitmapscan = off";

} // namespace

writer::writer(session& with, std::optional<lease_fence> as)
    : with_{with}, as_{std::move(as)}, at_once_{with, as_}, standing_{most_standing},
      id_{new_job_id()} {
  with_.run(always_by_key);
  with_.run(statements_to_prepare(as_));
  with_.run("INSERT INTO writers (id, last_batch, closed) VALUES (" + quoted(id_) +
            ", 0, false); DELETE FROM writers WHERE opened_at < now() - interval '7 days'");
}

decided writer::look_up_and_decide(const std::vector<entry>& batch, std::int64_t now_unix_ms) {
  auto found = read(with_.run(looking_up(touched_by(batch), events_at_most(batch))));
  return decide(batch, std::move(found.there), now_unix_ms,
                [&found, at = std::size_t{0}]() mutable { return found.numbers.at(at++); });
}

std::string writer::statements_for(const decided& todo) {
  // Not before all is at hand: who hangs between two round trips must not hold the lease.
  return holding(as_) + "EXECUTE number_batch (" + quoted(id_) + ", " + std::to_string(batches_) +
         "); " + changing(todo) + "COMMIT";
}

/// Nothing when the batch has to be looked up after all: what is refused is refused by what the
/// database says.
std::optional<std::vector<written>> writer::write_at_once(const std::vector<entry>& batch,
                                                          std::int64_t now_unix_ms) {
  std::uint64_t places = 0;
  auto todo =
      decide(batch, standing_among(batch, standing_), now_unix_ms, [&places] { return ++places; });
  for (std::size_t i = 0; i < batch.size(); ++i)
    if (std::holds_alternative<event>(batch[i]) && todo.each[i].result != outcome::done)
      return std::nullopt;
  if (todo.events.empty())
    return std::move(todo.each);
  ++batches_;
  doubtful_ = todo.each;
  for (auto& one : doubtful_)
    one.sequence = 0;
  doubt_ = id_ + "/" + std::to_string(batches_);
  const auto numbers = at_once_.write(todo, standing_, id_, batches_);
  doubt_.clear();
  const auto number_at = [&](std::uint64_t place) { return numbers.at(place - 1); };
  for (auto& one : todo.each)
    if (one.sequence != 0)
      one.sequence = number_at(one.sequence);
  for (auto& row : todo.jobs) {
    if (row.is_new)
      row.first_sequence = number_at(row.first_sequence);
    row.record.last_sequence = number_at(row.record.last_sequence);
    standing_.note(row);
  }
  return std::move(todo.each);
}

std::vector<written> writer::write(const std::vector<entry>& batch, std::int64_t now_unix_ms) {
  doubt_.clear();
  try {
    // What is sent to somebody who has hung up would be in doubt.
    if (stands_alone(batch, [this](const auto& id) { return standing_.has(id); }) &&
        with_.is_quiet())
      if (auto done = write_at_once(batch, now_unix_ms))
        return *std::move(done);
  } catch (const error& why) {
    standing_.forget();
    if (!why.lost())
      doubt_.clear();
    if (why.lost() || (why.sqlstate() != unique_violation && why.sqlstate() != has_moved_on_state))
      throw;
  }
  return look_up_and_write(batch, now_unix_ms);
}

std::vector<written> writer::look_up_and_write(const std::vector<entry>& batch,
                                               std::int64_t now_unix_ms) {
  try {
    auto todo = look_up_and_decide(batch, now_unix_ms);
    if (todo.jobs.empty() && todo.events.empty() && todo.documents.empty()) {
      with_.roll_back();
      return std::move(todo.each);
    }
    ++batches_;
    const auto sql = statements_for(todo);
    doubt_ = id_ + "/" + std::to_string(batches_);
    doubtful_ = std::move(todo.each);
    with_.run(sql);
    doubt_.clear();
    for (const auto& row : todo.jobs)
      standing_.note(row);
    return std::move(doubtful_);
  } catch (const error& why) {
    standing_.forget();
    if (!why.lost()) {
      doubt_.clear();
      with_.roll_back();
    }
    throw;
  }
}

std::vector<job> writer::remove_ended(std::int64_t before_unix_ms, std::uint32_t most) {
  try {
    std::vector<job> jobs;
    array_literal ids;
    for (const auto& row :
         with_.run("BEGIN; EXECUTE remove_jobs (" + std::to_string(before_unix_ms) + ", " +
                   std::to_string(most) + ")")) {
      jobs.push_back(read_job(row_view{row}).what);
      ids.add(jobs.back().id);
    }
    with_.run(holding(as_) + "EXECUTE remove_events (" + ids.written() + "); COMMIT");
    return jobs;
  } catch (const error& why) {
    if (!why.lost())
      with_.roll_back();
    throw;
  }
}

fate fate_of(session& with, const std::string& doubt) {
  const auto slash = doubt.find('/');
  const auto rows = with.run(
      "UPDATE writers SET closed = true WHERE id = $1 RETURNING last_batch >= $2::bigint",
      {doubt.substr(0, slash), slash == std::string::npos ? "0" : doubt.substr(slash + 1)});
  return !rows.empty() && rows[0][0].c_str()[0] == 't' ? fate::written : fate::not_written;
}

} // namespace vdoc::ledger::postgres
