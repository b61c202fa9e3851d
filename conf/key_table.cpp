#include "conf/key_table.hpp"

#include "conf/offer.hpp"
#include "conf/roles.hpp"
#include "conf/tenant_share.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace vdoc::conf {

namespace {

constexpr std::int64_t lots = 1'000'000'000;

/// "auto", or heights separated by commas: "1080,720".
bool is_ladder(std::string_view text) {
  if (text == "auto")
    return true;
  bool digit_before = false;
  for (const char one : text) {
    const bool digit = std::isdigit(static_cast<unsigned char>(one)) != 0;
    if (!digit && (one != ',' || !digit_before))
      return false;
    digit_before = digit;
  }
  return digit_before;
}

/// A language tag of BCP 47, roughly: "en", "pt-BR".
bool is_language(std::string_view text) {
  return text.size() >= 2 && text.size() <= 35 && std::ranges::all_of(text, [](char one) {
           return std::isalnum(static_cast<unsigned char>(one)) != 0 || one == '-';
         });
}

bool is_not_empty(std::string_view text) {
  return !text.empty();
}

bool is_empty_or_offer(std::string_view text) {
  return text.empty() || is_offer(text);
}

bool is_empty_or_share(std::string_view text) {
  return text.empty() || tenant_share_in(text).has_value();
}

bool are_roles(std::string_view text) {
  return roles_in(text).has_value();
}

/// "address:port", "name:port", "[::1]:port"; or nothing.
bool is_empty_or_place(std::string_view text) {
  const auto colon = text.rfind(':');
  if (text.empty())
    return true;
  if (colon == std::string_view::npos || colon == 0 || text.size() - colon > 6)
    return false;
  const auto host = text.substr(0, colon);
  const bool bracketed = host.starts_with('[') && host.ends_with(']') && host.size() > 2;
  const auto port = text.substr(colon + 1);
  return (bracketed || host.find(':') == std::string_view::npos) && !port.empty() &&
         std::ranges::all_of(port, [](unsigned char one) { return std::isdigit(one) != 0; }) &&
         std::stoul(std::string{port}) <= 65'535;
}

bool is_scheme(std::string_view text) {
  return text == "file" || text == "http" || text == "https";
}

/// It is also the name of a folder.
bool is_node_name_or_empty(std::string_view text) {
  return text.size() <= 63 && text != "." && text != ".." &&
         std::ranges::all_of(text, [](char one) {
           return std::isalnum(static_cast<unsigned char>(one)) != 0 || one == '.' || one == '_' ||
                  one == '-';
         });
}

#define VDOC_IN(section, field)                                                                    \
#section, #field, [](settings & all) -> slot { return &all.section.field; }

constexpr std::string_view presets = "ultrafast|superfast|veryfast|faster|fast|medium|slow|slower";

constexpr std::array table{
    key{VDOC_IN(run, out), 0, 0, "", is_not_empty},
    key{VDOC_IN(run, ladder), 0, 0, "", is_ladder},
    key{VDOC_IN(run, preset), 0, 0, presets},
    key{VDOC_IN(run, crf), 0, 51},
    key{VDOC_IN(run, segment_ms), 1000, 20'000},
    key{VDOC_IN(run, container), 0, 0, "fmp4|ts"},
    key{VDOC_IN(run, mp4)},
    key{VDOC_IN(run, captions), 0, 0, "auto|off"},
    key{VDOC_IN(run, language), 0, 0, "", is_language},
    key{VDOC_IN(run, document)},
    key{VDOC_IN(run, workers), 0, 256},
    key{VDOC_IN(run, skip_poison)},
    key{VDOC_IN(limits, largest_width_px), 16, 65'535},
    key{VDOC_IN(limits, largest_height_px), 16, 65'535},
    key{VDOC_IN(limits, largest_pixels), 256, lots},
    key{VDOC_IN(limits, most_audio_tracks), 1, 256},
    key{VDOC_IN(limits, stall_s), 1, 3600},
    key{VDOC_IN(limits, fragments_ahead), 0, 100'000},
    key{VDOC_IN(limits, utterances_ahead), 1, 10'000},
    key{VDOC_IN(limits, host_memory_mib), 0, 1'048'576},
    key{VDOC_IN(limits, poison_after), 1, 100},
    key{VDOC_IN(limits, poison_after_external_kills), 1, 1000},
    key{VDOC_IN(limits, tries), 1, 100},
    key{VDOC_IN(ladder, rungs), 16, 65'535},
    key{VDOC_IN(source, schemes), 0, 0, "", is_scheme},
    key{VDOC_IN(source, allow_private_addresses)},
    key{VDOC_IN(source, allowed_networks)},
    key{VDOC_IN(source, authorities)},
    key{VDOC_IN(source, connect_timeout_s), 1, 600},
    key{VDOC_IN(source, answer_timeout_s), 1, 600},
    key{VDOC_IN(source, idle_timeout_s), 1, 3600},
    key{VDOC_IN(source, redirects), 0, 50},
    key{VDOC_IN(source, largest_gb), 1, 100'000},
    key{VDOC_IN(speech, model_folder), 0, 0, "", is_not_empty},
    key{VDOC_IN(speech, voice_model)},
    key{VDOC_IN(speech, longest_utterance_ms), 1000, 20'000},
    key{VDOC_IN(document, picture_every_ms), 250, 60'000},
    key{VDOC_IN(ledger, database)},
    key{VDOC_IN(ledger, replica)},
    key{VDOC_IN(ledger, readers), 2, 64},
    key{VDOC_IN(service, folder), 0, 0, "", is_not_empty},
    key{VDOC_IN(service, zmq), 0, 0, "", is_not_empty},
    key{VDOC_IN(service, events)},
    key{VDOC_IN(service, metrics)},
    key{VDOC_IN(service, keys)},
    key{VDOC_IN(service, http)},
    key{VDOC_IN(service, exposed)},
    key{VDOC_IN(service, tokens)},
    key{VDOC_IN(service, tls_certificate)},
    key{VDOC_IN(service, tls_key)},
    key{VDOC_IN(service, http_connections), 1, 100'000},
    key{VDOC_IN(service, http_connections_per_address), 0, 100'000},
    key{VDOC_IN(service, http_rate_per_s), 0, 1'000'000},
    key{VDOC_IN(service, max_concurrent_jobs), 0, 100'000},
    key{VDOC_IN(service, job_timeout_s), 0, 2'592'000},
    key{VDOC_IN(service, attempts), 1, 100},
    key{VDOC_IN(service, retry_first_ms), 10, 3'600'000},
    key{VDOC_IN(service, retry_longest_ms), 10, 86'400'000},
    key{VDOC_IN(service, most_open_jobs), 1, 10'000'000},
    key{VDOC_IN(service, tenant_queued), 0, lots},
    key{VDOC_IN(service, tenant_running), 0, lots},
    key{VDOC_IN(service, tenant_shares), 0, 0, "a tenant and its share, 1 to 1000: \"acme=3\"",
        is_empty_or_share},
    key{VDOC_IN(service, keep_days), 0, 36'500},
    key{VDOC_IN(service, keep_audit_days), 0, 36'500},
    key{VDOC_IN(service, tenant_upload_gb), 0, 1'000'000},
    key{VDOC_IN(service, tenant_stored_mb), 0, lots},
    key{VDOC_IN(service, upload_expires_s), 1, 31'536'000},
    key{VDOC_IN(service, reuse_results)},
    key{VDOC_IN(service, watch)},
    key{VDOC_IN(service, watch_settle_ms), 100, 3'600'000},
    key{VDOC_IN(service, watch_job), 0, 0, "", is_not_empty},
    key{VDOC_IN(artefacts, store)},
    key{VDOC_IN(artefacts, endpoint)},
    key{VDOC_IN(artefacts, region), 0, 0, "", is_not_empty},
    key{VDOC_IN(artefacts, fallback)},
    key{VDOC_IN(artefacts, fallback_endpoint)},
    key{VDOC_IN(artefacts, fallback_region), 0, 0, "", is_not_empty},
    key{VDOC_IN(artefacts, local_copies), 0, 0, "keep|drop"},
    key{VDOC_IN(cluster, name), 0, 0, "", is_node_name_or_empty},
    key{VDOC_IN(cluster, zmq)},
    key{VDOC_IN(cluster, http)},
    key{VDOC_IN(cluster, role), 0, 0, "all, or some of gateway, worker and leader-candidate",
        are_roles},
    key{VDOC_IN(cluster, listen), 0, 0, "", is_empty_or_place},
    key{VDOC_IN(cluster, join), 0, 0, "", is_empty_or_place},
    key{VDOC_IN(cluster, labels), 0, 0, "", is_empty_or_offer},
    key{VDOC_IN(cluster, certificates)},
    key{VDOC_IN(cluster, drain_s), 0, 86'400},
    key{VDOC_IN(cluster, blob_port), 0, 65'535},
    key{VDOC_IN(cluster, cache)},
    key{VDOC_IN(cluster, cache_mb), 1, 100'000'000},
    key{VDOC_IN(cluster, quarantine_s), 0, 2'592'000},
    key{VDOC_IN(cluster, twins)},
    key{VDOC_IN(log, level), 0, 0, "debug|info|warning|error"},
    key{VDOC_IN(log, format), 0, 0, "text|json"},
    key{VDOC_IN(client, url)},
    key{VDOC_IN(client, events)},
    key{VDOC_IN(client, identity)},
    key{VDOC_IN(client, token)},
    key{VDOC_IN(client, authorities)},
    key{VDOC_IN(faults, crash_at_fragment), -1, lots},
    key{VDOC_IN(faults, hang_at_fragment), -1, lots},
    key{VDOC_IN(faults, times), 1, lots},
    key{VDOC_IN(faults, fail_transcodes)},
};

#undef VDOC_IN

std::string complaint_about(const key& what, std::int64_t value) {
  if (value >= what.least && value <= what.most)
    return "";
  return "has to be from " + std::to_string(what.least) + " to " + std::to_string(what.most);
}

std::string complaint_about(const key& what, const std::string& value) {
  if (what.well_formed != nullptr) {
    if (what.well_formed(value))
      return "";
    const std::string wrong = "cannot be \"" + value + "\"";
    return what.choices.empty() ? wrong : wrong + ": it is " + std::string{what.choices};
  }
  if (what.choices.empty())
    return "";
  for (std::string_view rest = what.choices; !rest.empty();) {
    const auto end = std::min(rest.find('|'), rest.size());
    if (rest.substr(0, end) == value)
      return "";
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return "has to be one of " + std::string{what.choices};
}

std::string complaint_about(const key& what, const std::vector<std::string>& values) {
  for (const std::string& value : values)
    if (auto wrong = complaint_about(what, value); !wrong.empty())
      return wrong;
  const bool needs_one = what.well_formed != nullptr && !what.well_formed("");
  return values.empty() && needs_one ? "must not be empty" : "";
}

std::string complaint_about(const key& what, const std::vector<rung>& rungs) {
  for (const rung& one : rungs) {
    if (auto wrong = complaint_about(what, one.height_px); !wrong.empty())
      return "height_px " + wrong;
    if (one.max_bitrate_kbps < 1 || one.buffer_kbit < 1)
      return "needs max_bitrate_kbps and buffer_kbit above 0";
  }
  const auto lower = [](const rung& a, const rung& b) { return a.height_px > b.height_px; };
  const auto same = [](const rung& a, const rung& b) { return a.height_px == b.height_px; };
  if (rungs.empty() || !std::ranges::is_sorted(rungs, lower) ||
      std::ranges::adjacent_find(rungs, same) != rungs.end())
    return "needs at least one rung, and the heights falling";
  return "";
}

} // namespace

std::span<const key> key_table() {
  return table;
}

const key* find_key(std::string_view dotted) {
  const auto* found = std::ranges::find_if(table, [&](const key& one) {
    return dotted.size() == one.section.size() + 1 + one.name.size() &&
           dotted.starts_with(one.section) && dotted[one.section.size()] == '.' &&
           dotted.ends_with(one.name);
  });
  return found == table.end() ? nullptr : found;
}

std::string complaint(const key& what, settings& in) {
  return std::visit(
      [&](auto* value) -> std::string {
        if constexpr (std::is_same_v<decltype(value), bool*>)
          return "";
        else
          return complaint_about(what, *value);
      },
      what.in(in));
}

} // namespace vdoc::conf
