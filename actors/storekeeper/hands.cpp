#include "actors/storekeeper/hands.hpp"

#include "cluster/artefacts/receipt.hpp"
#include "pipelines/manifest/durable.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
#include <set>
#include <stdexcept>
#include <sys/stat.h>
#include <system_error>
#include <utility>

namespace vdoc::storekeeper {

namespace fs = std::filesystem;
using artefacts::cure;
using artefacts::result_file;
using artefacts::store_error;
using artefacts::store_pool;

namespace {

constexpr const char* report = "job.json";

std::string in_words(const store_error& why) {
  return why.advice().empty() ? why.what() : std::string{why.what()} + "; " + why.advice();
}

void expect_lead(const std::function<bool()>& leads) {
  if (!leads())
    throw store_error{cure::wait, "this node does not lead any more"};
}

/// A file of ours alone, for as long as this is there.
class passing_file {
public:
  explicit passing_file(const fs::path& below) : folder_{(below / "XXXXXX").string()} {
    std::error_code wrong;
    fs::create_directories(below, wrong);
    if (::mkdtemp(folder_.data()) == nullptr)
      throw store_error{cure::wait, "cannot make a folder in " + below.string(), "make room there"};
  }
  passing_file(const passing_file&) = delete;
  passing_file& operator=(const passing_file&) = delete;
  ~passing_file() {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  [[nodiscard]] fs::path path() const { return fs::path{folder_} / "passing"; }

private:
  std::string folder_;
};

/// A job's report, which every attempt writes at its end: another file each time. A job that is
/// done anew removes it before it makes anything.
class report_mark {
public:
  explicit report_mark(const fs::path& folder) : file_{folder / report}, before_{look()} {}

  void expect_same() const {
    if (before_ == std::pair<ino_t, std::int64_t>{} || look() != before_)
      throw std::runtime_error{file_.string() + " is not there any more: the job is done again"};
  }

private:
  [[nodiscard]] std::pair<ino_t, std::int64_t> look() const {
    constexpr std::int64_t ns_per_s = 1'000'000'000;
    struct stat now {};
    if (::lstat(file_.c_str(), &now) != 0)
      return {};
    return {now.st_ino, now.st_mtim.tv_sec * ns_per_s + now.st_mtim.tv_nsec};
  }

  fs::path file_;
  std::pair<ino_t, std::int64_t> before_;
};

/// What may go from a folder, by path.
std::map<std::string, std::uint64_t> copies_in(const fs::path& folder) {
  std::map<std::string, std::uint64_t> all;
  for (const auto& one : artefacts::results_in(folder))
    if (one.path != report && one.path.find('\n') == std::string::npos)
      all.emplace(one.path, one.bytes);
  return all;
}

} // namespace

hands::hands(connector to_store, connector to_fallback, std::function<bool()> leads, fs::path jobs,
             fs::path passing)
    : leads_{std::move(leads)}, jobs_{std::move(jobs)}, passing_{std::move(passing)},
      sides_{store_pool{std::move(to_store)}, store_pool{std::move(to_fallback)}} {}

template <class Function>
std::optional<refusal> hands::with_store(target which, Function function) {
  try {
    sides_.at(static_cast<std::size_t>(which)).use([&](artefacts::store& store) {
      expect_lead(leads_);
      function(store);
    });
  } catch (const store_error& why) {
    return refusal{why.helps(), in_words(why)}; // with a new connection next time
  } catch (const std::exception& why) {
    return refusal{cure::wait, why.what()};
  }
  return std::nullopt;
}

hands::results hands::files_of(const std::string& job, bool or_in_fallback) {
  results found;
  if (fs::is_directory(jobs_ / job))
    found.files = artefacts::results_in(jobs_ / job);
  const auto is_report = [](const artefacts::result_file& one) { return one.path == report; };
  if (!or_in_fallback || std::ranges::any_of(found.files, is_report))
    return found;
  results there{{}, true};
  const auto no = with_store(target::fallback, [&](artefacts::store& store) {
    for (const auto& key : store.list(job + "/"))
      if (!key.ends_with(".part"))
        if (const auto object = store.look(key))
          there.files.push_back({key.substr(job.size() + 1), object->bytes});
  });
  if (no)
    throw store_error{no->helps, no->why};
  return std::ranges::any_of(there.files, is_report) ? there : found;
}

void hands::fetch(const std::string& key, const fs::path& into) {
  constexpr std::uint64_t piece_bytes = 1'024UL * 1'024;
  const auto no = with_store(target::fallback, [&](artefacts::store& store) {
    const auto object = store.look(key);
    if (!object)
      throw store_error{cure::wait, "the fallback store has no " + key + " any more"};
    std::ofstream out{into, std::ios::binary};
    for (std::uint64_t at = 0; at < object->bytes; at += piece_bytes) {
      expect_lead(leads_);
      out << store.read(key, object->etag, at, std::min(piece_bytes, object->bytes - at));
    }
    out.flush();
    if (!out)
      throw store_error{cure::wait, "cannot write " + into.string(), "make room there"};
  });
  if (no)
    throw store_error{cure::wait, no->why};
}

std::optional<refusal> hands::put(const std::string& job, const put_file& what) {
  const auto key = job + "/" + what.path;
  std::optional<passing_file> passing;
  if (what.from_fallback) {
    try {
      passing.emplace(passing_);
      fetch(key, passing->path());
    } catch (const store_error& why) {
      return refusal{cure::wait, why.what(), true};
    }
  }
  const auto file = passing ? passing->path() : jobs_ / job / what.path;
  return with_store(what.to, [&](artefacts::store& store) { store.put(key, file, leads_); });
}

std::optional<refusal> hands::wipe(const std::string& job, target from) {
  return with_store(from, [&](artefacts::store& store) {
    auto keys = store.list(job + "/");
    const auto turn = [&](const std::string& key) {
      return -artefacts::turn_of(key.substr(job.size() + 1));
    };
    std::ranges::stable_sort(keys, {}, turn);
    for (const auto& key : keys) {
      expect_lead(leads_);
      store.remove(key);
    }
  });
}

std::optional<refusal> hands::drop(const std::string& job) {
  const auto folder = jobs_ / job;
  try {
    const report_mark mark{folder};
    mark.expect_same();
    const auto copies = copies_in(folder);
    auto all = copies;
    for (auto& one : artefacts::read_receipt(folder)) // of a drop that did not come to its end
      all.try_emplace(std::move(one.path), one.bytes);
    std::set<std::string> there;
    if (auto no = with_store(target::store, [&](artefacts::store& store) {
          for (auto& key : store.list(job + "/"))
            there.insert(key.substr(job.size() + 1));
        }))
      return no;
    std::vector<result_file> gone;
    gone.reserve(all.size());
    for (const auto& [path, bytes] : all)
      gone.push_back({path, bytes});
    for (const auto& one : gone)
      if (!there.contains(one.path))
        return refusal{cure::none, "the store does not have " + job + "/" + one.path};
    expect_lead(leads_);
    mark.expect_same();
    fs::create_directory(artefacts::receipt_in(folder).parent_path());
    manifest::write_durably(artefacts::receipt_in(folder),
                            std::string_view{artefacts::receipt_of(gone)});
    // The entrance first: who takes results over at the time sees by it that they are going.
    std::erase_if(gone, [&](const result_file& one) { return !copies.contains(one.path); });
    std::ranges::stable_sort(gone, {},
                             [](const result_file& one) { return -artefacts::turn_of(one.path); });
    for (const auto& one : gone) {
      expect_lead(leads_);
      mark.expect_same();
      fs::remove(folder / one.path);
    }
  } catch (const std::exception& why) {
    return refusal{cure::wait, why.what(), true};
  }
  return std::nullopt;
}

} // namespace vdoc::storekeeper
