#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace vdoc::test {

/// Bad input: what it is, and what an honest engine may say of it.
struct broken_source {
  std::string name;
  std::filesystem::path file; ///< or a folder, or a name where nothing is
  /// May part of it be decoded, so that a result with warnings is as good as a refusal?
  bool may_succeed = false;
  /// A word that the one line about it must hold, whatever its wording ("" any).
  std::string must_say;
  std::string skipped;
};

/// Makes one of each in `folder`. Cheap after the first time: what they are cut from is cached.
std::vector<broken_source> make_broken_sources(const std::filesystem::path& folder);

} // namespace vdoc::test
