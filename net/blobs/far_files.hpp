#pragma once

#include "net/blobs/client.hpp"
#include "net/blobs/files.hpp"
#include "net/blobs/piece_cache.hpp"

#include <functional>
#include <memory>
#include <string>

namespace vdoc::blobs {

/// The folder is the leader's alone: what tasks need is fetched over the data plane into a cache,
/// and results are handed in over it.
class far_files : public files {
public:
  /// `on_stranded` is called, on the task's thread, when the leader cannot be reached or our own
  /// disk refuses: then this host is of no use at the moment, and its tasks are for others. If it
  /// returns, std::runtime_error is thrown.
  far_files(std::shared_ptr<client> by, std::shared_ptr<piece_cache> cache,
            std::function<void(const std::string& why)> on_stranded);

  std::unique_ptr<workbench> prepare(const errand& what) override;

private:
  struct means;
  class bench;
  std::shared_ptr<means> with_;
};

} // namespace vdoc::blobs
