#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace vdoc::ledger::postgres {

/// Numbers and texts as PostgreSQL reads them in binary. What is not text is mended (`as_text`).
std::string in_binary(std::int32_t number);
std::string in_binary(std::int64_t number);
std::string in_binary(std::string_view text);

/// An array of rows of a composite type, as PostgreSQL reads it in binary. The values of a row are
/// texts, `integer` (32 bits) and `bigint` (64 bits), just as the columns of the type.
class binary_rows {
public:
  explicit binary_rows(std::uint32_t type);

  template <class... Values> void add(const Values&... values) {
    const auto row = begin_row(sizeof...(values));
    (put(values), ...);
    end_row(row);
  }
  [[nodiscard]] std::size_t size() const noexcept { return rows_; }
  /// Of the array with all its rows, which the object no longer has.
  [[nodiscard]] std::string written() &&;

private:
  std::size_t begin_row(std::size_t columns);
  void end_row(std::size_t begins_at);
  void put(std::int32_t number);
  void put(std::int64_t number);
  void put(std::uint64_t number) { put(static_cast<std::int64_t>(number)); }
  void put(std::string_view text);

  std::string bytes_;
  std::uint32_t rows_ = 0;
};

} // namespace vdoc::ledger::postgres
