#include "net/blobs/local_file.hpp"

#include <sodium.h>

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace vdoc::blobs {

local_file::local_file(const std::filesystem::path& path, int flags)
    : path_{path}, descriptor_{::open(path.c_str(), flags | O_CLOEXEC, 0644)} {
  if (descriptor_ < 0)
    refuse();
}

local_file::~local_file() {
  ::close(descriptor_);
}

void local_file::refuse() const {
  throw std::system_error{errno, std::generic_category(), path_.string()};
}

std::uint64_t local_file::size() const {
  struct stat found {};
  if (::fstat(descriptor_, &found) != 0)
    refuse();
  return static_cast<std::uint64_t>(found.st_size);
}

std::string local_file::read(std::uint64_t offset, std::size_t most) const {
  std::string bytes(most, '\0');
  std::size_t got = 0;
  while (got < most) {
    const auto more =
        ::pread(descriptor_, bytes.data() + got, most - got, static_cast<off_t>(offset + got));
    if (more < 0 && errno == EINTR)
      continue;
    if (more < 0)
      refuse();
    if (more == 0)
      break;
    got += static_cast<std::size_t>(more);
  }
  bytes.resize(got);
  return bytes;
}

void local_file::write(std::uint64_t offset, const std::string& bytes) const {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const auto more = ::pwrite(descriptor_, bytes.data() + done, bytes.size() - done,
                               static_cast<off_t>(offset + done));
    if (more < 0 && errno == EINTR)
      continue;
    if (more < 0)
      refuse();
    done += static_cast<std::size_t>(more);
  }
}

void local_file::sync() const {
  if (::fdatasync(descriptor_) != 0)
    refuse();
}

digest local_file::digest_of_first(std::uint64_t bytes) const {
  crypto_generichash_state all;
  crypto_generichash_init(&all, nullptr, 0, crypto_generichash_BYTES);
  for (std::uint64_t at = 0; at < bytes;) {
    const auto part = read(at, std::min<std::uint64_t>(chunk_bytes, bytes - at));
    if (part.empty())
      break;
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): libsodium wants unsigned bytes
    const auto* begin = reinterpret_cast<const unsigned char*>(part.data());
    crypto_generichash_update(&all, begin, part.size());
    at += part.size();
  }
  digest sum{};
  crypto_generichash_final(&all, sum.data(), sum.size());
  return sum;
}

} // namespace vdoc::blobs
