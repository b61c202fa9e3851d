#include "actors/fetcher/process_protocol.hpp"
#include "actors/fetcher/spawn.hpp"
#include "actors/wire/fault_error.hpp"
#include "net/http/fetch_error.hpp"
#include "net/http/source_place.hpp"
#include "net/log/log.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <array>
#include <atomic>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <mutex>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace vdoc::fetcher {

/// The process has ended; only ever sent by its watching thread.
struct process_ended {
  std::uint64_t life = 0;
  supervision::child_exit how;
};

} // namespace vdoc::fetcher

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vdoc::fetcher::process_ended)

namespace vdoc::fetcher {

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

constexpr const char* file_name = "source";
constexpr const char* folder_prefix = "fetch.";

/// What the process says while it lives, from the thread that reads it. It may say as much as it
/// likes: nothing of it is kept.
struct said {
  std::atomic<clock::rep> last{clock::now().time_since_epoch().count()};
  std::atomic<bool> whole{false};

  void line(const std::string& text) {
    static std::once_flag once;
    last = clock::now().time_since_epoch().count();
    if (is_whole_line(text))
      whole = true;
    if (const auto why = unconfined_in(text))
      std::call_once(once, [&] {
        log::say(log::level::warning, "what fetches sources is not confined", {{"cause", *why}});
      });
  }
  [[nodiscard]] std::chrono::milliseconds quiet() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(clock::now().time_since_epoch() -
                                                                 clock::duration{last});
  }
};

/// The only place where the process writes, in the work folder of its job.
class own_folder {
public:
  own_folder() = default;
  /// Removes those of fetches that nobody has ended. Throws std::system_error.
  explicit own_folder(const fs::path& work) {
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator{work, ignored})
      if (entry.path().filename().string().starts_with(folder_prefix))
        fs::remove_all(entry.path(), ignored);
    auto name = (work / folder_prefix).string() + "XXXXXX";
    if (::mkdtemp(name.data()) == nullptr)
      throw std::system_error{errno, std::generic_category(), name};
    at_ = name;
  }
  own_folder(const own_folder&) = delete;
  own_folder& operator=(own_folder&& other) noexcept {
    std::swap(at_, other.at_);
    return *this;
  }
  ~own_folder() {
    std::error_code ignored;
    if (!at_.empty())
      fs::remove_all(at_, ignored);
  }
  [[nodiscard]] fs::path file() const { return at_ / file_name; }

private:
  fs::path at_;
};

struct fetcher_state {
  static inline const char* name = "FETCHER";
  means with;
  std::optional<rules> thought;
  fetch_source asked;
  std::string url;
  own_folder folder;
  std::shared_ptr<said> heard;
  std::unique_ptr<supervision::process> child; ///< ended before the folder goes
  std::uint64_t life = 0;
  caf::typed_response_promise<fetched> answer;
};

using tick_atom = caf::atom_constant<caf::atom("tick")>;
using again_atom = caf::atom_constant<caf::atom("again")>;
using inner_actor = actor::extend<caf::reacts_to<process_ended>, caf::reacts_to<tick_atom>,
                                  caf::reacts_to<again_atom>>;
using self_pointer = inner_actor::stateful_pointer<fetcher_state>;

void end_with(self_pointer self, const fault& why) {
  self->state.answer.deliver(to_error(why));
  self->quit();
}

/// The process has ended, so that nobody puts something else in its place. What was taken over may
/// have left a link to the file of another job.
fs::path take(const own_folder& from, const fs::path& work) {
  const auto file = from.file();
  if (!fs::is_regular_file(fs::symlink_status(file)))
    throw std::system_error{ENOENT, std::generic_category(), file.string()};
  auto here = work / file_name;
  fs::rename(file, here);
  if (const int folder = ::open(work.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); folder >= 0) {
    ::fsync(folder); // the name is durable, too
    ::close(folder);
  }
  return here;
}

void start(self_pointer self);

/// The only place where FETCHER touches the world.
void carry_out(self_pointer self, const verdict& what) {
  auto& state = self->state;
  if (const auto* pause = std::get_if<start_again>(&what))
    return self->delayed_send(self, pause->after, again_atom::value);
  if (const auto* end = std::get_if<give_up>(&what))
    return end_with(self, end->why);
  try {
    state.answer.deliver(fetched{take(state.folder, state.asked.work).string()});
    self->quit();
  } catch (const std::system_error& why) {
    end_with(self, {culprit::peer, why.what(), "check the disk", "fetcher"});
  }
}

void start(self_pointer self) {
  auto& state = self->state;
  state.child.reset();
  try {
    auto order = state.with.order();
    order.input = to_bytes({state.url, state.folder.file(), state.with.limits});
    state.heard = std::make_shared<said>();
    order.on_line = [heard = state.heard](const std::string& line) { heard->line(line); };
    const auto me = self->address(); // weak: the thread that watches must not keep us alive
    order.on_exit = [me, life = ++state.life](const supervision::child_exit& how) {
      if (const auto alive = caf::actor_cast<caf::actor>(me))
        caf::anon_send(alive, process_ended{life, how});
    };
    state.child = state.with.start(std::move(order));
  } catch (const std::exception& why) {
    carry_out(self, state.thought->start_failed(why.what()));
  }
}

caf::result<fetched> begin(self_pointer self, const fetch_source& asked) {
  auto& state = self->state;
  state.asked = asked;
  state.answer = self->make_response_promise<fetched>();
  try {
    state.url = net::place_of(asked.source, state.with.schemes).url;
    state.folder = own_folder{asked.work};
    start(self);
    self->delayed_send(self, 1s, tick_atom::value);
  } catch (const net::fetch_error& why) {
    end_with(self, to_fault(why));
  } catch (const std::system_error& why) {
    end_with(self, {culprit::peer, why.what(), "make room on the disk", "fetcher"});
  }
  return state.answer;
}

void look_after_it(self_pointer self) {
  auto& state = self->state;
  if (state.child && state.thought->hangs(state.heard->quiet(), state.heard->whole))
    state.child->kill();
  self->delayed_send(self, 1s, tick_atom::value);
}

inner_actor::behavior_type fetcher(self_pointer self, means with) {
  self->state.thought.emplace(with.patience);
  self->state.with = std::move(with);
  return {
      [self](const fetch_source& asked) { return begin(self, asked); },
      [self](const canceller::cancel&) { self->quit(); },
      [self](const process_ended& end) {
        if (end.life != self->state.life)
          return;
        self->state.child.reset();
        carry_out(self, self->state.thought->ended(end.how));
      },
      [self](tick_atom) { look_after_it(self); },
      [self](again_atom) { start(self); },
  };
}

} // namespace

bool is_needed(const std::string& source, const std::string& work) {
  try {
    return net::place_of(source, {"file", "http", "https"}).remote() &&
           !fs::exists(fs::path{work} / file_name);
  } catch (const net::fetch_error&) {
    return false; // INGEST says what is wrong with it
  }
}

actor spawn(caf::actor_system& system, means with) {
  return caf::actor_cast<actor>(with.detached
                                    ? system.spawn<caf::detached>(fetcher, std::move(with))
                                    : system.spawn(fetcher, std::move(with)));
}

} // namespace vdoc::fetcher
