#include "cluster/ledger/batch_rules.hpp"

#include "cluster/ledger/dedupe.hpp"
#include "cluster/ledger/fitness.hpp"
#include "cluster/ledger/job_id.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>
#include <string_view>
#include <tuple>
#include <unordered_set>

namespace vdoc::ledger {

namespace {

template <class T> void each_once(std::vector<T>& names) {
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
}

bool has_to_wait(const job& what, std::int64_t now_unix_ms) {
  return what.not_before_unix_ms > now_unix_ms || !what.after.empty();
}

/// No store keeps anything under a name that is no text.
void look_up(std::vector<std::string>& names, const std::string& name) {
  if (!name.empty() && is_text(name))
    names.push_back(name);
}
void look_up(std::vector<two_names>& names, const std::string& one, const std::string& other) {
  if (is_text(one) && is_text(other))
    names.emplace_back(one, other);
}

/// Takes entry after entry, and keeps what stands after each.
class decision {
public:
  decision(present before, std::int64_t now_unix_ms,
           const std::function<std::uint64_t()>& next_sequence, std::size_t entries)
      : now_{std::move(before)}, now_unix_ms_{now_unix_ms}, next_sequence_{next_sequence} {
    now_.jobs.reserve(now_.jobs.size() + entries);
    order_.reserve(entries);
    result_.events.reserve(2 * entries);
  }

  written operator()(const job& asked) {
    if (const auto known = now_.jobs.find(asked.id); known != now_.jobs.end())
      return {outcome::done, asked.id, known->second.first_sequence};
    const two_names key{asked.tenant, asked.idempotency_key};
    if (!asked.idempotency_key.empty())
      if (const auto known = now_.keys.find(key); known != now_.keys.end())
        return {outcome::known_already, known->second, now_.jobs.at(known->second).first_sequence};
    if (!is_fit(asked))
      return {outcome::unfit, asked.id, 0};
    if (!asked.dedupe_key.empty())
      if (const auto first = first_of(asked))
        return {outcome::known_already, first->id, first->sequence};

    job_row row;
    row.record.what = asked;
    row.is_new = true;
    auto& what = row.record.what;
    if (what.id.empty())
      what.id = new_job_id();
    if (!what.idempotency_key.empty())
      now_.keys.emplace(key, what.id);
    const auto id = what.id;
    auto& kept = now_.jobs.emplace(id, std::move(row)).first->second;
    order_.push_back(&kept);
    kept.first_sequence = append(kept, event_kind::submitted);
    if (has_to_wait(asked, now_unix_ms_))
      append(kept, event_kind::scheduled);
    if (!asked.dedupe_key.empty())
      (*this)(dedupe_of(asked, {id, kept.first_sequence, now_unix_ms_ + asked.dedupe_window_ms}));
    return {outcome::done, id, kept.first_sequence};
  }

  written operator()(const event& asked) {
    const auto known = now_.jobs.find(asked.job_id);
    if (known == now_.jobs.end())
      return {outcome::unknown_job, asked.job_id, 0};
    auto& row = known->second;
    if (asked.fence != 0 && asked.fence != row.record.attempts)
      return {outcome::stale, asked.job_id, 0};
    if (!may_follow(row.record.state, asked.kind))
      return {outcome::impossible, asked.job_id, 0};
    if (!is_fit(asked))
      return {outcome::unfit, asked.job_id, 0};
    if (!row.is_new && !row.changed)
      order_.push_back(&row);
    row.changed = true;
    row.has_new_spec |= asked.kind == event_kind::requeued && !asked.detail.empty();
    for (const auto& paper : asked.papers)
      (*this)(paper);
    return {outcome::done, asked.job_id, append(row, asked)};
  }

  written operator()(const document& asked) {
    if (!is_fit(asked))
      return {outcome::unfit, {}, 0};
    const auto [there, is_new] = now_.documents.try_emplace({asked.kind, asked.key}, 0);
    auto& version = there->second;
    if (asked.version != document::any_version && asked.version != version)
      return {outcome::stale, {}, static_cast<std::uint64_t>(version)};
    if (asked.body.empty() && version == 0)
      return {};
    version = asked.body.empty() ? 0 : version + 1;
    if (asked.kind == dedupe_kind)
      now_.first_jobs[{asked.kind, asked.key}] = asked.body;
    keep({{asked.kind, asked.key, asked.body, version}, is_new});
    return {outcome::done, {}, static_cast<std::uint64_t>(version)};
  }

  written operator()(const roll& asked) {
    auto ids = nlohmann::json::array();
    for (const auto& id : asked.job_ids)
      if (const auto found = now_.jobs.find(id); found != now_.jobs.end() && found->second.is_new)
        ids.push_back(id);
    if (ids.empty())
      return {};
    auto what = asked.what;
    if (!what.body.ends_with('}'))
      return {outcome::unfit, {}, 0};
    what.body.pop_back();
    what.body +=
        ",\"jobs\":" + ids.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "}";
    return (*this)(what);
  }

  decided result(std::vector<written> each) && {
    result_.each = std::move(each);
    result_.jobs.reserve(order_.size());
    for (auto* row : order_)
      result_.jobs.push_back(std::move(*row));
    // Two nodes that store the same names in the same order wait for each other only one way.
    if (!now_.keys.empty())
      std::stable_sort(result_.jobs.begin(), result_.jobs.end(),
                       [](const job_row& a, const job_row& b) {
                         const auto &one = a.record.what, &other = b.record.what;
                         return std::tie(one.tenant, one.idempotency_key) <
                                std::tie(other.tenant, other.idempotency_key);
                       });
    std::sort(result_.documents.begin(), result_.documents.end(),
              [](const document_row& a, const document_row& b) {
                return std::tie(a.what.kind, a.what.key) < std::tie(b.what.kind, b.what.key);
              });
    return std::move(result_);
  }

private:
  /// The job that has the dedupe key of this one, while its window is open.
  [[nodiscard]] std::optional<first_job> first_of(const job& asked) const {
    const auto found = now_.first_jobs.find({dedupe_kind, dedupe_name(asked)});
    if (found == now_.first_jobs.end())
      return std::nullopt;
    auto first = first_job_in(found->second);
    return first && first->until_unix_ms > now_unix_ms_ ? first : std::nullopt;
  }

  /// Of several versions of a document the last one is stored.
  void keep(document_row row) {
    const auto [at, is_first] =
        documents_.try_emplace({row.what.kind, row.what.key}, result_.documents.size());
    if (is_first)
      result_.documents.push_back(std::move(row));
    else
      result_.documents[at->second].what = std::move(row.what);
  }

  std::uint64_t append(job_row& row, event_kind kind) {
    event made;
    made.job_id = row.record.what.id;
    made.kind = kind;
    return append(row, std::move(made));
  }

  std::uint64_t append(job_row& row, event made) {
    made.attempt = row.record.attempts + (begins_attempt(made.kind) ? 1 : 0);
    if (made.at_unix_ms == 0)
      made.at_unix_ms = now_unix_ms_;
    made.sequence = next_sequence_();
    made.fence = 0;
    made.papers.clear();
    add(row.record, made);
    result_.events.push_back(std::move(made));
    return result_.events.back().sequence;
  }

  present now_;
  std::int64_t now_unix_ms_;
  const std::function<std::uint64_t()>& next_sequence_;
  std::vector<job_row*> order_; ///< new or changed, in the order of their first entry
  std::map<two_names, std::size_t> documents_; ///< where they are in the result
  decided result_;
};

} // namespace

touched touched_by(const std::vector<entry>& batch) {
  touched all;
  for (const auto& each : batch)
    if (const auto* asked = std::get_if<job>(&each)) {
      look_up(all.job_ids, asked->id);
      if (!asked->idempotency_key.empty())
        look_up(all.keys, asked->tenant, asked->idempotency_key);
      if (!asked->dedupe_key.empty())
        look_up(all.documents, dedupe_kind, dedupe_name(*asked));
    } else if (const auto* happened = std::get_if<event>(&each)) {
      look_up(all.job_ids, happened->job_id);
      for (const auto& paper : happened->papers)
        look_up(all.documents, paper.kind, paper.key);
    } else if (const auto* kept = std::get_if<document>(&each)) {
      look_up(all.documents, kept->kind, kept->key);
    }
  each_once(all.job_ids);
  each_once(all.keys);
  each_once(all.documents);
  return all;
}

std::size_t events_at_most(const std::vector<entry>& batch) {
  std::size_t sum = 0;
  for (const auto& each : batch)
    if (const auto* asked = std::get_if<job>(&each))
      sum += asked->not_before_unix_ms != 0 || !asked->after.empty() ? 2 : 1;
    else if (std::holds_alternative<event>(each))
      ++sum;
  return sum;
}

bool stands_alone(const std::vector<entry>& batch,
                  const std::function<bool(const std::string& job_id)>& is_known) {
  std::unordered_set<std::string_view> arrived;
  return std::ranges::all_of(batch, [&](const entry& each) {
    if (const auto* asked = std::get_if<job>(&each)) {
      arrived.insert(asked->id);
      return asked->dedupe_key.empty() && !is_known(asked->id);
    }
    if (const auto* listed = std::get_if<roll>(&each))
      return std::ranges::all_of(listed->job_ids,
                                 [&](const auto& id) { return arrived.contains(id); });
    const auto* happened = std::get_if<event>(&each);
    return happened != nullptr && happened->papers.empty() &&
           happened->kind != event_kind::requeued &&
           (arrived.contains(happened->job_id) || is_known(happened->job_id));
  });
}

decided decide(const std::vector<entry>& batch, present before, std::int64_t now_unix_ms,
               const std::function<std::uint64_t()>& next_sequence) {
  decision all{std::move(before), now_unix_ms, next_sequence, batch.size()};
  std::vector<written> each;
  each.reserve(batch.size());
  for (const auto& one : batch)
    each.push_back(std::visit(all, one));
  return std::move(all).result(std::move(each));
}

} // namespace vdoc::ledger
