#pragma once

#include "cluster/ledger/artefact_tasks.hpp"
#include "cluster/ledger/open_store.hpp"
#include "test/s3/s3_server.hpp"
#include "test/service/a_service.hpp"
#include "test/support/media_catalogue.hpp"
#include "test/support/until.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <map>
#include <string>

namespace vdoc::test {

constexpr const char* secret = "S3RVER";

inline std::string bytes_of(const std::filesystem::path& file) {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

/// Files with their content, by path; without hidden ones.
using content = std::map<std::string, std::string>;

inline content content_now(const std::filesystem::path& folder) {
  content all;
  if (!std::filesystem::exists(folder))
    return all;
  for (std::filesystem::recursive_directory_iterator it{folder}, end; it != end; ++it)
    if (it->is_regular_file() && !it->path().filename().string().starts_with("."))
      all[it->path().lexically_relative(folder).string()] = bytes_of(it->path());
    else if (it->is_directory() && it->path().filename().string().starts_with("."))
      it.disable_recursion_pending(); // what is in there comes and goes
  return all;
}

/// Looked at anew when a folder has gone meanwhile.
inline content content_of(const std::filesystem::path& folder) {
  for (int tries = 100;; --tries)
    try {
      return content_now(folder);
    } catch (const std::filesystem::filesystem_error&) {
      if (tries == 0)
        throw;
    }
}

/// What the bucket has below "results" of a job, as s3rver keeps it on its disk.
inline content stored_in(const s3_server& s3, const std::string& id) {
  constexpr std::string_view ending = "._S3rver_object";
  content all;
  for (auto& [name, bytes] : content_of(s3.folder() / "films/results" / id))
    if (name.ends_with(ending))
      all[name.substr(0, name.size() - ending.size())] = bytes;
  return all;
}

inline nlohmann::json a_film() {
  return {{"source", make(source_named("mp4_faststart")).string()},
          {"spec", {{"captions", "off"}, {"segment_ms", 2000}}}};
}

/// A service whose results go to a bucket. The settings can be changed before it starts.
struct a_service_with_a_store : a_service {
  s3_server s3;

  explicit a_service_with_a_store(bool now = true) {
    environment["VIDEO_DOC_ARTEFACTS_STORE"] = "s3://films/results";
    environment["VIDEO_DOC_ARTEFACTS_ENDPOINT"] = s3.endpoint();
    environment["AWS_ACCESS_KEY_ID"] = "S3RVER";
    environment["AWS_SECRET_ACCESS_KEY"] = secret;
    if (now)
      start();
  }

  std::string submit_film() { return submit(a_film()); }
  std::string does_film() {
    auto id = submit_film();
    BOOST_TEST(wait_for(id, "succeeded", std::chrono::seconds{300}), log());
    return id;
  }
  [[nodiscard]] std::filesystem::path folder_of(const std::string& id) const {
    return served() / "jobs" / id;
  }
  [[nodiscard]] nlohmann::json report(const std::string& id) const {
    return nlohmann::json::parse(bytes_of(folder_of(id) / "job.json"));
  }
  [[nodiscard]] content results_of(const std::string& id) const {
    return content_of(folder_of(id));
  }
  [[nodiscard]] content stored_of(const std::string& id) const { return stored_in(s3, id); }
  [[nodiscard]] std::string metrics() const {
    return run({{"curl", "-s", http() + "/metrics"}, {}, {}}, std::chrono::seconds{60}).out;
  }
  /// What the ledger says that is still to be done in the stores.
  [[nodiscard]] std::size_t tasks() const {
    return ledger::open_store(database())->read(ledger::artefacts_kind, "", 100).all.size();
  }
  bool waits_until_stored(const std::string& id) const {
    return until(std::chrono::seconds{120}, [&] { return stored_of(id).contains("job.json"); });
  }
};

} // namespace vdoc::test
