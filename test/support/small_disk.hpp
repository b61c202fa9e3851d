#pragma once

#include "test/support/temp_folder.hpp"

#include <filesystem>
#include <string>

namespace vdoc::test {

/// A disk of some megabytes (tmpfs) that this process and those it starts from then on see, and
/// nobody else: the process gets a name space of mounts of its own. Gone when this ends.
class small_disk {
public:
  /// The disk belongs to that user, if there is one, and else to "nobody". Throws
  /// std::runtime_error where nothing may be mounted: ask `may_be` first.
  small_disk(int megabytes, const std::string& user);
  ~small_disk();
  small_disk(const small_disk&) = delete;
  small_disk& operator=(const small_disk&) = delete;

  /// It takes root, and a container may be forbidden to do so all the same.
  static bool may_be();

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return folder_.path(); }
  /// Leaves no room, with a file of its own.
  void fill() const;
  void make_room() const;

private:
  temp_folder folder_;
};

} // namespace vdoc::test
