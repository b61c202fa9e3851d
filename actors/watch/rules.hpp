#pragma once

#include "actors/watch/folder.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace vdoc::watch {

struct terms {
  std::int64_t settle_ms = 5'000; ///< a file that stays the same for so long is whole
  /// Files that are gone are remembered for so long: a folder may be gone for a while, too.
  std::int64_t forget_ms = std::int64_t{24} * 3'600 * 1'000;
};

/// What is to be written down of a file: what it was when it was dealt with, or nothing: forget it.
struct remark {
  std::string name;
  std::string identity;
  friend bool operator==(const remark&, const remark&) = default;
};

/// Which files become jobs: WATCH's rules. Times are those of a clock that never steps; those of
/// files are another machine's, perhaps, and only compared with each other.
///
///     new --the same for `settle_ms`--> whole --submitted--> to be written down --written--> known
///      ^-- changes ------------------------------------------------------------------------'
///
/// Each file is submitted until it is taken or refused for good, and each time under the same key,
/// so that a crash between any two steps makes no second job of it.
class rules {
public:
  explicit rules(const terms& by) : terms_{by} {}

  /// Of an earlier life: the file of this `name` was dealt with when it was that one.
  void take_known(const std::string& name, const std::string& identity);

  /// What a look at the folder has found: all of it.
  void look(const std::vector<sighting>& all, std::int64_t now_ms);

  /// Files to submit now, each once until it is said what became of it.
  std::vector<sighting> to_submit(std::size_t most);
  /// Taken, or refused for good. Otherwise it has its turn again.
  void submitted(const sighting& file, bool settled);

  /// To write down, each once until it is said whether it is.
  std::vector<remark> to_write(std::size_t most);
  void written(const remark& what, bool done);

  /// Files that wait to be whole or to be taken.
  [[nodiscard]] std::size_t open() const;

private:
  enum class stage : std::uint8_t {
    growing,
    whole,
    submitting,
    dealt_with,
    writing, ///< that it is dealt with
    known,
    gone,
    going, ///< that it is gone is being written
  };
  struct file {
    std::string path; ///< empty until it is seen in this life
    std::string identity;
    stage at = stage::growing;
    std::int64_t since_ms = 0; ///< growing: the same since then; known: last seen then, or never
  };
  void see(const sighting& it, std::int64_t now_ms);
  static constexpr std::int64_t never = -1;

  terms terms_;
  std::map<std::string, file> files_; ///< by name
};

/// A path as a name of the ledger: short, whatever bytes are in it.
std::string name_of(const std::string& path);
/// The idempotency key of a file's job.
std::string key_of(const sighting& file);

} // namespace vdoc::watch
