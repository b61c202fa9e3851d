#include "actors/transcribe/spawn.hpp"
#include "actors/wire/fault_error.hpp"
#include "pipelines/speech/recognizer.hpp"

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <fstream>
#include <system_error>
#include <utility>

namespace vdoc::transcribe {

namespace {

struct transcribe_state {
  static inline const char* name = "transcribe";
  std::shared_ptr<blobs::files> files;
  std::shared_ptr<cancellations> cancelled;
  models where;
  std::string language;
  std::unique_ptr<speech::recognizer> listener; ///< of `language`; kept between utterances
};

using self_pointer = actor::stateful_pointer<transcribe_state>;

std::vector<std::int16_t> read_samples(const std::filesystem::path& file) {
  std::ifstream in{file, std::ios::binary | std::ios::ate};
  if (!in)
    throw failure{
        {culprit::ours, "the samples of an utterance are gone: " + file.string(), "", "speech"}};
  std::vector<std::int16_t> sound(static_cast<std::size_t>(in.tellg()) / sizeof(std::int16_t));
  in.seekg(0);
  in.read(reinterpret_cast<char*>(sound.data()),
          static_cast<std::streamsize>(sound.size() * sizeof(std::int16_t)));
  return sound;
}

std::int64_t thread_cpu_ns() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec * 1'000'000'000LL + now.tv_nsec;
}

/// Makes sure that `listener` knows the language. False: nobody does.
bool find_listener(transcribe_state& state, const std::string& language) {
  if (state.listener && state.language == language)
    return true;
  auto found = speech::make_recognizer(language, state.where.pocketsphinx);
  if (const auto* missing = std::get_if<speech::models_missing>(&found))
    throw failure{{culprit::peer,
                   "the models of the recogniser are not in " + missing->where.string(),
                   "install pocketsphinx-en-us, or set speech.model_folder", "speech"}};
  if (std::holds_alternative<speech::unknown_language>(found))
    return false;
  state.listener = std::move(std::get<std::unique_ptr<speech::recognizer>>(found));
  state.language = language;
  return true;
}

recognized listen(self_pointer self, const recognize& msg) {
  auto& state = self->state;
  recognized heard;
  const cancellations::work work{*state.cancelled, msg.call};
  heard.language_known = find_listener(state, msg.language);
  if (!heard.language_known)
    return heard;
  heard.engine = state.listener->engine();
  const auto bench = state.files->prepare({msg.pass, msg.work, {{msg.file}}, true});
  const auto sound = read_samples(bench->folder() / msg.file);
  const auto before = thread_cpu_ns();
  const auto said =
      state.listener->recognize(sound, speech::timestamp{msg.offset_ns}, work.cancelled());
  heard.cpu_ns = thread_cpu_ns() - before;
  if (said.cancelled)
    throw failure{{culprit::peer, "cancelled", "", "speech"}};
  for (const auto& one : said.words)
    heard.words.push_back(
        {one.text, one.begin.count(), one.end.count(),
         static_cast<std::uint32_t>(std::lround(std::clamp(one.confidence, 0.0, 1.0) * 1000))});
  return heard;
}

actor::behavior_type transcribe(self_pointer self, std::shared_ptr<blobs::files> files,
                                std::shared_ptr<cancellations> cancelled, const models& where) {
  self->state.files = std::move(files);
  self->state.cancelled = std::move(cancelled);
  self->state.where = where;
  return {[=](const recognize& msg) -> caf::result<recognized> {
    try {
      return listen(self, msg);
    } catch (const failure& error) {
      return to_error(error.why());
    } catch (const std::system_error& error) {
      return to_error(
          {culprit::peer, error.what(), "make room on the disk and --resume", "speech"});
    } catch (const std::runtime_error& error) {
      return to_error({culprit::ours, error.what(), "", "speech"});
    }
  }};
}

} // namespace

actor spawn(caf::actor_system& system, std::shared_ptr<blobs::files> files,
            std::shared_ptr<cancellations> cancelled, const models& where) {
  return system.spawn<caf::detached>(transcribe, std::move(files), std::move(cancelled), where);
}

} // namespace vdoc::transcribe
