#pragma once

#include "cluster/resources/steady_ms.hpp"
#include "net/http/calls.hpp"
#include "net/http/connections.hpp"
#include "net/http/doorkeeper.hpp"
#include "net/http/endpoint.hpp"
#include "net/http/event_streams.hpp"
#include "net/http/exchange.hpp"
#include "net/http/file_sender.hpp"
#include "net/http/gateway.hpp"
#include "net/http/job_folders.hpp"
#include "net/http/mailbox.hpp"
#include "net/http/store_sender.hpp"
#include "net/http/upload_door.hpp"
#include "net/http/waiting.hpp"

#include <atomic>
#include <optional>
#include <thread>
#include <unordered_map>

/// The inside of the gateway: what its source files share. Nobody else includes this.
namespace vdoc::net {

struct unref_context {
  void operator()(GMainContext* context) const { g_main_context_unref(context); }
};

/// Everything but the constructor and the last of the destructor is on the gateway's thread.
struct http_gateway::inside {
  inside(desk::desk& whose, http_terms with);
  inside(const inside&) = delete;
  inside& operator=(const inside&) = delete;
  ~inside();

  void open(const http_endpoint& where);
  void take_certificate();
  void run();
  void tick();

  // A request comes (gateway.cpp), ...
  void begun(SoupServerMessage* message);
  void got_headers(SoupServerMessage* message, std::string_view path);
  void got_request(SoupServerMessage* message, const char* path);
  void got_chunk(SoupServerMessage* message, GBytes* chunk);
  void finished(SoupServerMessage* message);
  [[nodiscard]] std::optional<web_answer> complaint(SoupServerMessage* message,
                                                    bool is_upload) const;
  doorkeeper::decision identify(SoupServerMessage* message);
  std::optional<web_answer> begin_upload(SoupServerMessage* message, std::string_view path);
  void got_upload(SoupServerMessage* message);

  // ... is answered by number (gateway_answers.cpp) ...
  std::uint64_t hold(SoupServerMessage* message);
  [[nodiscard]] SoupServerMessage* held_as(std::uint64_t number) const;
  void hand_out();
  void answer(SoupServerMessage* message, web_answer what);
  [[nodiscard]] web_answerer answerer_of(std::uint64_t number) const;
  [[nodiscard]] bool answer_plainly(SoupServerMessage* message, std::string_view path) const;
  [[nodiscard]] bool knows_tokens() const;
  void answer_ready(const web_answerer& answer) const;
  void answer_metrics(const desk::caller& who, const web_answerer& answer) const;

  // ... with a file, or with all that happens.
  void serve_file(std::uint64_t number, const desk::caller& who, const file_name& which);
  void send_file(std::uint64_t number, const std::string& folder, const file_name& which);
  void serve_events(std::uint64_t number, const desk::caller& who, std::string_view query);

  http_terms terms;
  const std::unique_ptr<GMainContext, unref_context> owned{g_main_context_new()};
  GMainContext* const context = owned.get();
  std::shared_ptr<mailbox> answers = std::make_shared<mailbox>();
  gathered_submits submits;
  call_means with;
  doorkeeper keeper;
  connections known;
  job_folders folders;
  file_sender files{context};
  std::optional<store_sender> stored; ///< what the artefact store alone has
  std::optional<event_streams> events;
  std::optional<upload_door> uploads;
  bell mail{context, [this] { hand_out(); }};
  bell end_of_turn{context, [this] { submits.flush(); }};
  owned_object<SoupServer> server;
  GSource* timer = g_timeout_source_new_seconds(1);
  GSource* first_look = g_timeout_source_new(100); ///< until the tokens are known
  std::uint64_t ticks = 0;
  std::unordered_map<std::uint64_t, SoupServerMessage*> held; ///< a reference of each
  std::unordered_map<SoupServerMessage*, std::uint64_t> numbers;
  std::unordered_map<SoupServerMessage*, std::size_t> bodies; ///< bytes, of unknown length
  std::uint64_t last = 0;
  bool local = true;
  std::string address;
  std::atomic<bool> over{false};
  std::thread thread;
};

} // namespace vdoc::net
