#pragma once

#include "actors/node/configuration.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

namespace vdoc::node {

/// Where a node that is part of a cluster has its certificate from.
struct cluster_identity {
  std::filesystem::path folder; ///< ca.pem, node.pem, node.key, crl.pem: `cluster issue` makes them
  std::string node;             ///< its name
};

/// A private certificate authority for one node and its media hosts. CAF checks no names: whoever
/// has a certificate of the authority is a full peer, so it signs for this one node only, its key
/// never leaves memory, and its certificates live for a day (P-256, ECDSA with SHA-256).
///
/// Lies in a folder of mode 0700 below the temporary directory: ca.pem, node.pem, node.key,
/// host.pem, host.key. The destructor removes it; folders that a killed node left behind are
/// removed by the next one. One thread at a time.
///
/// A node of a cluster has the cluster's certificate instead, for its media hosts too: CAF has one
/// identity for all connections of a process, and a media host dials its own node as well as the
/// leader. Then the folder holds copies, so that files that are being replaced are never read.
class certificates {
public:
  /// Throws vdoc::failure when the folder or a certificate cannot be made.
  certificates();
  /// Hears when the cluster's certificate ends, of each that is taken up. Any thread.
  using end_listener = std::function<void(std::chrono::system_clock::time_point)>;
  /// Throws vdoc::failure with the first thing that is wrong with the cluster's files.
  explicit certificates(const cluster_identity& of, end_listener told = {});
  certificates(const certificates&) = delete;
  certificates& operator=(const certificates&) = delete;
  ~certificates();

  [[nodiscard]] const std::filesystem::path& folder() const noexcept;
  [[nodiscard]] credentials of_node() const;
  /// Signs new certificates when half of the day is over: a node may live longer than that, and
  /// CAF reads them anew for every connection. Of a cluster: takes new files up when they are good,
  /// and says so or why not in the log, as
  /// it does from 14 days before they end. Cheap when there is nothing to do. Any thread.
  void renew_if_due(std::chrono::system_clock::time_point now);

private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

/// Who a media host is, given its node's folder.
credentials of_host(const std::filesystem::path& folder);

/// Loads certificate, key and authority as CAF would, which aborts the process if it cannot.
/// Throws vdoc::failure that names the file.
void check(const credentials& who);

} // namespace vdoc::node
