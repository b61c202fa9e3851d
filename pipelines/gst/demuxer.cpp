#include "pipelines/gst/demuxer.hpp"

#include "pipelines/gst/demux_streams.hpp"
#include "pipelines/gst/source_checks.hpp"

#include <exception>
#include <system_error>
#include <thread>

namespace vdoc::gst {

namespace {
using namespace std::chrono_literals;
} // namespace

/// A reader with the streams that it feeds, and a thread that waits for its end.
struct demuxer::engine {
  engine(demux_request wanted, demux_listener& listener)
      : request{std::move(wanted)}, told{listener}, tokens{request.credit},
        streams{request, told, tokens, beats}, reader{request.source, streams, request.work} {}
  ~engine() {
    stopping = true;
    tokens.stop();
    if (watch.joinable())
      watch.join();
    reader.stop();
  }

  void run();
  void wait_for_the_end();
  void report();

  demux_request request;
  demux_listener& told;
  credit tokens;
  std::atomic<std::uint64_t> beats{0};
  demux_streams streams;
  source_reader reader;
  std::atomic<bool> stopping{false};
  std::thread watch;
};

void demuxer::engine::wait_for_the_end() {
  constexpr auto after_error = 2s;
  using clock = std::chrono::steady_clock;
  auto moved = clock::now();
  auto seen = reader.progress() + beats;
  while (!stopping && !streams.trouble() && !reader.over()) {
    std::this_thread::sleep_for(5ms);
    if (const auto now = reader.progress() + beats; now != seen) {
      seen = now;
      moved = clock::now();
    }
    if (reader.error() && clock::now() - moved > after_error)
      return;
  }
}

/// Everything readable has been read: what came of it?
void demuxer::engine::report() {
  if (const auto trouble = reader.upload_trouble()) {
    told.on_failure(*trouble);
    return;
  }
  const auto error = reader.error();
  if (streams.units() == 0) {
    told.on_failure(explain(request.source, reader));
    return;
  }
  auto duration = request.probe.duration;
  auto summary = streams.finish(duration);
  if (stopping)
    return;
  if (const auto trouble = streams.trouble()) {
    told.on_failure(*trouble);
    return;
  }
  if (summary.duration == fragment::timestamp{0}) {
    auto why = explain(request.source, reader);
    for (const auto& text : summary.warnings)
      why.what += "; " + text;
    told.on_failure(why);
    return;
  }
  if (error)
    summary.warnings.push_back("reading ended at " + seconds_text(summary.duration) + ": " +
                               error->what);
  told.on_end(summary);
}

void demuxer::engine::run() {
  try {
    wait_for_the_end();
    if (const auto trouble = streams.trouble(); trouble && !stopping)
      told.on_failure(*trouble);
    else if (!stopping)
      report();
  } catch (const failure& error) {
    told.on_failure(error.why());
  } catch (const std::system_error& error) {
    told.on_failure({culprit::peer, error.what(), "check the disk", "demux"});
  } catch (const std::exception& error) {
    told.on_failure({culprit::ours, error.what(), {}, "demux"});
  }
}

demuxer::demuxer(demux_request request, demux_listener& listener) {
  initialise();
  check_readable(request.source);
  engine_ = std::make_unique<engine>(std::move(request), listener);
}

demuxer::~demuxer() = default;

void demuxer::start() {
  engine_->reader.start();
  engine_->watch = std::thread{[this] { engine_->run(); }};
}

void demuxer::grant(std::uint32_t more) {
  engine_->tokens.grant(more);
}

std::uint64_t demuxer::progress() const noexcept {
  return engine_->reader.progress() + engine_->beats;
}

std::string demuxer::launch_line() const {
  return engine_->reader.launch_line();
}

} // namespace vdoc::gst
