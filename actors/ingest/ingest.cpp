#include "actors/ingest/spawn.hpp"
#include "actors/wire/fault_error.hpp"
#include "net/http/fetch_error.hpp"
#include "net/http/source_place.hpp"
#include "pipelines/captions/language.hpp"
#include "pipelines/captions/read.hpp"
#include "pipelines/probe/growing_file.hpp"

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <xxhash.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <vector>

namespace vdoc::ingest {

namespace {

namespace fs = std::filesystem;

/// The local file of a source: itself, or what FETCHER has brought into the work folder.
fs::path place_here(const open_source& msg, const admission& rules) {
  const auto place = net::place_of(msg.source, rules.schemes);
  if (!place.remote())
    return place.path;
  auto spooled = fs::path{msg.work} / "source";
  if (!fs::exists(spooled))
    throw failure{{culprit::ours, "the source was not fetched", "report it", "ingest"}};
  return spooled;
}

/// Of the size, and of up to 64 pieces of 64 KiB spread evenly over the content: all of a file up
/// to 4 MiB. Cheap however long the file is.
std::string fingerprint_of(const fs::path& file) {
  constexpr std::uint64_t piece = 65'536;
  constexpr std::uint64_t pieces = 64;
  const std::uint64_t size = fs::file_size(file);
  std::ifstream in{file, std::ios::binary};
  std::vector<char> buffer(piece);
  XXH64_hash_t hash = XXH64(&size, sizeof size, 0);
  const auto step = std::max(piece, size / pieces);
  for (std::uint64_t at = 0; at < size; at += step) {
    in.clear();
    in.seekg(static_cast<std::streamoff>(at));
    in.read(buffer.data(), static_cast<std::streamsize>(piece));
    hash = XXH64(buffer.data(), static_cast<std::size_t>(in.gcount()), hash);
  }
  std::array<char, 17> text{};
  std::snprintf(text.data(), text.size(), "%016llx", static_cast<unsigned long long>(hash));
  return text.data();
}

opened look_at(const open_source& msg, const admission& rules) {
  opened found;
  const auto file = place_here(msg, rules);
  const bool grows = probe::growing_file::at(file).has_value();
  auto seen = gst::inspect(file, rules.inspect);
  found.local_path = file;
  found.fingerprint = grows ? probe::unfinished_upload + file.parent_path().filename().string()
                            : fingerprint_of(file);
  found.probe = std::move(seen.probe);
  found.copy = seen.copy;
  for (const auto& one : captions::sidecars_of(file))
    found.sidecars.push_back({one.file, one.language.empty() ? msg.language : one.language});
  return found;
}

caf::result<opened> answer_to(const open_source& msg, const admission& rules) {
  try {
    return look_at(msg, rules);
  } catch (const failure& error) {
    return to_error(error.why());
  } catch (const net::fetch_error& error) {
    return to_error({culprit::user, error.what(), error.advice(), "fetch"});
  } catch (const std::system_error& error) {
    return to_error({culprit::peer, error.what(), "check the file and its storage", "ingest"});
  }
}

/// One source that may have to be waited for.
actor::behavior_type one_upload(actor::pointer self, const admission& rules) {
  return {[=](const open_source& msg) {
    self->quit();
    return answer_to(msg, rules);
  }};
}

/// Who uploads slowly must not hold up others.
actor::behavior_type ingest(actor::pointer self, const admission& rules) {
  return {[=](const open_source& msg) -> caf::result<opened> {
    if (probe::growing_file::at(msg.source))
      return self->delegate(self->spawn<caf::detached>(one_upload, rules), msg);
    return answer_to(msg, rules);
  }};
}

} // namespace

actor spawn(caf::actor_system& system, const admission& rules) {
  return system.spawn<caf::detached>(ingest, rules);
}

} // namespace vdoc::ingest
