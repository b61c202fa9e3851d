#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace vdoc::dispatch {

/// One line of a cost book, as it is kept: the last costs of a kind of work on a node.
struct cost_line {
  std::string work;         ///< empty: how slow the node is, whatever the work (1: as most)
  std::string node;         ///< empty: over all nodes
  std::vector<double> last; ///< milliseconds a unit, or ratios; the oldest first
  friend bool operator==(const cost_line&, const cost_line&) = default;
};

/// Learns what a kind of work costs on a node, and predicts the next one.
///
/// It goes by medians of the last 15: up to seven that failed early, or stood still for an hour,
/// change nothing, and a node that has become slower is known after eight. Work that a node has
/// not done three times is taken to cost what it costs elsewhere, times how slow the node is in
/// other work. Holds at most 10,000 lines, and forgets what it has not heard of for longest.
class cost_book {
public:
  /// `units` of `work` took `took_ms` on `node`. Nothing is learned of 0 units or 0 ms.
  void learn(std::string_view work, std::string_view node, std::uint32_t units,
             std::int64_t took_ms);
  /// Milliseconds; nothing when nothing is known of this work. An empty node: of any.
  [[nodiscard]] std::optional<double> expect(std::string_view work, std::string_view node,
                                             std::uint32_t units) const;
  /// 1: as slow as most. 2: takes twice as long.
  [[nodiscard]] double slowness(std::string_view node) const;

  /// All that is known, as plain numbers.
  [[nodiscard]] std::vector<cost_line> lines() const;
  /// Takes over what was kept; numbers that are no costs are left out.
  void restore(const std::vector<cost_line>& kept);

private:
  using key = std::pair<std::string, std::string>; ///< work, node
  using key_view = std::pair<std::string_view, std::string_view>;
  struct line {
    std::vector<double> last;
    std::size_t next = 0; ///< place of the oldest, once it is full
    double median = 0;
    std::uint64_t heard = 0;
    void add(double value);
  };

  line& line_of(std::string_view work, std::string_view node);
  [[nodiscard]] const line* find(std::string_view work, std::string_view node) const;

  struct before {
    using is_transparent = void;
    template <class A, class B> bool operator()(const A& a, const B& b) const {
      return key_view{a.first, a.second} < key_view{b.first, b.second};
    }
  };
  std::map<key, line, before> lines_;
  std::uint64_t tick_ = 0;
};

} // namespace vdoc::dispatch
