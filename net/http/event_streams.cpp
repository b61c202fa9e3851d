#include "net/http/event_streams.hpp"

#include "net/http/exchange.hpp"

#include <algorithm>

namespace vdoc::net {

namespace {

constexpr std::size_t most_waiting = 65'536;              ///< events for the server's thread
constexpr std::size_t most_in_flight = 1UL * 1024 * 1024; ///< bytes to one listener
constexpr guint heartbeat_s = 15; ///< proxies and browsers give up on a silent connection

} // namespace

event_streams::event_streams(GMainContext* context, std::shared_ptr<desk::event_feed> feed)
    : feed_{std::move(feed)}, heard_{context, [this] { tell_all(); }},
      heartbeat_{g_timeout_source_new_seconds(heartbeat_s)} {
  const auto beat = [](gpointer self) -> gboolean {
    static_cast<event_streams*>(self)->say_nothing();
    return G_SOURCE_CONTINUE;
  };
  g_source_set_callback(heartbeat_, +beat, this, nullptr);
  g_source_attach(heartbeat_, context);
  subscription_ = feed_->subscribe([this](const desk::feed_item& what) { hear(what); });
}

event_streams::~event_streams() {
  g_source_destroy(heartbeat_);
  g_source_unref(heartbeat_);
}

/// On the thread of whoever publishes.
void event_streams::hear(const desk::feed_item& what) {
  if (!inbox_.open)
    return;
  const std::scoped_lock lock{inbox_.mutex};
  if (inbox_.waiting.size() >= most_waiting) {
    inbox_.waiting.clear();
    inbox_.overflown = true;
  }
  inbox_.waiting.push_back(what);
  if (inbox_.waiting.size() == 1)
    heard_.ring();
}

bool event_streams::open(SoupServerMessage* message, desk::caller who, topic_choice what,
                         std::string_view last_event_id) {
  if (listeners_.size() >= most_listeners)
    return false;
  auto* const headers = soup_server_message_get_response_headers(message);
  soup_server_message_set_status(message, SOUP_STATUS_OK, nullptr);
  soup_message_headers_replace(headers, "Content-Type", "text/event-stream");
  soup_message_headers_replace(headers, "Cache-Control", "no-store");
  soup_message_headers_replace(headers, "X-Accel-Buffering", "no"); // nginx
  soup_message_headers_set_encoding(headers, SOUP_ENCODING_CHUNKED);
  soup_message_body_set_accumulate(soup_server_message_get_response_body(message), FALSE);
  g_signal_connect(message, "wrote-body-data", G_CALLBACK(wrote), this);
  auto& one =
      listeners_.insert_or_assign(message, listener{std::move(who), std::move(what)}).first->second;
  // What comes from now on is in the inbox: what `resume` gives is only what came before.
  inbox_.open = true;
  const auto place = place_from(last_event_id);
  const auto again = place && place->feed == feed_->id()
                         ? feed_->resume(place->number, [](const desk::feed_item&) {})
                         : std::nullopt;
  const auto last = again ? place->number : feed_->last();
  one.next = last + 1;
  std::string text = written_greeting(feed_->id(), last);
  if (!last_event_id.empty() && !again)
    text += written_reset(feed_->id(), last);
  if (again)
    for (const auto& item : again->missed)
      add(text, one, *item);
  write(message, one, std::move(text));
  return true;
}

void event_streams::add(std::string& text, listener& to, const desk::feed_event& what) const {
  if (what.number < to.next)
    return;
  to.next = what.number + 1;
  if (to.who.sees(what.tenant) && to.what.holds(what.topic))
    text += written(feed_->id(), what);
}

void event_streams::write(SoupServerMessage* message, listener& to, std::string text) {
  to.in_flight += text.size();
  if (to.in_flight > most_in_flight)
    return cut_off(message);
  soup_message_body_append(soup_server_message_get_response_body(message), SOUP_MEMORY_COPY,
                           text.data(), text.size());
  soup_server_message_unpause(message);
}

void event_streams::wrote(SoupServerMessage* message, guint size, gpointer self) {
  auto& all = static_cast<event_streams*>(self)->listeners_;
  if (const auto found = all.find(message); found != all.end())
    found->second.in_flight -= std::min<std::size_t>(size, found->second.in_flight);
}

void event_streams::tell_all() {
  std::vector<desk::feed_item> items;
  bool overflown = false;
  {
    const std::scoped_lock lock{inbox_.mutex};
    items = std::exchange(inbox_.waiting, {});
    overflown = std::exchange(inbox_.overflown, false);
  }
  if (listeners_.empty())
    inbox_.open = false; // before the next `open`: that is on this thread too
  for (auto& [message, to] : listeners_) {
    std::string text;
    if (overflown && !items.empty())
      text = written_reset(feed_->id(), items.front()->number - 1);
    for (const auto& item : items)
      add(text, to, *item);
    if (!text.empty())
      write(message, to, std::move(text));
  }
}

void event_streams::say_nothing() {
  for (auto& [message, to] : listeners_)
    write(message, to, ":\n\n");
}

} // namespace vdoc::net
