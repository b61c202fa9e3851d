#include "cluster/ledger/postgres_listener.hpp"

#include "cluster/ledger/postgres.hpp"

#include <pqxx/notification>

#include <cerrno>
#include <chrono>
#include <poll.h>
#include <sys/eventfd.h>
#include <system_error>
#include <thread>
#include <unistd.h>

namespace vdoc::ledger {

namespace {

using namespace std::chrono_literals;

constexpr auto between_attempts = 500ms;
/// A connection that has been silent for so long is asked whether it still stands.
constexpr auto longest_silence = 30s;

class receiver final : public pqxx::notification_receiver {
public:
  receiver(pqxx::connection& connection, const std::string& channel,
           const std::function<void()>& told)
      : notification_receiver{connection, channel}, told_{told} {}
  void operator()(const std::string& /*payload*/, int /*backend*/) override { told_(); }

private:
  const std::function<void()>& told_;
};

enum class woken_by : std::uint8_t { server, end, nobody };

} // namespace

struct postgres_listener::inside {
  std::string url;
  std::string channel;
  std::function<void()> told;
  int end = ::eventfd(0, EFD_CLOEXEC);
  std::thread thread{[this] { listen(); }};

  inside(std::string where, std::string on, std::function<void()> what)
      : url{std::move(where)}, channel{std::move(on)}, told{std::move(what)} {}
  inside(const inside&) = delete;
  inside& operator=(const inside&) = delete;
  ~inside() {
    ::eventfd_write(end, 1);
    thread.join();
    ::close(end);
  }

  /// `socket` -1: only for the end.
  [[nodiscard]] woken_by wait(int socket, std::chrono::milliseconds limit) const {
    pollfd both[]{{end, POLLIN, 0}, {socket, POLLIN, 0}};
    const int ready = ::poll(both, socket < 0 ? 1 : 2, static_cast<int>(limit.count()));
    if (ready > 0 && both[0].revents != 0)
      return woken_by::end;
    return ready > 0 ? woken_by::server : woken_by::nobody;
  }

  void listen() {
    do {
      try {
        listen_on_a_connection();
        return;
      } catch (const std::exception&) {
        // Away; the ledger says so itself.
      }
    } while (wait(-1, between_attempts) != woken_by::end);
  }

  /// Returns at the end; throws when the connection is lost.
  void listen_on_a_connection() {
    postgres::session with{url, {}};
    const receiver hears{with.raw(), channel, told};
    told();
    for (;;) {
      switch (wait(with.raw().sock(), longest_silence)) {
      case woken_by::end:
        return;
      case woken_by::server:
        with.raw().get_notifs();
        if (!with.raw().is_open())
          throw std::runtime_error{"the connection is lost"};
        break;
      case woken_by::nobody:
        with.run("SELECT 1");
      }
    }
  }
};

postgres_listener::postgres_listener(std::string url, std::string channel,
                                     std::function<void()> told)
    : inside_{std::make_unique<inside>(std::move(url), std::move(channel), std::move(told))} {}

postgres_listener::~postgres_listener() = default;

} // namespace vdoc::ledger
