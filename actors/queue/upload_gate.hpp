#pragma once

#include "actors/queue/entry.hpp"
#include "cluster/uploads/upload_standing.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <utility>
#include <vector>

namespace vdoc::queue {

using uploads::upload_standing;

/// Jobs whose source is still being uploaded wait here. As many as `most_early` may run before all
/// of it is there: a slow client holds up nobody but itself.
class upload_gate {
public:
  using look = std::function<upload_standing(std::uint32_t upload)>;

  upload_gate(look at, std::uint32_t most_early) : look_{std::move(at)}, most_early_{most_early} {}

  /// Whether the source of a job is still on its way.
  [[nodiscard]] bool is_early(const entry& one) const {
    return one.upload != 0 && standing(one) != upload_standing::whole;
  }
  /// Whether a job may start, while so many run early.
  [[nodiscard]] bool lets_through(const entry& one, std::uint32_t running_early) const;
  void park(entry& one) { parked_[one.upload].emplace(one.turn, &one); }
  void take_out(entry& one);
  /// Takes out those that may go.
  std::vector<entry*> released(std::uint32_t running_early);
  [[nodiscard]] bool empty() const noexcept { return parked_.empty(); }

private:
  [[nodiscard]] upload_standing standing(const entry& one) const {
    return look_ ? look_(one.upload) : upload_standing::whole;
  }

  look look_;
  std::uint32_t most_early_;
  std::map<std::uint32_t, std::set<std::pair<std::uint64_t, entry*>>> parked_; ///< by arrival
};

} // namespace vdoc::queue
