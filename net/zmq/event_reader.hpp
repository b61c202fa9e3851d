#pragma once

#include "net/zmq/event_frames.hpp"
#include "net/zmq/key_files.hpp"

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace vdoc::net {

/// Listens to the events of a service, over any number of its restarts. One thread.
class event_reader {
public:
  /// Throws std::runtime_error when the endpoint is none. That nobody is there is no error: what is
  /// told while there is no connection is missed.
  explicit event_reader(const std::string& endpoint, const std::optional<key_file>& identity = {});
  event_reader(const event_reader&) = delete;
  event_reader& operator=(const event_reader&) = delete;
  ~event_reader();

  /// All topics that begin so.
  void subscribe(const std::string& topic);
  void unsubscribe(const std::string& topic);

  struct next_event {
    heard_event what;
    bool missed_some = false; ///< there were events of this topic since the last one heard
  };
  /// Nothing when none comes in time.
  std::optional<next_event> next(std::chrono::milliseconds patience);

private:
  struct inside;
  std::unique_ptr<inside> inside_;
  std::string feed_;
  std::map<std::string, std::uint64_t> newest_; ///< by topic
};

} // namespace vdoc::net
