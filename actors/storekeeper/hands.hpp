#pragma once

#include "actors/storekeeper/rules.hpp"
#include "cluster/artefacts/store_pool.hpp"

#include <array>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace vdoc::storekeeper {

using artefacts::connector;

/// Does what blocks: in the stores, and in the folders of results. Any thread.
class hands {
public:
  /// `jobs` has a folder of results for each job; in `passing` lies what is on its way from one
  /// store to the other. Without a fallback `to_fallback` is null.
  hands(connector to_store, connector to_fallback, std::function<bool()> leads,
        std::filesystem::path jobs, std::filesystem::path passing);

  struct results {
    std::vector<artefacts::result_file> files;
    bool from_fallback = false;
  };
  /// Of the job's folder; none when that is gone. Or those of the fallback, when the folder has no
  /// report and the fallback has. Throws std::filesystem::filesystem_error, artefacts::store_error.
  results files_of(const std::string& job, bool or_in_fallback);
  /// Nothing: it is there.
  std::optional<refusal> put(const std::string& job, const put_file& what);
  /// Removes all that is there of the job, the report first, so that what is left of it is not
  /// taken for a whole.
  std::optional<refusal> wipe(const std::string& job, target from);
  /// Removes the results from the job's folder, but for its report, if the store has all of them;
  /// a receipt says which before the first one goes. Ends with a refusal in the middle when the job
  /// is being done again, or another node leads.
  std::optional<refusal> drop(const std::string& job);

private:
  template <class Function> std::optional<refusal> with_store(target which, Function function);
  void fetch(const std::string& key, const std::filesystem::path& into);

  std::function<bool()> leads_;
  std::filesystem::path jobs_;
  std::filesystem::path passing_;
  std::array<artefacts::store_pool, 2> sides_;
};

} // namespace vdoc::storekeeper
