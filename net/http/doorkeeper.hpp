#pragma once

#include "cluster/desk/registry.hpp"
#include "cluster/resources/pace.hpp"
#include "net/http/client_address.hpp"
#include "net/http/web_answer.hpp"
#include "net/http/wrong_tokens.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace vdoc::net {

/// Whose a request is, and whether it may come in at all. On the server's thread.
class doorkeeper {
public:
  /// Without a registry there are no tokens, and everybody may do everything.
  doorkeeper(std::shared_ptr<desk::registry> who, bool always_asks, std::uint32_t rate_per_s)
      : registry_{std::move(who)}, always_asks_{always_asks}, rate_per_s_{rate_per_s} {}

  struct decision {
    desk::caller who;
    std::optional<web_answer> refusal;
  };
  /// By the header Authorization (RFC 6750, section 2.1). An address with too many wrong tokens has
  /// to wait before it hears of the next one; right ones are let in all the same: they have 256
  /// bits that nobody guesses, and others may share that address.
  [[nodiscard]] decision identify(std::string_view authorization, const client_address& from,
                                  std::int64_t steady_ms);
  /// One more request of somebody who was identified; a refusal when there were too many.
  std::optional<web_answer> count(const desk::caller& who, std::int64_t steady_ms);

  /// Whether requests need a token: always, or because there is one.
  [[nodiscard]] bool asks() const;
  /// Has the tokens read anew.
  void look_up() const;

private:
  static constexpr std::size_t most_paces = 20'000;

  std::shared_ptr<desk::registry> registry_;
  bool always_asks_;
  std::uint32_t rate_per_s_;                     ///< 0: no limit
  std::map<std::string, resources::pace> paces_; ///< by name
  wrong_tokens wrong_;
};

} // namespace vdoc::net
