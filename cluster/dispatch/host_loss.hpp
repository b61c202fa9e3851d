#pragma once

#include <array>
#include <cstdint>
#include <string>

namespace vdoc::dispatch {

/// How a media host came to its end.
enum class host_end : std::uint8_t {
  crashed, ///< a signal of its own making, or it ended by itself with an error
  hung,    ///< it stopped answering, so the node killed it
  starved, ///< the kernel killed it for lack of memory
  killed,  ///< SIGKILL from outside: an operator, a test, whoever moves containers
  lost,    ///< the connection broke and nobody knows why
  asked,   ///< drained, or the node is shutting down
};

inline std::string to_string(host_end how) {
  constexpr std::array<const char*, 6> names{"crashed", "hung", "starved",
                                             "killed",  "lost", "asked"};
  const auto at = static_cast<std::size_t>(how);
  return at < names.size() ? names[at] : "unknown end";
}

/// The end of a media host, in a form that decides and one that a person reads.
struct host_loss {
  host_end how = host_end::lost;
  std::string cause; ///< "SIGSEGV", "exit code 3: TRANSCODE: ...", "no answer for 6 s"

  /// Whether the work that the host held is suspect: three such losses make a fragment poison.
  [[nodiscard]] bool blames_work() const noexcept {
    return how == host_end::crashed || how == host_end::hung || how == host_end::starved;
  }

  friend bool operator==(const host_loss&, const host_loss&) = default;
};

template <class Inspector> typename Inspector::result_type inspect(Inspector& f, host_loss& x) {
  return f(x.how, x.cause);
}

} // namespace vdoc::dispatch
