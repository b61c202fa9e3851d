#pragma once

#include <stdexcept>
#include <string>

namespace vdoc {

/// Whose fault it is: that decides retry, breaker, quarantine and alert, not the text.
enum class culprit : unsigned char {
  user, ///< the input or the options: trying again is of no use
  peer, ///< a source host, a disk, a service: trying again later may help
  ours, ///< a bug or a crash: tried again on a fresh media host, then poison
};

/// A failure that a person has to read: one line that says what is wrong and what to do.
struct fault {
  culprit whose = culprit::ours;
  std::string what;   ///< "talk.mp4 is empty (0 bytes)"
  std::string advice; ///< "upload it again"; may be empty
  std::string where;  ///< element, fragment or position; for logs, may be empty
  friend bool operator==(const fault&, const fault&) = default;
};

/// Thrown inside pipelines/, caught by the actor that called.
class failure : public std::runtime_error {
public:
  explicit failure(fault why) : std::runtime_error{why.what}, why_{std::move(why)} {}
  [[nodiscard]] const fault& why() const noexcept { return why_; }

private:
  fault why_;
};

} // namespace vdoc
