#pragma once

#include "cluster/uploads/upload_standing.hpp"
#include "cluster/uploads/upload_store.hpp"
#include "pipelines/probe/growing_file.hpp"

#include <cstdint>
#include <map>
#include <memory>

namespace vdoc::node {

/// Tells QUEUE where uploads stand that its jobs wait for. On QUEUE's thread.
class upload_watch {
public:
  explicit upload_watch(std::shared_ptr<uploads::upload_store> of) : of_{std::move(of)} {}

  uploads::upload_standing standing_of(std::uint32_t number);

private:
  std::shared_ptr<uploads::upload_store> of_;
  /// What is known of the beginnings of those that are on their way, by number.
  std::map<std::uint32_t, probe::beginning> beginnings_;
};

} // namespace vdoc::node
