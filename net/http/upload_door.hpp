#pragma once

#include "cluster/desk/desk.hpp"
#include "cluster/uploads/upload_store.hpp"
#include "net/http/disk_threads.hpp"
#include "net/http/tus.hpp"
#include "net/http/upload_writer.hpp"

#include <libsoup/soup.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace vdoc::net {

/// Takes uploads by tus 1.0.0 and passes their bytes on to the disk as they come: at most a
/// megabyte of each is in memory, and a client that is faster than the disk waits. On the server's
/// thread, which never waits for the disk itself.
///
/// A request that continues or looks at an upload ends another one that is still bringing bytes of
/// it: that one's client is gone, or has given up, and its connection does not know yet.
class upload_door {
public:
  struct means {
    std::shared_ptr<uploads::upload_store> store;
    desk::desk& to;
    std::function<void(std::function<void()>)> hop; ///< onto the server's thread
    std::function<std::int64_t()> unix_ms;
    /// For the audit log: who has begun or removed which upload, or that it has expired.
    std::function<void(const desk::caller&, const char* what, const std::string& id)> note;
    std::size_t most_at_once = 512; ///< requests that bring bytes
  };
  explicit upload_door(means with);
  upload_door(const upload_door&) = delete;
  upload_door& operator=(const upload_door&) = delete;
  ~upload_door();

  /// Whether a path is one of uploads.
  static bool has(std::string_view path);
  /// The answer to OPTIONS.
  [[nodiscard]] web_answer described() const;

  /// A request of which the headers are there, by somebody who may ask. What is wrong with it; if
  /// nothing is, its body is taken as it comes.
  std::optional<web_answer> begin(SoupServerMessage* message, std::string_view path,
                                  const desk::caller& who);
  [[nodiscard]] bool takes(SoupServerMessage* message) const { return all_.contains(message); }
  void got_chunk(SoupServerMessage* message, GBytes* chunk);
  /// All of the body is there; false when it is not a request of ours.
  bool finish(SoupServerMessage* message, web_answerer reply);
  /// Its connection has ended.
  void forget(SoupServerMessage* message);
  /// Once a second: what a slow client has sent goes to the disk, what has expired is removed.
  void tick();

private:
  struct transfer;
  using shared = std::shared_ptr<transfer>;

  std::optional<web_answer> begin_new(SoupServerMessage* message, const tus::request& what,
                                      const desk::caller& who);
  std::optional<web_answer> begin_known(SoupServerMessage* message, std::string_view id,
                                        const tus::request& what, const desk::caller& who);
  void start(SoupServerMessage* message, const shared& it);
  void interrupt(const std::string& id);
  void flush(const shared& it);
  void taken(const shared& it, std::size_t bytes);
  void finish_on_disk(const shared& it);
  void end(const shared& it);
  void created(const shared& it);
  void admitted(const shared& it, desk::admission how);
  void settle(const shared& it);
  void point_to_the_first(const shared& it);
  void drop(const std::string& id);
  void expire(const std::string& id);
  void answer_look(const shared& it) const;
  [[nodiscard]] web_answer answer_of(const shared& it) const;
  void remove_unless_needed(const uploads::upload_view& one);

  means with_;
  std::unordered_map<SoupServerMessage*, shared> all_;
  std::map<std::string, SoupServerMessage*, std::less<>> bringing_; ///< by upload
  std::map<std::string, std::int64_t> asked_about_; ///< expired ones, while the desk is asked
  std::uint64_t ticks_ = 0;
  disk_threads disk_; ///< last: its tasks use the store
};

} // namespace vdoc::net
