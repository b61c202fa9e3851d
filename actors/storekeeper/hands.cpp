#include "actors/storekeeper/hands.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <system_error>
#include <utility>

namespace vdoc::storekeeper {

namespace fs = std::filesystem;
using artefacts::cure;
using artefacts::store_error;

namespace {

constexpr const char* report = "job.json";

std::string in_words(const store_error& why) {
  return why.advice().empty() ? why.what() : std::string{why.what()} + "; " + why.advice();
}

void expect_lead(const std::function<bool()>& leads) {
  if (!leads())
    throw store_error{cure::wait, "this node does not lead any more"};
}

/// A file of ours alone (TMPDIR), for as long as this is there.
class passing_file {
public:
  passing_file() : folder_{(fs::temp_directory_path() / "video-doc-XXXXXX").string()} {
    if (::mkdtemp(folder_.data()) == nullptr)
      throw store_error{cure::wait, "cannot make " + folder_, "let TMPDIR name a folder"};
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

} // namespace

hands::hands(connector to_store, connector to_fallback, std::function<bool()> leads, fs::path jobs)
    : leads_{std::move(leads)}, jobs_{std::move(jobs)}, sides_{side{std::move(to_store), {}},
                                                               side{std::move(to_fallback), {}}} {}

template <class Function>
std::optional<refusal> hands::with_store(target which, Function function) {
  auto& its = sides_.at(static_cast<std::size_t>(which));
  std::unique_ptr<artefacts::store> mine;
  {
    const std::scoped_lock lock{mutex_};
    if (!its.idle.empty()) {
      mine = std::move(its.idle.back());
      its.idle.pop_back();
    }
  }
  try {
    if (!mine)
      mine = its.connect();
    expect_lead(leads_);
    function(*mine);
  } catch (const store_error& why) {
    return refusal{why.helps(), in_words(why)}; // with a new connection next time
  } catch (const std::exception& why) {
    return refusal{cure::wait, why.what()};
  }
  const std::scoped_lock lock{mutex_};
  its.idle.push_back(std::move(mine));
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
      passing.emplace();
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

} // namespace vdoc::storekeeper
