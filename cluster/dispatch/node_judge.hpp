#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vdoc::dispatch {

/// What it takes to say that a node, and not the work, is to blame.
struct judge_terms {
  std::int64_t window_ms = 900'000; ///< older evidence does not count
  std::uint32_t least = 3;          ///< pieces of work that failed there and succeeded elsewhere
  double least_rate = 0.2;          ///< of all that the node has ended
  double times_others = 4;          ///< and so many times the rate of all others together
};

/// A node whose work fails where that of others succeeds.
struct bad_node {
  std::string node;
  std::string evidence; ///< for people
  friend bool operator==(const bad_node&, const bad_node&) = default;
};

/// Compares nodes by what becomes of the same pieces of work. A failure alone says nothing: the
/// source may be bad. Only what failed on one node and then succeeded on another one counts, once
/// for each piece of work, and only against how often that happens to the other nodes: if it
/// happens to all, it is chance or the program. Times are of a clock that never steps.
class node_judge {
public:
  explicit node_judge(const judge_terms& terms = {}) : terms_{terms} {}

  /// Not by the fault of the source, as far as is known. A piece of work has one name, however
  /// often it is tried.
  void failed(std::string_view work, const std::string& node, const std::string& cause,
              std::int64_t now_ms);
  /// Nodes that this shows to be bad.
  std::vector<bad_node> succeeded(std::string_view work, const std::string& node,
                                  std::int64_t now_ms);
  /// What was found so far counts no more against that node.
  void forgive(const std::string& node);

private:
  static constexpr std::size_t spans = 16; ///< into which the window is cut, for counts
  static constexpr std::size_t most_works = 10'000;

  struct failure {
    std::string node;
    std::string cause;
    std::int64_t at_ms = 0;
  };
  struct contradiction {
    std::string work;
    std::string elsewhere; ///< where it succeeded
    std::string cause;     ///< why it had failed here
    std::int64_t at_ms = 0;
  };
  struct record {
    std::deque<contradiction> bad;
    std::array<std::uint32_t, spans> good{};     ///< by span of time
    std::array<std::int64_t, spans> good_span{}; ///< which span each of these is of
  };

  [[nodiscard]] std::int64_t span_of(std::int64_t now_ms) const;
  [[nodiscard]] std::uint32_t good_of(const record& it, std::int64_t now_ms) const;
  void drop_old(std::int64_t now_ms);
  [[nodiscard]] std::optional<bad_node> judge(const std::string& node, std::int64_t now_ms) const;

  judge_terms terms_;
  std::map<std::string, std::vector<failure>, std::less<>> open_; ///< by work; not yet succeeded
  std::map<std::string, record> nodes_;
};

} // namespace vdoc::dispatch
