#pragma once

#include <filesystem>

namespace vdoc::gst {

/// The right to feed encoders, for processes that share a few cores. One fragment of several
/// rungs keeps two cores busy, and faster than two fragments side by side do, which take each
/// other's caches; another one begins when the encoders of the first have got all their pictures.
/// A lock on a file (flock), which ends with its process. One thread; nothing blocks.
class turn {
public:
  /// Shared with nobody: it can be taken at any time.
  turn() = default;
  /// Makes the file if need be. Throws std::system_error.
  explicit turn(const std::filesystem::path& file);
  turn(turn&& other) noexcept;
  turn& operator=(turn&& other) noexcept;
  ~turn();

  /// Whether it is ours now, or was already.
  bool take();
  void leave();

private:
  int file_ = -1;
};

} // namespace vdoc::gst
