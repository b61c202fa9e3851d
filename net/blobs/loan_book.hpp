#pragma once

#include "net/blobs/message.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace vdoc::blobs {

/// What one attempt of a task may do with files of its job, on a media host that does not share
/// the folder.
struct loan_terms {
  std::string host;           ///< that it was given to: "node-a/host-1"
  std::filesystem::path work; ///< folder that all names are relative to
  struct lent_file {
    std::string name;
    std::uint64_t bytes = UINT64_MAX; ///< not beyond these
  };
  std::vector<lent_file> reads;
  std::vector<std::string> writes; ///< "encoded/720p/00012.au"; "pictures/00012-*": what begins so
};

/// Which tasks are out, and what they may read and write: it is where stale results end. A pass is
/// lent for one attempt of a task, to one host, by one leader, and is worth nothing to others, and
/// to nobody once it is taken back. Any thread.
class loan_book {
public:
  /// Of a leader in that epoch.
  explicit loan_book(std::uint64_t epoch);

  /// A pass: "<epoch>.<32 hexadecimal digits>"
  std::string lend(loan_terms what);
  void take_back(const std::string& pass);

  struct finding {
    verdict how = verdict::given_up;
    std::shared_ptr<const loan_terms> terms; ///< when it is `done`
  };
  [[nodiscard]] finding find(const std::string& pass, const std::string& host) const;
  /// Does something that is over before the pass can be taken back; false when it has been.
  bool while_lent(const std::string& pass, const std::function<void()>& what) const;
  [[nodiscard]] bool is_lent(const std::string& pass) const;
  [[nodiscard]] std::size_t size() const;

private:
  std::string prefix_; ///< "<epoch>."
  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<const loan_terms>> lent_;
};

/// A pass that is taken back when its task is over, whichever way.
class loan {
public:
  loan() = default;
  /// Without a book there is nobody to lend to, and the pass is empty.
  loan(std::shared_ptr<loan_book> from, loan_terms what);
  loan(loan&& other) noexcept
      : book_{std::move(other.book_)}, pass_{std::exchange(other.pass_, {})} {}
  loan& operator=(loan&& other) noexcept {
    std::swap(book_, other.book_);
    std::swap(pass_, other.pass_);
    return *this;
  }
  loan(const loan&) = delete;
  loan& operator=(const loan&) = delete;
  ~loan();

  [[nodiscard]] const std::string& pass() const noexcept { return pass_; }

private:
  std::shared_ptr<loan_book> book_;
  std::string pass_;
};

} // namespace vdoc::blobs
