#include "pipelines/manifest/durable.hpp"

#include <cerrno>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace vdoc::manifest {

namespace {

/// Owns a file that is being written aside; removes it unless it was renamed.
class aside {
public:
  explicit aside(const std::filesystem::path& target)
      : target_{target}, path_{target.string() + ".part"},
        descriptor_{::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644)} {
    check(descriptor_ >= 0);
  }
  aside(const aside&) = delete;
  aside& operator=(const aside&) = delete;
  ~aside() {
    if (descriptor_ >= 0)
      ::close(descriptor_);
    if (!renamed_)
      ::unlink(path_.c_str());
  }

  void write(const char* bytes, std::size_t size) {
    while (size > 0) {
      const auto written = ::write(descriptor_, bytes, size);
      if (written < 0 && errno == EINTR)
        continue;
      check(written >= 0);
      bytes += written;
      size -= static_cast<std::size_t>(written);
    }
  }

  void keep(bool durable) {
    check(!durable || ::fdatasync(descriptor_) == 0);
    check(::close(std::exchange(descriptor_, -1)) == 0);
    check(::rename(path_.c_str(), target_.c_str()) == 0);
    renamed_ = true;
  }

private:
  void check(bool good) const {
    if (!good)
      throw std::system_error{errno, std::generic_category(), "cannot write " + target_.string()};
  }

  std::filesystem::path target_;
  std::filesystem::path path_;
  int descriptor_;
  bool renamed_ = false;
};

void write(const std::filesystem::path& target, const char* bytes, std::size_t size, bool durable) {
  aside file{target};
  file.write(bytes, size);
  file.keep(durable);
}

} // namespace

void write_durably(const std::filesystem::path& target, std::span<const std::uint8_t> content) {
  write(target, reinterpret_cast<const char*>(content.data()), content.size(), true);
}

void write_durably(const std::filesystem::path& target, std::string_view content) {
  write(target, content.data(), content.size(), true);
}

void write_whole(const std::filesystem::path& target, std::string_view content) {
  write(target, content.data(), content.size(), false);
}

} // namespace vdoc::manifest
