#include "cluster/desk/event_feed.hpp"

#include <utility>

namespace vdoc::desk {

namespace {

std::string_view family_of(std::string_view topic) {
  return topic.substr(0, topic.find('.'));
}

} // namespace

event_feed::event_feed(std::string id, std::size_t most_kept)
    : id_{std::move(id)}, most_kept_{most_kept} {}

void event_feed::publish(std::string topic, std::string tenant, std::string body) {
  const std::scoped_lock lock{ears_->mutex};
  const auto in_topic = chain(topic, ++last_);
  // A topic of one word is its own family.
  const auto family = family_of(topic);
  const auto in_family = family == topic ? in_topic : chain(family, last_);
  const auto item = std::make_shared<const feed_event>(
      feed_event{last_, std::move(topic), std::move(tenant), std::move(body), in_topic, in_family});
  kept_.push_back(item);
  if (kept_.size() > most_kept_) {
    const auto& oldest = *kept_.front();
    unchain(oldest.topic, oldest.number);
    unchain(family_of(oldest.topic), oldest.number);
    kept_.pop_front();
  }
  for (const auto& [key, hear] : ears_->all)
    hear(item);
}

/// Appends to the chain of that name. What was its newest.
std::uint64_t event_feed::chain(std::string_view name, std::uint64_t number) {
  return std::exchange(newest_[std::hash<std::string_view>{}(name)], number);
}

void event_feed::unchain(std::string_view name, std::uint64_t number) {
  const auto found = newest_.find(std::hash<std::string_view>{}(name));
  if (found != newest_.end() && found->second == number)
    newest_.erase(found);
}

event_feed::subscription event_feed::add(listener whose) {
  const auto key = ears_->next++;
  ears_->all.emplace(key, std::move(whose));
  return {nullptr, [key, ears = std::weak_ptr{ears_}](void* /*nothing*/) {
            if (const auto there = ears.lock()) {
              const std::scoped_lock lock{there->mutex};
              there->all.erase(key);
            }
          }};
}

event_feed::subscription event_feed::subscribe(listener whose) {
  const std::scoped_lock lock{ears_->mutex};
  return add(std::move(whose));
}

std::optional<event_feed::resumed> event_feed::resume(std::uint64_t number, listener whose) {
  const std::scoped_lock lock{ears_->mutex};
  if (number > last_ || last_ - number > kept_.size())
    return std::nullopt;
  resumed again;
  again.missed.assign(kept_.end() - static_cast<std::ptrdiff_t>(last_ - number), kept_.end());
  again.rest = add(std::move(whose));
  return again;
}

std::uint64_t event_feed::last() const {
  const std::scoped_lock lock{ears_->mutex};
  return last_;
}

} // namespace vdoc::desk
