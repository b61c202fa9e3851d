#pragma once

#include "net/http/client_address.hpp"

#include <cstddef>
#include <string>
#include <unordered_map>

namespace vdoc::net {

/// How many connections there are, and of whom: who may have another one. One thread.
class connection_counts {
public:
  /// `most_of_address` 0: an eighth of all, and no limit for this machine itself.
  connection_counts(std::size_t most, std::size_t most_of_address)
      : most_{most}, most_of_address_{most_of_address} {}

  [[nodiscard]] bool is_full() const noexcept { return all_ >= most_; }
  [[nodiscard]] bool is_full_for(const client_address& whose) const {
    const auto found = of_.find(whose.network);
    return found != of_.end() && has_share(whose) && found->second >= share();
  }
  [[nodiscard]] std::size_t all() const noexcept { return all_; }

  void add(const client_address& whose) {
    ++all_;
    ++of_[whose.network];
  }
  /// One that was added.
  void remove(const client_address& whose) {
    --all_;
    const auto found = of_.find(whose.network);
    if (--found->second == 0)
      of_.erase(found);
  }

private:
  [[nodiscard]] bool has_share(const client_address& whose) const noexcept {
    return !whose.network.empty() && (most_of_address_ != 0 || !whose.is_local);
  }
  [[nodiscard]] std::size_t share() const noexcept {
    constexpr std::size_t parts = 8;
    return most_of_address_ != 0 ? most_of_address_ : (most_ + parts - 1) / parts;
  }

  std::size_t most_;
  std::size_t most_of_address_;
  std::size_t all_ = 0;
  std::unordered_map<std::string, std::size_t> of_; ///< by network
};

} // namespace vdoc::net
