#pragma once

#include "actors/node/stage_handles.hpp"
#include "cluster/dispatch/stage.hpp"
#include "net/blobs/client.hpp"

#include <caf/actor.hpp>
#include <caf/fwd.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace vdoc::node {

/// What a media host process is told on its command line.
struct media_host_options {
  std::string host_id;
  std::string incarnation;
  std::uint16_t node_port = 0; ///< on 127.0.0.1
  std::filesystem::path tls;   ///< folder with ca.pem, host.pem, host.key
  std::int32_t parent = 0;     ///< process id of the node: without it there is nothing to do
  dispatch::slots capacity;
  std::uint32_t memory_limit_mib = 0; ///< of private memory (RLIMIT_DATA); 0: none
  std::filesystem::path turn;         ///< shared with hosts on the same cores; empty: with none
  /// Shared with all hosts of the node, for what is finished though its leader is gone; empty:
  /// nothing is.
  std::filesystem::path kept;
  // Of a worker node: it works for whoever leads.
  std::vector<std::string> leaders; ///< "node-a:7400"; empty: it works for its own node
  std::string node;                 ///< name of its node in the cluster
  std::string node_incarnation;
  friend bool operator==(const media_host_options&, const media_host_options&) = default;
};

/// Which turn (see gst::turn) the host `which` of `hosts` takes on a machine of `cores`: one keeps
/// two cores busy, so there are half as many as cores. -1: it has cores of its own.
int turn_of(std::size_t which, std::size_t hosts, std::size_t cores);

/// The words after `video-doc media-host`, and back. Throws std::invalid_argument that names the
/// word that is wrong.
std::vector<std::string> to_arguments(const media_host_options& options);
media_host_options from_arguments(const std::vector<std::string>& words);

/// One stage actor of a media host. When it ends with an error the whole host ends: it may have
/// left anything behind, and a new process is the clean way to forget it.
struct crew_member {
  std::string name; ///< "TRANSCODE", for the cause
  caf::actor who;
};
struct crew {
  stage_handles handles;
  std::vector<crew_member> members;
  std::vector<std::string> offers; ///< what it can do: "encoder:x264enc"
  /// Asked about once a second: what is wrong with this process, or nothing. When the same is said
  /// twice in a row, the host ends. May be empty.
  std::function<std::string()> ailment;
  /// The leader is gone, for good. True: something is finished all the same, and `done` is called
  /// on another thread when that is over; until then nothing is written where the leader reads.
  /// False: this process is to end at once. May be empty.
  std::function<bool(std::function<void()> done)> part;
  /// Words by which a leader knows what was finished so (see dispatch::kept_offer). May be empty.
  std::function<std::vector<std::string>()> kept;
  /// From now on files of tasks are fetched by that one; the second is called when they cannot be.
  /// The cache is that of the host of this name. May be empty; throws std::runtime_error.
  std::function<void(const std::string& node, const std::string& host_id,
                     std::shared_ptr<blobs::client>, std::function<void(const std::string&)>)>
      move_files;
};

/// Spawns the stage actors in the media host's actor system. What it throws ends the host.
using hire = std::function<crew(caf::actor_system&)>;

/// The life of a media host process: dials the node, says hello, works until it is told to leave
/// or the node is gone. Returns the exit code of the process, or does not return at all: a host
/// never outlives its node, so it leaves by `_exit` when in doubt. Call it first thing in main.
int run_media_host(const media_host_options& options, const hire& hire_crew);

} // namespace vdoc::node
