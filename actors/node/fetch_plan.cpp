#include "actors/node/fetch_plan.hpp"

#include "actors/fetcher/spawn.hpp"
#include "actors/node/source_fetch.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <unistd.h>

namespace vdoc::node {

namespace {

net::fetch_limits limits_of(const conf::source_settings& source) {
  constexpr std::uint64_t bytes_per_gb = 1'000'000'000;
  net::fetch_limits limits;
  limits.schemes = source.schemes;
  limits.allow_private_addresses = source.allow_private_addresses;
  limits.connect_timeout = std::chrono::seconds{source.connect_timeout_s};
  limits.idle_timeout = std::chrono::seconds{source.idle_timeout_s};
  limits.answer_timeout = std::chrono::seconds{source.answer_timeout_s};
  limits.allowed_networks = source.allowed_networks;
  if (!source.authorities.empty())
    limits.authorities = std::filesystem::absolute(source.authorities);
  limits.redirects = static_cast<int>(source.redirects);
  if (source.largest_gb > 0)
    limits.largest_bytes = static_cast<std::uint64_t>(source.largest_gb) * bytes_per_gb;
  return limits;
}

/// What libraries heed, and tools that look for faults. Whoever talks to strangers is not told
/// where the database is, nor the keys of the artefact store.
bool is_harmless(std::string_view key) {
  constexpr std::array names{"PATH",         "LANG",        "LANGUAGE",     "TZ",
                             "RES_OPTIONS",  "LOCALDOMAIN", "ASAN_OPTIONS", "UBSAN_OPTIONS",
                             "TSAN_OPTIONS", "LSAN_OPTIONS"};
  return key.starts_with("LC_") || key.starts_with("LD_") ||
         std::ranges::find(names, key) != names.end();
}

} // namespace

std::function<fetcher::actor(caf::actor_system&)> fetchers_of(const conf::settings& settings) {
  constexpr std::chrono::seconds later{5}; // than the process itself gives up
  fetcher::means with;
  with.limits = limits_of(settings.source);
  with.schemes = settings.source.schemes;
  with.patience.silence = std::max(with.limits.answer_timeout, with.limits.idle_timeout) + later;
  constexpr std::int64_t most_mib = 512; // stacks of threads among it
  const auto memory_mib = std::min(most_mib, std::int64_t{settings.limits.host_memory_mib});
  with.order = [memory_mib] {
    supervision::launch_order order;
    order.executable = "/proc/self/exe";
    order.words = {std::string{source_fetch_word}, std::to_string(::getpid()),
                   std::to_string(memory_mib)};
    order.hands_down = is_harmless;
    return order;
  };
  return [with](caf::actor_system& system) { return fetcher::spawn(system, with); };
}

} // namespace vdoc::node
