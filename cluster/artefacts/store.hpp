#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace vdoc::artefacts {

/// What helps against a store's refusal.
enum class cure : std::uint8_t {
  wait,    ///< nothing of ours is wrong: it does not answer, is overloaded, has no room
  operate, ///< nothing will get better until somebody sets it right: no access, no such bucket
  none,    ///< it takes other things, but never this one
};

/// A store did not do what it was asked for. `what()` is one line without secrets.
class store_error : public std::runtime_error {
public:
  store_error(cure helps, const std::string& what, std::string advice = {})
      : std::runtime_error{what}, helps_{helps}, advice_{std::move(advice)} {}

  [[nodiscard]] cure helps() const noexcept { return helps_; }
  /// What to do about it; may be empty.
  [[nodiscard]] const std::string& advice() const noexcept { return advice_; }

private:
  cure helps_;
  std::string advice_;
};

/// Where results are put: into the store, or, while that is away, into another one.
enum class target : std::uint8_t { store, fallback };

/// Something in a store.
struct object {
  std::uint64_t bytes = 0;
  std::string etag; ///< quoted, as in HTTP; changes whenever the bytes do
  std::int64_t modified_unix_s = 0;
};

/// Looked at twice a second or so while something is sent; false ends that with a store_error.
using still_wanted = std::function<bool()>;

/// Where results of jobs are kept for good. A key is a path below the store, in UTF-8:
/// "0192.../video/720p/init.mp4". An object is there as a whole or not at all. All of it blocks the
/// calling thread, but never for ever, and throws store_error. One thread at a time.
class store {
public:
  store() = default;
  store(const store&) = delete;
  store& operator=(const store&) = delete;
  virtual ~store() = default;

  /// Makes the file's bytes the object of that name, in the place of what was there.
  virtual void put(const std::string& key, const std::filesystem::path& file,
                   const still_wanted& wanted) = 0;
  /// Nothing: there is no such object.
  virtual std::optional<object> look(const std::string& key) = 0;
  /// `length` bytes from `first` on, which are there; of an object whose etag this is, or else it
  /// throws. At most a few megabytes at a time.
  virtual std::string read(const std::string& key, const std::string& etag, std::uint64_t first,
                           std::uint64_t length) = 0;
  /// All keys that begin with that, in no order, and what a crash has left unfinished.
  virtual std::vector<std::string> list(const std::string& prefix) = 0;
  /// What is not there is no error.
  virtual void remove(const std::string& key) = 0;
  /// For people: "s3://films/results", "/mnt/results".
  [[nodiscard]] virtual std::string name() const = 0;
};

/// Makes connections to a store; null: there is none.
using connector = std::function<std::unique_ptr<store>()>;

} // namespace vdoc::artefacts
