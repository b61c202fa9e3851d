#include "net/http/link_signer.hpp"

#include "net/http/spool_file.hpp"

#include <sodium.h>

#include <cerrno>
#include <charconv>
#include <fcntl.h>
#include <stdexcept>
#include <system_error>
#include <unistd.h>

namespace vdoc::net {

namespace {

[[noreturn]] void fail(const std::filesystem::path& file, const char* what) {
  throw std::runtime_error{file.string() + " " + what + ": " +
                           std::error_code{errno, std::generic_category()}.message()};
}

void make(const std::filesystem::path& file) {
  secret_key key{};
  randombytes_buf(key.data(), key.size());
  spool_file into{file, spool_file::readers::owner};
  into.write(key.data(), key.size());
  into.publish();
}

} // namespace

secret_key secret_in(const std::filesystem::path& file) {
  if (sodium_init() < 0)
    throw std::runtime_error{"libsodium cannot be used"};
  if (!std::filesystem::exists(file))
    make(file);
  const int from = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (from < 0)
    fail(file, "cannot be read");
  secret_key key{};
  const auto size = ::read(from, key.data(), key.size());
  ::close(from);
  if (size != static_cast<ssize_t>(key.size()))
    throw std::runtime_error{
        file.string() + " is no key of 32 bytes; remove it, and links that were signed are void"};
  return key;
}

std::string link_signer::sign(std::string_view job_id, std::int64_t until_unix_s) const {
  const auto until = std::to_string(until_unix_s);
  const auto what = until + "\n" + std::string{job_id};
  std::array<unsigned char, crypto_generichash_BYTES> mark{};
  crypto_generichash(mark.data(), mark.size(), reinterpret_cast<const unsigned char*>(what.data()),
                     what.size(), key_.data(), key_.size());
  constexpr int form = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
  std::array<char, sodium_base64_ENCODED_LEN(crypto_generichash_BYTES, form)> text{};
  sodium_bin2base64(text.data(), text.size(), mark.data(), mark.size(), form);
  return until + "-" + text.data();
}

bool link_signer::holds(std::string_view job_id, std::string_view link,
                        std::int64_t now_unix_s) const {
  const auto dash = link.find('-');
  if (dash == std::string_view::npos)
    return false;
  std::int64_t until = 0;
  const auto read = std::from_chars(link.data(), link.data() + dash, until);
  if (read.ec != std::errc{} || read.ptr != link.data() + dash || until <= now_unix_s)
    return false;
  const auto right = sign(job_id, until);
  return right.size() == link.size() && sodium_memcmp(right.data(), link.data(), link.size()) == 0;
}

} // namespace vdoc::net
