#pragma once

#include "cluster/artefacts/directory_store.hpp"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace vdoc::test {

/// How a store is, and how often it was asked. Outlives connections to it.
struct watched_shelf {
  std::atomic<bool> away{false};
  std::atomic<int> looks{0}, reads{0};
  std::atomic<int> good_reads{1'000'000'000}; ///< then it is away
  std::atomic<std::uint64_t> longest_read{0};

  /// Everybody who asks waits from then on.
  void hold() {
    const std::scoped_lock lock{mutex_};
    holds_ = true;
  }
  void release() {
    const std::scoped_lock lock{mutex_};
    holds_ = false;
    released_.notify_all();
  }
  void pass() {
    std::unique_lock lock{mutex_};
    released_.wait(lock, [this] { return !holds_; });
    if (away)
      throw artefacts::store_error{artefacts::cure::wait, "shelf.example:9000: connection refused"};
  }

private:
  std::mutex mutex_;
  std::condition_variable released_;
  bool holds_ = false;
};

/// A folder as a store that can be away.
class watched_store final : public artefacts::store {
public:
  watched_store(std::filesystem::path root, std::shared_ptr<watched_shelf> shelf)
      : inner_{std::move(root)}, shelf_{std::move(shelf)} {}

  void put(const std::string& key, const std::filesystem::path& file,
           const artefacts::still_wanted& wanted) override {
    inner_.put(key, file, wanted);
  }
  std::optional<artefacts::object> look(const std::string& key) override {
    ++shelf_->looks;
    shelf_->pass();
    return inner_.look(key);
  }
  std::string read(const std::string& key, const std::string& etag, std::uint64_t first,
                   std::uint64_t length) override {
    if (++shelf_->reads > shelf_->good_reads)
      shelf_->away = true;
    if (length > shelf_->longest_read)
      shelf_->longest_read = length;
    shelf_->pass();
    return inner_.read(key, etag, first, length);
  }
  std::vector<std::string> list(const std::string& prefix) override { return inner_.list(prefix); }
  void remove(const std::string& key) override { inner_.remove(key); }
  [[nodiscard]] std::string name() const override { return inner_.name(); }

private:
  artefacts::directory_store inner_;
  std::shared_ptr<watched_shelf> shelf_;
};

} // namespace vdoc::test
