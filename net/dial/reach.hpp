#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vdoc::net {

/// Where somebody listens.
struct dial_place {
  std::string host; ///< a name or an address, without brackets
  std::uint16_t port = 0;
  friend auto operator<=>(const dial_place&, const dial_place&) = default;
  /// "node-a:7400", "[::1]:7400"
  [[nodiscard]] std::string text() const;
};

/// Nothing when that is none.
std::optional<dial_place> dial_place_from(std::string_view text);

/// Which of them accept TCP connections at this moment, the quickest first. All are tried at once;
/// returns when the limit is over, or soon after the first has accepted: who does not answer at all
/// costs the others nothing. Addresses only. Blocks.
std::vector<dial_place> reachable(const std::vector<dial_place>& addresses,
                                  std::chrono::milliseconds limit);

/// The addresses behind names. One thread.
class address_book {
public:
  address_book();
  ~address_book();
  address_book(const address_book&) = delete;
  address_book& operator=(const address_book&) = delete;

  /// All addresses of all places, each once. A name server that does not answer costs at most
  /// `limit`, and then the addresses that the name had before are taken. Blocks.
  std::vector<dial_place> addresses_of(const std::vector<dial_place>& places,
                                       std::chrono::milliseconds limit);

private:
  struct question;
  std::map<dial_place, std::shared_ptr<question>> open_; ///< a thread each, until it is answered
  std::map<dial_place, std::vector<dial_place>> known_;
};

} // namespace vdoc::net
