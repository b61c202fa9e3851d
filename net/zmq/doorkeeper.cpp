#include "net/zmq/doorkeeper.hpp"

namespace vdoc::net {

namespace {

constexpr std::chrono::minutes between_words{1};

} // namespace

std::optional<desk::caller> doorkeeper::find(const std::string& public_key) const {
  if (public_key == with_.keys.admin.public_key)
    return desk::caller{"admin", "*", desk::role::admin, "zmq"};
  auto known = with_.ring->find(public_key);
  if (known)
    known->door = "zmq";
  return known;
}

gate_terms::ruling doorkeeper::judge(const std::string& public_key, bool only_who_sees_all) const {
  const auto who = find(public_key);
  if (who && (!only_who_sees_all || who->tenant == "*"))
    return gate_terms::ruling::welcome;
  if (who || with_.ring->complete())
    return gate_terms::ruling::refused;
  with_.read_keys();
  return gate_terms::ruling::later;
}

gate_terms doorkeeper::gate(bool only_who_sees_all) {
  gate_terms terms;
  terms.service = with_.keys.service;
  terms.judge = [this, only_who_sees_all](const std::string& public_key) {
    return judge(public_key, only_who_sees_all);
  };
  terms.on_refused = [this](const std::string& public_key) { count_refused(public_key); };
  return terms;
}

void doorkeeper::count_refused(const std::string& public_key) {
  with_.measures->keys_refused.add();
  const std::scoped_lock lock{mutex_};
  ++unsaid_;
  const auto now = with_.now();
  if (said_ && now - *said_ < between_words)
    return;
  said_ = now;
  with_.say(std::to_string(std::exchange(unsaid_, 0)) +
            " connection(s) refused for want of a known key, the last with the public key " +
            (public_key.empty() ? "(none)" : public_key));
}

} // namespace vdoc::net
