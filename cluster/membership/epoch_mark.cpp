#include "cluster/membership/epoch_mark.hpp"

#include <array>
#include <charconv>
#include <fcntl.h>
#include <string>
#include <unistd.h>

namespace vdoc::membership {

namespace {

/// Written in place: over NFS a file that is opened is looked at anew, the name of one that was
/// renamed may not be for a while.
constexpr int longest = 20;

} // namespace

std::uint64_t read_epoch(const std::filesystem::path& mark) {
  const int from = ::open(mark.c_str(), O_RDONLY | O_CLOEXEC);
  if (from < 0)
    return 0;
  std::array<char, longest> digits{};
  const auto count = ::pread(from, digits.data(), digits.size(), 0);
  ::close(from);
  std::uint64_t epoch = 0;
  if (count == longest) // not half of one
    std::from_chars(digits.data(), digits.data() + count, epoch);
  return epoch;
}

void write_epoch(const std::filesystem::path& mark, std::uint64_t epoch) {
  const int into = ::open(mark.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
  if (into < 0)
    return;
  auto digits = std::to_string(epoch);
  digits.resize(longest, '\n');
  if (::pwrite(into, digits.data(), digits.size(), 0) == longest)
    ::fdatasync(into);
  ::close(into);
}

} // namespace vdoc::membership
