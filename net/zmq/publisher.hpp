#pragma once

#include "net/zmq/key_files.hpp"
#include "net/zmq/publish_rules.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace vdoc::net {

/// Gives jobs to a service over ZeroMQ and sees to it that each is taken once, whatever happens to
/// the service or the network meanwhile: it connects again, sends again, and sends many together.
/// With a spool file what is not acknowledged survives this process, too. Any thread.
class publisher {
public:
  struct means {
    std::string endpoint;
    std::optional<key_file> identity; ///< none: nothing is encrypted
    publish_terms terms = {};
    /// Jobs that are not acknowledged, one a line. Survives a crash of the process and a power cut.
    /// One publisher at a time. Empty: none.
    std::filesystem::path spool = {};
    /// Once for each job that was published, on the publisher's thread: must be quick. Jobs that
    /// were found in the spool are told of, too, with numbers from 1.
    std::function<void(const published&)> told = [](const published&) {};
  };
  /// Throws std::runtime_error: no such endpoint, or the spool cannot be used.
  explicit publisher(means with);
  publisher(const publisher&) = delete;
  publisher& operator=(const publisher&) = delete;
  /// What is not acknowledged stays in the spool, or is lost without one: `flush` first.
  ~publisher();

  /// Takes a job as docs/protocol.md has it, and gives it an idempotency key if it has none. Its
  /// number, or nothing while too many are open. With a spool it is on the disk when this returns:
  /// that takes one sync of the disk, which threads that publish at a time share. Throws
  /// std::invalid_argument when it is no JSON object, std::runtime_error when the disk refuses it.
  std::optional<std::uint64_t> publish(const std::string& job);
  /// The same for many jobs with one sync. The numbers of those that were taken, from the first
  /// job on: fewer than there are jobs when too many are open.
  std::vector<std::uint64_t> publish_all(const std::vector<std::string>& jobs);
  /// Waits until every job is acknowledged or refused. False when the time is up first.
  bool flush(std::chrono::milliseconds patience);
  [[nodiscard]] std::size_t open() const;
  /// What the service says to jobs that it does not take yet ("busy", "over_quota"), in one line;
  /// empty when it takes them, or does not answer.
  [[nodiscard]] std::string why_it_waits() const;

private:
  struct inside;
  std::unique_ptr<inside> inside_;
};

} // namespace vdoc::net
