#include "actors/fetcher/process_protocol.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

namespace vdoc::fetcher {

namespace {

using nlohmann::json;

constexpr std::string_view progress = "fetch: progress";
constexpr std::string_view whole = "fetch: whole";
constexpr std::string_view finished = "fetch: done";
constexpr std::string_view unconfined = "fetch: not confined: ";
constexpr std::string_view message = "fetch: what: ";
constexpr std::string_view advice = "fetch: advice: ";
constexpr std::string_view fault_of = "fetch: fault of ";

constexpr std::array culprits{std::pair{"user", culprit::user}, std::pair{"peer", culprit::peer},
                              std::pair{"ours", culprit::ours}};

/// Servers choose words, and people read them on terminals.
std::string one_line(std::string text) {
  constexpr std::size_t longest = 1500; // lines of processes are cut
  std::ranges::replace_if(
      text, [](unsigned char one) { return one < 0x20 || one == 0x7f; }, ' ');
  text.resize(std::min(text.size(), longest));
  return text;
}

/// What stands behind these words, of the last line that begins with them.
std::optional<std::string> last_after(std::string_view words,
                                      const std::vector<std::string>& lines) {
  const auto found = std::find_if(lines.rbegin(), lines.rend(),
                                  [&](const auto& line) { return line.starts_with(words); });
  return found == lines.rend() ? std::nullopt
                               : std::optional{one_line(found->substr(words.size()))};
}

} // namespace

std::string to_bytes(const errand& what) {
  const auto& limits = what.limits;
  const json all{{"url", what.url},
                 {"into", what.into.string()},
                 {"schemes", limits.schemes},
                 {"allow_private_addresses", limits.allow_private_addresses},
                 {"allowed_networks", limits.allowed_networks},
                 {"authorities", limits.authorities.string()},
                 {"connect_timeout_ms", limits.connect_timeout.count()},
                 {"answer_timeout_ms", limits.answer_timeout.count()},
                 {"idle_timeout_ms", limits.idle_timeout.count()},
                 {"redirects", limits.redirects},
                 {"largest_bytes", limits.largest_bytes}};
  std::string bytes;
  json::to_cbor(all, bytes); // paths may be of any
  return bytes;
}

errand errand_from(const std::string& bytes) {
  try {
    const auto it = json::from_cbor(bytes);
    errand what;
    what.url = it.at("url").get<std::string>();
    what.into = it.at("into").get<std::string>();
    auto& limits = what.limits;
    it.at("schemes").get_to(limits.schemes);
    it.at("allow_private_addresses").get_to(limits.allow_private_addresses);
    it.at("allowed_networks").get_to(limits.allowed_networks);
    limits.authorities = it.at("authorities").get<std::string>();
    limits.connect_timeout = std::chrono::milliseconds{it.at("connect_timeout_ms").get<long>()};
    limits.answer_timeout = std::chrono::milliseconds{it.at("answer_timeout_ms").get<long>()};
    limits.idle_timeout = std::chrono::milliseconds{it.at("idle_timeout_ms").get<long>()};
    it.at("redirects").get_to(limits.redirects);
    it.at("largest_bytes").get_to(limits.largest_bytes);
    return what;
  } catch (const json::exception& why) {
    throw std::invalid_argument{std::string{"that is no errand: "} + why.what()};
  }
}

fault to_fault(const net::fetch_error& error) {
  const auto whose = error.whose() == net::at_fault::user   ? culprit::user
                     : error.whose() == net::at_fault::peer ? culprit::peer
                                                            : culprit::ours;
  return {whose, error.what(), error.advice(), "fetch"};
}

std::string progress_line() {
  return std::string{progress};
}

std::string whole_line() {
  return std::string{whole};
}

std::string done_line() {
  return std::string{finished};
}

std::string unconfined_line(const std::string& why) {
  return std::string{unconfined} + one_line(why);
}

std::vector<std::string> fault_lines(const fault& why) {
  const auto* const name =
      std::ranges::find(culprits, why.whose, [](const auto& each) { return each.second; });
  return {std::string{message} + one_line(why.what), std::string{advice} + one_line(why.advice),
          std::string{fault_of} + name->first};
}

bool is_whole_line(std::string_view line) {
  return line == whole;
}

std::optional<std::string> unconfined_in(std::string_view line) {
  return line.starts_with(unconfined)
             ? std::optional{one_line(std::string{line.substr(unconfined.size())})}
             : std::nullopt;
}

std::optional<std::variant<done, fault>> outcome_in(const std::vector<std::string>& lines) {
  if (std::ranges::find(lines, finished) != lines.end())
    return done{};
  const auto whose = last_after(fault_of, lines);
  const auto* const name = std::ranges::find(
      culprits, whose.value_or(""), [](const auto& each) { return std::string{each.first}; });
  if (name == culprits.end())
    return std::nullopt;
  return fault{name->second, last_after(message, lines).value_or("it cannot be fetched"),
               last_after(advice, lines).value_or(""), "fetch"};
}

} // namespace vdoc::fetcher
