#pragma once

#include "cluster/artefacts/store_pool.hpp"
#include "cluster/resources/breaker.hpp"
#include "cluster/resources/measures.hpp"
#include "net/http/disk_threads.hpp"
#include "net/http/file_reply.hpp"
#include "net/http/web_answer.hpp"

#include <libsoup/soup.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

namespace vdoc::net {

/// Sends results that the artefact store alone has, piece by piece: one piece of each in memory,
/// and the next is asked for when that is on its way. A breaker stands in front of the store. On
/// the server's thread; a few threads of its own wait for the store.
class store_sender {
public:
  struct means {
    artefacts::connector connect;
    /// To the server's thread; tasks that come after the server's end are lost.
    std::function<void(std::function<void()>)> hop;
    std::function<void(SoupServerMessage*)> begins; ///< told when an answer is about to be sent
    /// Told how the breaker is, whenever that changes.
    std::function<void(resources::breaker_reading)> show = [](const auto&) {};
    std::int64_t patience_ms = 10'000; ///< with an answer of the store
    resources::breaker_terms breaker{3, 2'000, 30'000};
    std::size_t most_waiting = 256; ///< for the store, at a time
  };
  struct wish {
    std::string key;  ///< of the object
    std::string name; ///< tells the media type
    bool may_know_why = true;
  };

  explicit store_sender(means with);
  store_sender(const store_sender&) = delete;
  store_sender& operator=(const store_sender&) = delete;
  ~store_sender();

  /// Answers with the object, or a part of it, or that it has not changed, as the request's headers
  /// ask for. The message is paused, and goes on by itself, or is answered by `refuse`: there is no
  /// such object, or the store does not give it now. Should it fail later on, the connection ends.
  void send(SoupServerMessage* message, wish what, web_answerer refuse, std::int64_t now_ms);
  /// Its connection has ended, or everything is sent.
  void forget(SoupServerMessage* message);
  /// Gives up what the store has not answered in time: to be called once a second.
  void tick(std::int64_t now_ms);

private:
  struct sending {
    SoupServerMessage* message = nullptr;
    wish what;
    web_answerer refuse;
    enum class step : std::uint8_t { looking, first_piece, under_way } at = step::looking;
    file_facts about;
    file_reply how; ///< what of it is still to be asked for
  };
  struct trouble {
    artefacts::cure helps = artefacts::cure::wait;
    std::string why;
  };
  struct store_answer {
    std::optional<artefacts::object> found;
    std::string bytes;
    std::optional<trouble> no;
  };
  using errand = std::function<void(artefacts::store&, store_answer&)>;

  void ask(std::uint64_t number, errand what, std::int64_t now_ms);
  void ask_piece(std::uint64_t number, sending& it, std::int64_t now_ms);
  void came(std::uint64_t number, const store_answer& got);
  void show() const;
  void judge(const std::optional<trouble>& no, std::int64_t now_ms);
  void found(std::uint64_t number, sending& it, const store_answer& got);
  void took(sending& it, const std::string& bytes) const;
  void fail(sending& it, const std::string& why, std::int64_t now_ms);
  [[nodiscard]] web_answer away(const wish& what, const std::string& why,
                                std::int64_t now_ms) const;
  static void wrote_chunk(SoupServerMessage* message, gpointer self);

  means with_;
  resources::breaker breaker_;
  std::string trouble_; ///< why it refused last
  std::map<std::uint64_t, sending> all_;
  std::unordered_map<SoupServerMessage*, std::uint64_t> numbers_;
  std::map<std::uint64_t, std::int64_t> asked_; ///< of the store, until when
  std::uint64_t last_ = 0;
  artefacts::store_pool pool_;
  std::atomic<bool> over_{false};
  disk_threads threads_;
};

} // namespace vdoc::net
