#include "actors/ingest/spawn.hpp"
#include "actors/wire/fault_error.hpp"
#include "net/http/fetch.hpp"
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

fault to_fault_of(const net::fetch_error& error) {
  const auto whose = error.whose() == net::at_fault::user   ? culprit::user
                     : error.whose() == net::at_fault::peer ? culprit::peer
                                                            : culprit::ours;
  return {whose, error.what(), error.advice(), "fetch"};
}

/// The local file of a source: itself, or what was fetched into the work folder, once.
fs::path bring_here(const open_source& msg, const admission& rules, cancellations& cancelled) {
  const auto place = net::place_of(msg.source, rules.schemes);
  if (!place.remote())
    return place.path;
  auto spooled = fs::path{msg.work} / "source";
  if (fs::exists(spooled))
    return spooled;
  net::fetch_limits limits;
  limits.schemes = rules.schemes;
  limits.allow_private_addresses = rules.private_addresses;
  limits.connect_timeout = rules.connect_timeout;
  limits.idle_timeout = rules.idle_timeout;
  limits.answer_timeout = rules.answer_timeout;
  limits.allowed_networks = rules.allowed_networks;
  limits.authorities = rules.authorities;
  limits.redirects = static_cast<int>(rules.redirects);
  if (rules.largest_bytes > 0)
    limits.largest_bytes = rules.largest_bytes;
  const cancellations::work work{cancelled, msg.call};
  net::fetch(place.url, spooled, limits, work.cancelled());
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

opened look_at(const open_source& msg, const admission& rules, cancellations& cancelled) {
  opened found;
  const auto file = bring_here(msg, rules, cancelled);
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

caf::result<opened> answer_to(const open_source& msg, const admission& rules,
                              cancellations& cancelled) {
  try {
    return look_at(msg, rules, cancelled);
  } catch (const failure& error) {
    return to_error(error.why());
  } catch (const net::fetch_error& error) {
    return to_error(to_fault_of(error));
  } catch (const net::fetch_cancelled& error) {
    return to_error({culprit::peer, error.what(), "", "fetch"});
  } catch (const std::system_error& error) {
    return to_error({culprit::peer, error.what(), "check the file and its storage", "ingest"});
  }
}

/// One source that may have to be waited for.
actor::behavior_type one_upload(actor::pointer self,
                                const std::shared_ptr<cancellations>& cancelled,
                                const admission& rules) {
  return {[=](const open_source& msg) {
    self->quit();
    return answer_to(msg, rules, *cancelled);
  }};
}

/// Who uploads slowly must not hold up others.
actor::behavior_type ingest(actor::pointer self, const std::shared_ptr<cancellations>& cancelled,
                            const admission& rules) {
  return {[=](const open_source& msg) -> caf::result<opened> {
    if (probe::growing_file::at(msg.source))
      return self->delegate(self->spawn<caf::detached>(one_upload, cancelled, rules), msg);
    return answer_to(msg, rules, *cancelled);
  }};
}

} // namespace

actor spawn(caf::actor_system& system, std::shared_ptr<cancellations> cancelled,
            const admission& rules) {
  return system.spawn<caf::detached>(ingest, std::move(cancelled), rules);
}

} // namespace vdoc::ingest
