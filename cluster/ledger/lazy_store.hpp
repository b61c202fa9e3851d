#pragma once

#include "cluster/ledger/store.hpp"

#include <functional>
#include <memory>
#include <string>

namespace vdoc::ledger {

/// A store that is opened when it is first needed, and tried again when that failed: to its owner a
/// database that cannot be opened looks like one that is away.
class lazy_store {
public:
  explicit lazy_store(std::function<std::unique_ptr<store>()> open) : open_{std::move(open)} {}

  /// Calls `ask` with the store; without one the answer is `store_down` and says why.
  template <class Answer, class Ask> Answer ask(Ask ask) {
    Answer answer;
    if (auto* opened = try_open(); opened != nullptr)
      return ask(*opened);
    answer.result = outcome::store_down;
    answer.trouble = trouble_;
    return answer;
  }

  batch_written write(const std::vector<entry>& batch, std::int64_t now_unix_ms) {
    if (auto* opened = try_open(); opened != nullptr)
      return opened->write(batch, now_unix_ms);
    return {std::vector<written>(batch.size(), {outcome::store_down, {}, 0}), trouble_, {}};
  }

  /// Nothing: it cannot be opened, and `trouble` says why.
  store* try_open() {
    if (!opened_)
      try {
        opened_ = open_();
      } catch (const std::exception& why) {
        trouble_ = why.what();
      }
    return opened_.get();
  }
  [[nodiscard]] const std::string& trouble() const noexcept { return trouble_; }

private:
  std::function<std::unique_ptr<store>()> open_;
  std::unique_ptr<store> opened_;
  std::string trouble_;
};

} // namespace vdoc::ledger
