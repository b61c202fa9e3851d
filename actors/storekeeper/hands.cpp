#include "actors/storekeeper/hands.hpp"

#include <algorithm>
#include <system_error>
#include <utility>

namespace vdoc::storekeeper {

namespace fs = std::filesystem;
using artefacts::cure;
using artefacts::store_error;

namespace {

std::string in_words(const store_error& why) {
  return why.advice().empty() ? why.what() : std::string{why.what()} + "; " + why.advice();
}

} // namespace

hands::hands(std::function<std::unique_ptr<artefacts::store>()> connect,
             std::function<bool()> leads, fs::path jobs)
    : connect_{std::move(connect)}, leads_{std::move(leads)}, jobs_{std::move(jobs)} {}

std::vector<artefacts::result_file> hands::files_of(const std::string& job) const {
  if (!fs::is_directory(jobs_ / job))
    return {};
  return artefacts::results_in(jobs_ / job);
}

template <class Function> std::optional<refusal> hands::with_store(Function function) {
  std::unique_ptr<artefacts::store> mine;
  {
    const std::scoped_lock lock{mutex_};
    if (!idle_.empty()) {
      mine = std::move(idle_.back());
      idle_.pop_back();
    }
  }
  try {
    if (!mine)
      mine = connect_();
    if (!leads_())
      throw store_error{cure::wait, "this node does not lead any more"};
    function(*mine);
  } catch (const store_error& why) {
    return refusal{why.helps(), in_words(why)}; // with a new connection next time
  } catch (const std::exception& why) {
    return refusal{cure::wait, why.what()};
  }
  const std::scoped_lock lock{mutex_};
  idle_.push_back(std::move(mine));
  return std::nullopt;
}

std::optional<refusal> hands::put(const std::string& job, const std::string& path) {
  return with_store(
      [&](artefacts::store& store) { store.put(job + "/" + path, jobs_ / job / path, leads_); });
}

std::optional<refusal> hands::wipe(const std::string& job) {
  return with_store([&](artefacts::store& store) {
    auto keys = store.list(job + "/");
    const auto turn = [&](const std::string& key) {
      return -artefacts::turn_of(key.substr(job.size() + 1));
    };
    std::ranges::stable_sort(keys, {}, turn);
    for (const auto& key : keys) {
      if (!leads_())
        throw store_error{cure::wait, "this node does not lead any more"};
      store.remove(key);
    }
  });
}

} // namespace vdoc::storekeeper
