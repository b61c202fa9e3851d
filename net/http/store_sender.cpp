#include "net/http/store_sender.hpp"

#include "cluster/resources/steady_ms.hpp"
#include "net/http/exchange.hpp"
#include "net/log/log.hpp"

#include <algorithm>
#include <memory>
#include <vector>

namespace vdoc::net {

using artefacts::cure;
using desk::refusal;
using position = resources::breaker::position;

namespace {

constexpr std::size_t readers = 8;
constexpr std::int64_t again_after_ms = 2'000; ///< while the breaker is closed
constexpr std::int64_t least_wait_ms = 1'000;

} // namespace

store_sender::store_sender(means with)
    : with_{std::move(with)}, breaker_{with_.breaker}, pool_{with_.connect}, threads_{readers} {
  show();
}

/// Waits for what the store is being asked, which has time limits.
store_sender::~store_sender() {
  over_ = true;
}

void store_sender::show() const {
  const bool is_open = breaker_.where() == position::open;
  const bool is_closed = breaker_.where() == position::closed;
  with_.show({"artefacts read", resources::to_string(breaker_.where()), breaker_.failures(),
              is_closed ? 0 : breaker_.since_ms(), is_open ? breaker_.next_trial_ms() : 0});
}

web_answer store_sender::away(const wish& what, const std::string& why, std::int64_t now_ms) const {
  const auto wait = breaker_.where() == position::open
                        ? std::max(breaker_.next_trial_ms() - now_ms, least_wait_ms)
                        : again_after_ms;
  std::string words = "the artefact store does not give it now";
  if (what.may_know_why)
    words += ": " + why;
  return problem({refusal::busy, words, "try again later", static_cast<std::uint32_t>(wait)});
}

void store_sender::send(SoupServerMessage* message, wish what, web_answerer refuse,
                        std::int64_t now_ms) {
  if (breaker_.where() != position::closed && !breaker_.try_again(now_ms))
    return refuse(away(what, trouble_, now_ms));
  if (breaker_.where() == position::half_open)
    show();
  if (asked_.size() >= with_.most_waiting) {
    breaker_.trial_withdrawn(now_ms);
    return refuse(away(what, "too many wait for it", now_ms));
  }
  const auto number = ++last_;
  numbers_[message] = number;
  auto& it = all_[number];
  it.message = message;
  it.what = std::move(what);
  it.refuse = std::move(refuse);
  ask(
      number,
      [key = it.what.key](artefacts::store& store, store_answer& into) {
        into.found = store.look(key);
      },
      now_ms);
}

void store_sender::forget(SoupServerMessage* message) {
  if (const auto number = numbers_.extract(message))
    all_.erase(number.mapped());
}

/// On another thread, and back.
void store_sender::ask(std::uint64_t number, errand what, std::int64_t now_ms) {
  asked_[number] = now_ms + with_.patience_ms;
  threads_.post(std::to_string(number), [this, number, what = std::move(what)] {
    if (over_)
      return;
    const auto got = std::make_shared<store_answer>();
    try {
      pool_.use([&](artefacts::store& store) { what(store, *got); });
    } catch (const artefacts::store_error& why) {
      got->no = trouble{why.helps(), why.what()};
    } catch (const std::exception& why) {
      got->no = trouble{cure::wait, why.what()};
    }
    with_.hop([this, number, got] { came(number, *got); });
  });
}

void store_sender::ask_piece(std::uint64_t number, sending& it, std::int64_t now_ms) {
  const auto size = std::min(piece_bytes, it.how.length);
  ask(
      number,
      [key = it.what.key, etag = it.about.etag, first = it.how.first, size](artefacts::store& store,
                                                                            store_answer& into) {
        into.bytes = store.read(key, etag, first, size);
      },
      now_ms);
  it.how.first += size;
  it.how.length -= size;
}

/// What an answer says of the store.
void store_sender::judge(const std::optional<trouble>& no, std::int64_t now_ms) {
  const auto before = breaker_.where();
  if (!no || no->helps == cure::none) {
    if (before != position::open) // else it was asked before that
      breaker_.succeeded();
  } else {
    trouble_ = no->why;
    no->helps == cure::operate ? breaker_.trip(now_ms) : breaker_.failed(now_ms);
  }
  if (breaker_.where() != before)
    show();
  const bool is_open = breaker_.where() == position::open;
  if (is_open && before == position::closed)
    log::say(log::level::error, "results that the artefact store alone has cannot be read",
             {{"cause", trouble_}});
  if (!is_open && before == position::half_open)
    log::say(log::level::normal, "results can be read from the artefact store again", {});
}

void store_sender::came(std::uint64_t number, const store_answer& got) {
  if (asked_.erase(number) == 0)
    return; // it was given up
  const auto now = resources::steady_ms_now();
  judge(got.no, now);
  const auto place = all_.find(number);
  if (place == all_.end())
    return; // nobody waits for it any more
  auto& it = place->second;
  if (got.no)
    return fail(it, got.no->why, now);
  if (it.at == sending::step::looking)
    return found(number, it, got);
  if (std::exchange(it.at, sending::step::under_way) == sending::step::first_piece) {
    with_.begins(it.message);
    auto whole = it.how; // as it was before the first piece was asked for
    whole.first -= got.bytes.size();
    whole.length += got.bytes.size();
    set_reply(it.message, it.about, it.what.name, whole);
    g_signal_connect(it.message, "wrote-chunk", G_CALLBACK(wrote_chunk), this);
  }
  took(it, got.bytes);
}

void store_sender::found(std::uint64_t number, sending& it, const store_answer& got) {
  auto* const message = it.message;
  if (!got.found) {
    const auto refuse = std::move(it.refuse);
    forget(message);
    return refuse(problem({refusal::not_found, "the job has no such file", "", 0}));
  }
  it.about = {got.found->bytes, got.found->etag, http_date(got.found->modified_unix_s)};
  it.how = reply_to(message, it.about);
  if (it.how.has_body) {
    it.at = sending::step::first_piece;
    return ask_piece(number, it, resources::steady_ms_now());
  }
  with_.begins(message);
  set_reply(message, it.about, it.what.name, it.how);
  forget(message);
  soup_server_message_unpause(message);
}

void store_sender::took(sending& it, const std::string& bytes) const {
  soup_message_body_append(soup_server_message_get_response_body(it.message), SOUP_MEMORY_COPY,
                           bytes.data(), bytes.size());
  soup_server_message_unpause(it.message);
}

/// Once its answer has begun only the connection's end can say so.
void store_sender::fail(sending& it, const std::string& why, std::int64_t now_ms) {
  auto* const message = it.message;
  const bool has_begun = it.at == sending::step::under_way;
  const auto refuse = std::move(it.refuse);
  const auto answer = away(it.what, why, now_ms);
  forget(message);
  has_begun ? cut_off(message) : refuse(answer);
}

void store_sender::tick(std::int64_t now_ms) {
  std::vector<std::uint64_t> late;
  for (const auto& [number, until_ms] : asked_)
    if (until_ms <= now_ms)
      late.push_back(number);
  for (const auto number : late) {
    const trouble no{cure::wait, "it does not answer"};
    asked_.erase(number);
    judge(no, now_ms);
    if (const auto place = all_.find(number); place != all_.end())
      fail(place->second, no.why, now_ms);
  }
}

void store_sender::wrote_chunk(SoupServerMessage* message, gpointer self) {
  auto* const my = static_cast<store_sender*>(self);
  const auto number = my->numbers_.find(message);
  if (number == my->numbers_.end())
    return;
  auto& it = my->all_.at(number->second);
  if (it.how.length > 0)
    my->ask_piece(number->second, it, resources::steady_ms_now());
}

} // namespace vdoc::net
