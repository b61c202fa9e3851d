#pragma once

#include "actors/storekeeper/rules.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace vdoc::storekeeper {

/// Does what blocks: in the store, and in the folders of results. Any thread.
class hands {
public:
  hands(std::function<std::unique_ptr<artefacts::store>()> connect, std::function<bool()> leads,
        std::filesystem::path jobs);

  /// Of the job's folder; none when that is gone. Throws std::filesystem::filesystem_error.
  [[nodiscard]] std::vector<artefacts::result_file> files_of(const std::string& job) const;
  /// Nothing: it is in the store.
  std::optional<refusal> put(const std::string& job, const std::string& path);
  /// Removes all that the store has of the job, the report first, so that what is left of it is
  /// not taken for a whole.
  std::optional<refusal> wipe(const std::string& job);

private:
  template <class Function> std::optional<refusal> with_store(Function function);

  std::function<std::unique_ptr<artefacts::store>()> connect_;
  std::function<bool()> leads_;
  std::filesystem::path jobs_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<artefacts::store>> idle_; ///< connections that nobody uses
};

} // namespace vdoc::storekeeper
