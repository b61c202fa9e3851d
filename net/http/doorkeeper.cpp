#include "net/http/doorkeeper.hpp"

#include <algorithm>

namespace vdoc::net {

namespace {

constexpr std::uint32_t seconds_per_min = 60;

/// The token of "Bearer <token>", "" when there is none.
std::string_view token_in(std::string_view authorization) {
  constexpr std::string_view scheme = "bearer ";
  const auto same = [](char a, char b) { return (a | 0x20) == (b | 0x20); };
  if (authorization.size() <= scheme.size() ||
      !std::ranges::equal(authorization.substr(0, scheme.size()), scheme, same))
    return {};
  return authorization.substr(scheme.size());
}

web_answer who_are_you(const std::string& what, const char* challenge) {
  auto answer = problem(401, "unauthorized", what,
                        "send Authorization: Bearer <token>; video-doc token create makes one");
  answer.headers.emplace_back("WWW-Authenticate", challenge);
  return answer;
}

} // namespace

bool doorkeeper::asks() const {
  return registry_ && (always_asks_ || !registry_->tokens().empty());
}

void doorkeeper::look_up() const {
  if (registry_)
    registry_->refresh();
}

doorkeeper::decision doorkeeper::identify(std::string_view authorization,
                                          const client_address& from, std::int64_t steady_ms) {
  if (registry_ && !registry_->tokens().is_known())
    return {{},
            problem({desk::refusal::busy, "the tokens have not been read yet", "try again", 500})};
  if (!asks())
    return {{"local", "*", desk::role::admin}, std::nullopt};
  const auto token = token_in(authorization);
  if (token.empty())
    return {{}, who_are_you("this service asks for a token", "Bearer realm=\"video-doc\"")};
  if (auto who = registry_->tokens().find(token))
    return {std::move(*who), std::nullopt};
  if (const auto wait_ms = wrong_.count(from.network, steady_ms); wait_ms != 0)
    return {{},
            problem({desk::refusal::over_quota, "too many wrong tokens came from this address",
                     "`video-doc token list` shows which there are",
                     static_cast<std::uint32_t>(wait_ms)})};
  return {{},
          who_are_you("there is no such token, or not any more",
                      "Bearer realm=\"video-doc\", error=\"invalid_token\"")};
}

std::optional<web_answer> doorkeeper::count(const desk::caller& who, std::int64_t steady_ms) {
  if (rate_per_s_ == 0 || !asks())
    return std::nullopt;
  if (paces_.size() >= most_paces)
    paces_.clear();
  auto& pace = paces_[who.name];
  pace.set(rate_per_s_ * seconds_per_min);
  const auto wait_ms = pace.wait_ms(steady_ms);
  if (wait_ms == 0) {
    pace.take(steady_ms);
    return std::nullopt;
  }
  return problem({desk::refusal::over_quota,
                  "this token has asked " + std::to_string(rate_per_s_) + " times in a second",
                  "submit jobs in batches, and listen to /api/v1/events instead of asking",
                  static_cast<std::uint32_t>(wait_ms)});
}

} // namespace vdoc::net
