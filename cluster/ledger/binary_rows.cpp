#include "cluster/ledger/binary_rows.hpp"

#include "cluster/ledger/fitness.hpp"

#include <array>

namespace vdoc::ledger::postgres {

namespace {

/// Types that every PostgreSQL has (pg_type.dat).
constexpr std::uint32_t type_of_bigint = 20, type_of_integer = 23, type_of_text = 25;

/// Where the number of rows is: dimensions, whether there are nulls, type, rows, index of the
/// first.
constexpr std::size_t rows_at = 12;

template <class Number> void append(std::string& to, Number number) {
  std::array<char, sizeof(number)> bytes{};
  for (std::size_t i = bytes.size(); i-- > 0; number >>= 8)
    bytes[i] = static_cast<char>(number & 0xff);
  to.append(bytes.data(), bytes.size());
}

template <class Number> std::string big_endian(Number number) {
  std::string bytes;
  append(bytes, number);
  return bytes;
}

std::uint32_t length_of(std::string_view bytes) {
  return static_cast<std::uint32_t>(bytes.size());
}

} // namespace

std::string in_binary(std::int32_t number) {
  return big_endian(static_cast<std::uint32_t>(number));
}
std::string in_binary(std::int64_t number) {
  return big_endian(static_cast<std::uint64_t>(number));
}
std::string in_binary(std::string_view text) {
  return as_text(std::string{text});
}

binary_rows::binary_rows(std::uint32_t type) {
  for (const std::uint32_t number : {1U, 0U, type, 0U, 1U})
    append(bytes_, number);
}

std::string binary_rows::written() && {
  bytes_.replace(rows_at, sizeof(rows_), big_endian(rows_));
  if (rows_ == 0) // has no dimensions
    bytes_.replace(0, sizeof(rows_), big_endian(0U)).resize(rows_at);
  return std::move(bytes_);
}

std::size_t binary_rows::begin_row(std::size_t columns) {
  const auto at = bytes_.size();
  append(bytes_, std::uint32_t{0});
  append(bytes_, static_cast<std::uint32_t>(columns));
  ++rows_;
  return at;
}

void binary_rows::end_row(std::size_t begins_at) {
  const auto length = bytes_.size() - begins_at - sizeof(std::uint32_t);
  bytes_.replace(begins_at, sizeof(std::uint32_t), big_endian(static_cast<std::uint32_t>(length)));
}

void binary_rows::put(std::int32_t number) {
  append(bytes_, type_of_integer);
  append(bytes_, static_cast<std::uint32_t>(sizeof(number)));
  append(bytes_, static_cast<std::uint32_t>(number));
}

void binary_rows::put(std::int64_t number) {
  append(bytes_, type_of_bigint);
  append(bytes_, static_cast<std::uint32_t>(sizeof(number)));
  append(bytes_, static_cast<std::uint64_t>(number));
}

void binary_rows::put(std::string_view text) {
  if (!is_text(text))
    return put(std::string_view{as_text(std::string{text})});
  append(bytes_, type_of_text);
  append(bytes_, length_of(text));
  bytes_.append(text);
}

} // namespace vdoc::ledger::postgres
