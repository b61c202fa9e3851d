#include "actors/transcode/spawn.hpp"
#include "actors/wire/fault_error.hpp"
#include "pipelines/fragment/aside_name.hpp"

#include <caf/actor_system.hpp>
#include <caf/binary_deserializer.hpp>
#include <caf/binary_serializer.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <csignal>
#include <iostream>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

namespace vdoc::transcode {

namespace {

namespace fs = std::filesystem;

struct transcode_state {
  static inline const char* name = "transcode";
  std::shared_ptr<blobs::files> files;
  std::shared_ptr<cancellations> cancelled;
  std::shared_ptr<keeping> kept;          ///< may be null
  std::unique_ptr<gst::transcoder> coder; ///< keeps the decoder of the last run open
};

using self_pointer = actor::stateful_pointer<transcode_state>;

/// What a bad input might do, done on purpose. A bridge does not touch the input.
void fail_as_planned(const planned_faults& faults, const encode_fragment& msg) {
  if (msg.bridge || msg.attempt > faults.times)
    return;
  if (faults.crash_at_fragment == msg.piece.index)
    ::raise(SIGSEGV);
  if (faults.hang_at_fragment == msg.piece.index)
    ::raise(SIGSTOP);
}

/// Nothing of the source is read for a bridge.
blobs::errand errand_of(const encode_fragment& msg) {
  blobs::errand what{msg.pass, msg.work, {}, false};
  if (!msg.bridge)
    what.needs.push_back({msg.piece.run, msg.piece.run_bytes});
  return what;
}

std::vector<std::string> files_of(const gst::transcode_result& made) {
  std::vector<std::string> names;
  for (const auto& one : made.renditions)
    names.push_back(one.file);
  for (const auto& one : made.pictures)
    names.push_back(one.jpeg);
  return names;
}

/// Says in the node's log that work was left off.
struct told_if_cancelled {
  const cancellations::work& what;
  const std::string& call;
  ~told_if_cancelled() {
    if (what.cancelled())
      std::cout << "media host: cancelled: " << call << std::endl;
  }
};

/// Each is whole as soon as it is there.
void copy_all(const fs::path& from, const fs::path& to, const std::vector<std::string>& names) {
  for (const auto& name : names) {
    const auto target = to / name;
    const auto aside = fragment::aside_name(target);
    fs::create_directories(target.parent_path());
    fs::copy_file(from / name, aside, fs::copy_options::overwrite_existing);
    fs::rename(aside, target);
  }
}

/// Brings files that lie in `from` into the job's work folder.
void hand_in(blobs::workbench& bench, const fs::path& from, const gst::transcode_result& made) {
  const auto names = files_of(made);
  if (from != bench.folder())
    copy_all(from, bench.folder(), names);
  bench.hand_in(names);
}

std::string text_of(const gst::transcode_result& made) {
  std::vector<char> bytes;
  caf::binary_serializer out{nullptr, bytes};
  return out(made) ? std::string{} : std::string{bytes.begin(), bytes.end()};
}

std::optional<gst::transcode_result> result_in(const std::string& text) {
  gst::transcode_result made;
  caf::binary_deserializer in{nullptr, text.data(), text.size()};
  return text.empty() || in(made) ? std::nullopt : std::optional{made};
}

std::string name_of(const encode_fragment& msg) {
  return "fragment " + std::to_string(msg.piece.index) + " of " + msg.job;
}

failure gone() {
  return failure{{culprit::peer, "the leader for whom this was done is gone", "", "transcode"}};
}

/// Hands in what was finished for an earlier leader; nothing: there is none.
std::optional<gst::transcode_result> made_before(self_pointer self, const encode_fragment& msg,
                                                 const std::string& key) {
  auto& kept = *self->state.kept;
  const auto found = kept.encodes().take(key);
  auto made = found ? result_in(found->said()) : std::nullopt;
  if (!made)
    return std::nullopt;
  const auto bench = self->state.files->prepare({msg.pass, msg.work, {}, false});
  if (!kept.leader().write([&] { hand_in(*bench, found->files(), *made); }))
    throw gone();
  std::cout << "media host: hands in " << name_of(msg) << ", which was kept" << std::endl;
  return made;
}

/// The leader is gone: this is for the next one.
void keep(keeping& kept, const encode_fragment& msg, const std::string& key, const fs::path& from,
          const gst::transcode_result& made) {
  kept.encodes().keep(key, from, files_of(made), text_of(made));
  std::cout << "media host: keeps " << name_of(msg) << " for who leads next" << std::endl;
}

gst::transcode_result make(self_pointer self, const encode_fragment& msg, const fs::path& work,
                           const fs::path& results, const std::atomic<bool>& cancelled) {
  return self->state.coder->run({.piece = msg.piece,
                                 .work = work,
                                 .results = results,
                                 .source = msg.source,
                                 .ladder = msg.ladder,
                                 .wanted = msg.wanted,
                                 .options = msg.options,
                                 .picture_every = std::chrono::milliseconds{msg.picture_every_ms},
                                 .patience = std::chrono::seconds{msg.stall_s},
                                 .bridge = msg.bridge},
                                cancelled);
}

/// For a leader that may go meanwhile: then it is made for the next one.
gst::transcode_result make_or_keep(self_pointer self, const encode_fragment& msg,
                                   const std::atomic<bool>& cancelled) {
  auto& kept = *self->state.kept;
  const auto key = key_of(msg);
  kept.await_predecessor(cancelled);
  if (auto made = made_before(self, msg, key))
    return std::move(*made);
  const auto bench = self->state.files->prepare(errand_of(msg));
  const bool is_shared = bench->folder() == msg.work;
  const auto desk = is_shared ? kept.clear_desk() : bench->folder();
  if (desk.empty()) { // this process ends with its leader
    auto made = make(self, msg, bench->folder(), {}, cancelled);
    bench->hand_in(files_of(made));
    return made;
  }
  const allegiance::making now{kept.leader(), key};
  auto made = make(self, msg, bench->folder(), desk, cancelled);
  if (kept.leader().write([&] { hand_in(*bench, desk, made); }))
    return made;
  keep(kept, msg, key, desk, made);
  throw gone();
}

caf::result<gst::transcode_result> encode(self_pointer self, const encode_fragment& msg) {
  const cancellations::work work{*self->state.cancelled, msg.call};
  const told_if_cancelled at_the_end{work, msg.call};
  try {
    if (work.cancelled())
      throw failure{{culprit::peer, "cancelled before it began", "", "transcode"}};
    if (self->state.kept)
      return make_or_keep(self, msg, work.cancelled());
    const auto bench = self->state.files->prepare(errand_of(msg));
    auto made = make(self, msg, bench->folder(), {}, work.cancelled());
    bench->hand_in(files_of(made));
    return made;
  } catch (const failure& error) {
    return to_error(error.why());
  } catch (const std::system_error& error) {
    return to_error({culprit::peer, error.what(), "make room on the disk and --resume", ""});
  } catch (const std::runtime_error& error) {
    return to_error({culprit::ours, error.what(), "run it again; keep job.json if it repeats", ""});
  }
}

actor::behavior_type transcode(self_pointer self, std::shared_ptr<blobs::files> files,
                               std::shared_ptr<cancellations> cancelled,
                               const planned_faults& faults, const std::shared_ptr<gst::turn>& turn,
                               std::shared_ptr<keeping> kept) {
  self->state.kept = std::move(kept);
  self->state.files = std::move(files);
  self->state.cancelled = std::move(cancelled);
  self->state.coder = std::make_unique<gst::transcoder>(std::move(*turn));
  return {[=](const encode_fragment& msg) -> caf::result<gst::transcode_result> {
    if (faults.fail_all && !msg.bridge)
      return to_error({culprit::ours, "it was to fail", "", ""});
    fail_as_planned(faults, msg);
    return encode(self, msg);
  }};
}

} // namespace

actor spawn(caf::actor_system& system, std::shared_ptr<blobs::files> files,
            std::shared_ptr<cancellations> cancelled, const planned_faults& faults,
            const std::filesystem::path& turn, std::shared_ptr<keeping> kept) {
  auto shared = std::make_shared<gst::turn>();
  if (!turn.empty())
    *shared = gst::turn{turn};
  return system.spawn<caf::detached>(transcode, std::move(files), std::move(cancelled), faults,
                                     std::move(shared), std::move(kept));
}

} // namespace vdoc::transcode
