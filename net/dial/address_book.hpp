#pragma once

#include "net/dial/dial_place.hpp"

#include <functional>
#include <map>
#include <memory>
#include <vector>

namespace vdoc::net {

/// The addresses behind names. A name server may take its time, or never answer: each name is asked
/// about by a thread of its own, and what was known of it before counts meanwhile. One thread,
/// which never waits.
class address_book {
public:
  /// All addresses of a name, with the port; none: there are none. Blocks; any thread.
  using resolver = std::function<std::vector<dial_place>(const dial_place&)>;

  /// Without a resolver, getaddrinfo(3) is asked.
  explicit address_book(resolver ask = {});
  address_book(const address_book&) = delete;
  address_book& operator=(const address_book&) = delete;
  /// Does not wait for answers that are still open.
  ~address_book();

  /// Begins to ask about all names among them that are not being asked about already.
  void ask(const std::vector<dial_place>& places);
  /// Takes in the answers that have come; whether some are still open.
  bool hear();
  /// A descriptor that can be read when an answer has come since `hear`.
  [[nodiscard]] int bell() const noexcept;
  /// All addresses of all places, each once, as far as they are known.
  [[nodiscard]] std::vector<dial_place> known(const std::vector<dial_place>& places) const;

private:
  struct chime;
  struct question;
  resolver ask_;
  std::shared_ptr<chime> chime_;
  std::map<dial_place, std::shared_ptr<question>> open_;
  std::map<dial_place, std::vector<dial_place>> known_;
};

} // namespace vdoc::net
