#include "actors/node/commit_watch.hpp"

#include "cluster/ledger/open_store.hpp"

#include <chrono>

namespace vdoc::node {

namespace {

using namespace std::chrono_literals;

/// How often a file is looked into; and a server, should it have said nothing.
constexpr auto between_looks_into_file = 500ms;
constexpr auto between_looks = 10s;

} // namespace

commit_watch::commit_watch(const std::string& url_or_path) {
  if (ledger::is_postgres_url(url_or_path))
    listener_.emplace(url_or_path, [this](const ledger::notice& /*what*/) {
      {
        const std::lock_guard lock{mutex_};
        committed_ = true;
      }
      changed_.notify_one();
    });
}

void commit_watch::wait() {
  std::unique_lock lock{mutex_};
  const std::chrono::milliseconds longest = listener_ ? between_looks : between_looks_into_file;
  changed_.wait_for(lock, longest, [this] { return committed_; });
  committed_ = false;
}

} // namespace vdoc::node
