#pragma once

#include "cluster/artefacts/store.hpp"

namespace vdoc::artefacts {

/// A store that is a folder, shared or not: a key is the path of a file in it. The folder itself is
/// never made: one that is not there is taken for a disk that is not mounted.
class directory_store final : public store {
public:
  explicit directory_store(std::filesystem::path root);

  void put(const std::string& key, const std::filesystem::path& file,
           const still_wanted& wanted) override;
  std::optional<object> look(const std::string& key) override;
  std::string read(const std::string& key, const std::string& etag, std::uint64_t first,
                   std::uint64_t length) override;
  std::vector<std::string> list(const std::string& prefix) override;
  /// Folders that are empty then go, too.
  void remove(const std::string& key) override;
  [[nodiscard]] std::string name() const override { return root_.string(); }

  [[nodiscard]] const std::filesystem::path& root() const noexcept { return root_; }

private:
  [[nodiscard]] std::filesystem::path path_of(const std::string& key) const;
  void expect_root() const;

  std::filesystem::path root_;
};

} // namespace vdoc::artefacts
