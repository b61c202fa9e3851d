#pragma once

#include "cluster/uploads/upload_store.hpp"
#include "net/http/tus.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace vdoc::net {

/// What one request brings of an upload, on its way to the disk. Bytes with a checksum are put
/// aside until it is known that they are right: nobody reads wrong ones. On one thread of the disk.
class upload_writer {
public:
  struct order {
    uploads::upload what;
    bool is_new = false;
    std::uint64_t offset = 0; ///< where the client believes it to be
    tus::checksum sum = {};
    std::optional<std::uint64_t> length = std::nullopt; ///< said now, of one that had none
  };
  /// The store outlives it.
  upload_writer(uploads::upload_store& store, order what, std::function<std::int64_t()> unix_ms);
  upload_writer(const upload_writer&) = delete;
  upload_writer& operator=(const upload_writer&) = delete;
  ~upload_writer();

  void begin();
  void append(std::string_view bytes);
  /// Returns when what came is safe.
  void finish();

  /// What went wrong, the first of it; nothing more is written then.
  [[nodiscard]] const std::optional<web_answer>& refusal() const noexcept { return refusal_; }
  /// How far the upload is.
  [[nodiscard]] std::uint64_t safe() const noexcept { return safe_; }

private:
  struct digest;
  template <class Work> void carefully(Work work);
  void take_over_what_is_right();
  void keep_length(std::uint64_t length);
  [[nodiscard]] std::optional<web_answer> complaint(std::uint64_t bytes);

  uploads::upload_store& store_;
  order what_;
  std::function<std::int64_t()> unix_ms_;
  std::optional<uploads::upload_file> file_;
  std::optional<uploads::upload_file> aside_;
  std::unique_ptr<digest> digest_;
  std::optional<web_answer> refusal_;
  std::uint64_t safe_ = 0;
};

} // namespace vdoc::net
