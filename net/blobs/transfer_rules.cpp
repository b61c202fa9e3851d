#include "net/blobs/transfer_rules.hpp"

#include <algorithm>
#include <utility>

namespace vdoc::blobs {

namespace {

using kind = transfer_end::kind;

const std::string& pass_of(const transfer_order& what) {
  static const std::string none;
  if (const auto* fetch = std::get_if<fetch_order>(&what))
    return fetch->pass;
  if (const auto* result = std::get_if<hand_in_order>(&what))
    return result->pass;
  return none;
}

const std::string& file_of(const transfer_order& what) {
  static const std::string none;
  if (const auto* fetch = std::get_if<fetch_order>(&what))
    return fetch->file;
  if (const auto* result = std::get_if<hand_in_order>(&what))
    return result->file;
  return none;
}

} // namespace

transfer_effects transfer_rules::begin(transfer_id id, const transfer_order& what,
                                       std::int64_t now_ms) {
  transfer it;
  it.what = what;
  if (const auto* result = std::get_if<hand_in_order>(&what)) {
    it.at = phase::chunks;
    it.size = result->bytes;
  }
  all_.emplace(id, std::move(it));
  turns_.push_back(id);
  transfer_effects out;
  go_on(now_ms, out);
  return out;
}

/// As many requests as there is credit for, of one transfer after the other.
void transfer_rules::go_on(std::int64_t now_ms, transfer_effects& out) {
  for (std::size_t idle = 0; open_.size() < credit_ && idle < turns_.size();) {
    const auto id = turns_.front();
    turns_.pop_front();
    turns_.push_back(id);
    idle = next_of(id, all_.at(id), now_ms, out) ? 0 : idle + 1;
  }
}

/// False when it has nothing to ask at the moment.
bool transfer_rules::next_of(transfer_id id, transfer& it, std::int64_t now_ms,
                             transfer_effects& out) {
  request what;
  if (it.at == phase::first_question) {
    if (it.open > 0)
      return false;
    if (const auto* fetch = std::get_if<fetch_order>(&it.what)) {
      what.what = verb::look;
      what.offset = fetch->have;
      what.sum = fetch->sum;
    }
    send(id, it, std::move(what), 0, now_ms, out);
    return true;
  }
  const bool gives = std::holds_alternative<hand_in_order>(it.what);
  if (it.at == phase::chunks && it.next < it.size) {
    what.what = gives ? verb::write : verb::read;
    what.offset = it.next;
    const auto length = std::min<std::uint64_t>(chunk_bytes, it.size - it.next);
    it.next += length;
    send(id, it, std::move(what), length, now_ms, out);
    return true;
  }
  if (it.at == phase::chunks && gives && it.open == 0) {
    it.at = phase::last_question;
    what.what = verb::settle;
    what.offset = it.size;
    send(id, it, std::move(what), 0, now_ms, out);
    return true;
  }
  return false;
}

void transfer_rules::send(transfer_id id, transfer& it, request what, std::size_t length,
                          std::int64_t now_ms, transfer_effects& out) {
  what.number = ++numbers_;
  what.pass = pass_of(it.what);
  what.file = file_of(it.what);
  ++it.open;
  if (open_.empty())
    heard_ms_ = asked_ms_ = now_ms;
  const auto& sent = open_[what.number] = {{id, what, length}, now_ms};
  out.emplace_back(sent.it);
}

void transfer_rules::end(transfer_id id, transfer_end how, transfer_effects& out) {
  std::erase_if(open_, [&](const auto& each) { return each.second.it.of == id; });
  std::erase(turns_, id);
  all_.erase(id);
  out.emplace_back(over{id, std::move(how)});
}

void transfer_rules::adapt(std::int64_t took_ms) {
  if (took_ms > terms_.long_ms)
    credit_ = std::max<std::size_t>(1, credit_ - 1);
  else
    credit_ = std::min(terms_.most_open, credit_ + 1);
}

void transfer_rules::ask_again(ask what, std::int64_t now_ms, transfer_effects& out) {
  ++asked_again_;
  auto& it = all_.at(what.of);
  send(what.of, it, std::move(what.what), what.length, now_ms, out);
}

transfer_effects transfer_rules::on(answer from, std::int64_t now_ms) {
  transfer_effects out;
  const auto found = open_.find(from.number);
  if (found == open_.end())
    return out; // it was asked twice
  const auto asked = std::move(found->second);
  open_.erase(found);
  heard_ms_ = now_ms;
  adapt(now_ms - asked.since_ms);
  --all_.at(asked.it.of).open;
  take(asked.it, std::move(from), now_ms, out);
  go_on(now_ms, out);
  return out;
}

void transfer_rules::take(const ask& asked, answer from, std::int64_t now_ms,
                          transfer_effects& out) {
  auto& it = all_.at(asked.of);
  const bool came_damaged = asked.what.what == verb::read && from.how == verdict::done &&
                            (from.bytes.size() != asked.length ||
                             from.offset != asked.what.offset || digest_of(from.bytes) != from.sum);
  if (came_damaged || (from.how == verdict::damaged && asked.what.what == verb::write)) {
    if (++it.damaged > terms_.most_damaged)
      end(asked.of, {kind::unreachable, verdict::damaged, to_string(verdict::damaged)}, out);
    else
      ask_again(asked, now_ms, out);
    return;
  }
  if (from.how != verdict::done) {
    auto why = to_string(from.how);
    if (!from.bytes.empty())
      why += ": " + from.bytes;
    end(asked.of, {kind::refused, from.how, std::move(why)}, out);
    return;
  }
  switch (asked.what.what) {
  case verb::greet:
  case verb::settle:
    return end(asked.of, {}, out);
  case verb::look:
    it.at = phase::chunks;
    it.size = from.offset;
    it.next = asked.what.offset;
    break;
  case verb::read:
    out.emplace_back(keep{asked.of, from.offset, std::move(from.bytes)});
    break;
  case verb::write:
    return;
  }
  if (it.next >= it.size && it.open == 0)
    end(asked.of, {}, out);
}

transfer_effects transfer_rules::tick(std::int64_t now_ms) {
  transfer_effects out;
  if (open_.empty())
    return out;
  if (now_ms - heard_ms_ > terms_.patience_ms) {
    while (!all_.empty())
      end(all_.begin()->first,
          {kind::unreachable, verdict::done,
           "no answer for " + std::to_string(terms_.patience_ms / 1'000) + " s"},
          out);
    return out;
  }
  if (now_ms - std::max(heard_ms_, asked_ms_) > terms_.quiet_ms) {
    asked_ms_ = now_ms;
    credit_ = std::max<std::size_t>(1, credit_ / 2);
    for (auto& [number, one] : open_) { // under its own number: a late answer counts
      ++asked_again_;
      one.since_ms = now_ms;
      out.emplace_back(one.it);
    }
  }
  return out;
}

transfer_effects transfer_rules::fail_locally(transfer_id id, const std::string& why,
                                              std::int64_t now_ms) {
  transfer_effects out;
  if (all_.contains(id))
    end(id, {kind::local, verdict::done, why}, out);
  go_on(now_ms, out);
  return out;
}

} // namespace vdoc::blobs
