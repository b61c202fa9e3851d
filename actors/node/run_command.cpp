#include "actors/node/run_command.hpp"

#include "actors/node/display.hpp"
#include "actors/node/end_signals.hpp"
#include "actors/node/node.hpp"
#include "actors/node/plan.hpp"

#include <caf/actor_system.hpp>
#include <caf/send.hpp>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <mutex>
#include <optional>
#include <pthread.h>
#include <set>

namespace vdoc::node {

namespace {

namespace fs = std::filesystem;

/// Jobs at a time: the next one reads while the last fragments of the one before are encoded.
constexpr std::uint32_t jobs_at_once = 2;
/// For ending in good order: everything within five seconds of the signal.
constexpr std::chrono::milliseconds patience_with_jobs{2500};
constexpr std::chrono::milliseconds grace_of_node{1000};
/// How often it is checked that media hosts can start at all.
constexpr std::chrono::seconds health_check{2};

node_settings settings_of(const run_request& request, const fs::path& out) {
  node_settings settings;
  settings.database = (out / "video-doc.db").string();
  settings.hosts = host_count(request.settings);
  settings.host_memory_mib = static_cast<std::uint32_t>(request.settings.limits.host_memory_mib);
  return settings;
}

job_progress to_display(const job::progress& now) {
  return {now.name,
          now.stage,
          now.frames_done,
          now.frames_total,
          std::chrono::nanoseconds{now.media_done_ns},
          std::chrono::nanoseconds{now.media_total_ns},
          std::chrono::nanoseconds{now.wall_ns},
          now.restarts,
          now.warnings};
}

job_ending to_display(const job::ended& how) {
  job_ending ending{how.name, how.state, "", "", "", how.warnings, how.folder};
  if (how.state == "failed") {
    constexpr const char* names[]{"user", "peer", "ours"};
    ending.whose = names[static_cast<std::size_t>(how.why.whose)];
    ending.what = how.why.what;
    ending.advice = how.why.advice;
  }
  return ending;
}

/// What is known of the jobs of one command. Told on JOBS' thread, asked by main.
class scoreboard {
public:
  scoreboard(display& screen, const std::vector<jobs::planned>& planned)
      : screen_{screen}, main_{pthread_self()} {
    for (const auto& one : planned)
      open_.insert(one.what.name);
  }

  jobs::listener listener() {
    return {[this](const job::progress& now) {
              const std::scoped_lock lock{mutex_};
              if (open_.contains(now.name))
                screen_.show(to_display(now));
            },
            [this](const job::ended& how) { end(how); }, [this] { pthread_kill(main_, SIGUSR1); }};
  }

  void end(const job::ended& how) {
    const std::scoped_lock lock{mutex_};
    if (open_.erase(how.name) == 0)
      return;
    failed_ = failed_ || how.state == "failed";
    interrupted_ = interrupted_ || how.state == "interrupted";
    screen_.finish(to_display(how));
  }

  /// Ends what nobody has ended.
  void end_the_rest(const std::string& state, const fault& why) {
    for (const auto& name : std::set<std::string>{open_})
      end({name, state, why, {}, ""});
  }
  /// Of the planned jobs, those that have not ended.
  std::vector<jobs::planned> open_of(std::vector<jobs::planned> planned) {
    const std::scoped_lock lock{mutex_};
    std::erase_if(planned, [&](const auto& one) { return !open_.contains(one.what.name); });
    return planned;
  }
  /// Who runs the jobs now: another one after a crash of the engine.
  void run_by(const jobs::actor& runner) {
    const std::scoped_lock lock{mutex_};
    runner_ = runner;
  }
  void interrupt() {
    const std::scoped_lock lock{mutex_};
    if (runner_)
      caf::anon_send(runner_, job::interrupt{});
  }
  void forget_runner() { run_by(jobs::actor{}); }
  void note(const std::string& text) {
    const std::scoped_lock lock{mutex_};
    screen_.note(text);
  }

  [[nodiscard]] run_exit result() {
    const std::scoped_lock lock{mutex_};
    if (interrupted_)
      return run_exit::interrupted;
    return failed_ ? run_exit::job_failed : run_exit::succeeded;
  }

private:
  std::mutex mutex_;
  display& screen_;
  pthread_t main_;
  jobs::actor runner_;
  std::set<std::string> open_; ///< jobs that have not ended
  bool failed_ = false;
  bool interrupted_ = false;
};

enum class woken_by { all_ended, signal, nobody };

woken_by wait_for_signal(std::chrono::milliseconds limit) {
  const auto signal = wait_for_end_signal(limit);
  if (signal == SIGUSR1)
    return woken_by::all_ended;
  return signal ? woken_by::signal : woken_by::nobody;
}

/// Until all jobs have ended, a signal comes, or media hosts turn out not to start.
void wait_for_the_end(node& engine, scoreboard& board) {
  for (;;) {
    switch (wait_for_signal(health_check)) {
    case woken_by::all_ended:
      return;
    case woken_by::signal:
      board.note("stopping; go on with --resume");
      board.interrupt();
      if (wait_for_signal(patience_with_jobs) != woken_by::all_ended)
        board.end_the_rest("interrupted", {});
      return;
    case woken_by::nobody:
      if (const auto trouble = engine.census().trouble; !trouble.empty()) {
        board.end_the_rest("failed", {culprit::ours, trouble, "", "hosts"});
        return;
      }
    }
  }
}

/// Starts JOBS under the engine's supervisor: again, with what is open, after a crash.
auto starter(std::vector<jobs::planned> planned, scoreboard& board) {
  return [planned = std::move(planned), &board](caf::actor_system& system,
                                                const services& now) mutable {
    const auto runner = jobs::spawn(system, board.open_of(planned), jobs_at_once, now.dispatch,
                                    now.ledger, board.listener());
    for (auto& one : planned)
      one.around.resume = true;
    board.run_by(runner);
    return caf::actor_cast<caf::actor>(runner);
  };
}

} // namespace

run_exit run(const run_request& request) {
  display screen{display_for_stdout(request.json, request.quiet), std::cout, std::cerr};
  auto planned = plan(request);
  scoreboard board{screen, planned};
  try {
    const auto out = fs::absolute(request.settings.run.out);
    fs::create_directories(out);
    auto settings = settings_of(request, out);
    settings.start_work = starter(std::move(planned), board);
    node engine{std::move(settings)};
    wait_for_the_end(engine, board);
    board.forget_runner();
    engine.stop(grace_of_node);
  } catch (const failure& error) {
    board.end_the_rest("failed", error.why());
  } catch (const fs::filesystem_error& error) {
    board.end_the_rest("failed",
                       {culprit::peer, error.what(), "choose another folder with --out", ""});
  }
  return board.result();
}

} // namespace vdoc::node
