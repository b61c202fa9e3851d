#include "net/http/source_place.hpp"

#include "net/http/fetch_error.hpp"

#include <glib.h>

#include <algorithm>
#include <cctype>
#include <memory>

namespace vdoc::net {

namespace {

/// "https" of "HTTPS://...", "file" of "file:...", "" of a path.
std::string scheme_of(std::string_view source) {
  const auto colon = source.find(':');
  if (colon == std::string_view::npos || colon < 2)
    return "";
  std::string scheme{source.substr(0, colon)};
  std::ranges::transform(scheme, scheme.begin(), [](unsigned char c) { return std::tolower(c); });
  const bool sound = std::ranges::all_of(scheme, [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '+' || c == '-' || c == '.';
  });
  const bool url = source.substr(colon).starts_with("://");
  return sound && (url || scheme == "file") ? scheme : "";
}

std::string list_of(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names)
    text.append(text.empty() ? "" : ", ").append(name);
  return text;
}

std::filesystem::path path_of_file_url(const std::string& url) {
  GError* error = nullptr;
  char* host = nullptr;
  const std::unique_ptr<char, void (*)(void*)> path{g_filename_from_uri(url.c_str(), &host, &error),
                                                    g_free};
  const std::unique_ptr<char, void (*)(void*)> free_host{host, g_free};
  g_clear_error(&error);
  if (!path || (host != nullptr && std::string_view{host} != "localhost"))
    throw fetch_error{at_fault::user, url + " is no path on this machine", "write file:///path"};
  return path.get();
}

} // namespace

source_place place_of(std::string_view source, const std::vector<std::string>& allowed) {
  source_place place;
  place.scheme = scheme_of(source);
  const bool plain_path = place.scheme.empty();
  if (plain_path)
    place.scheme = "file";
  const bool known = place.scheme == "file" || place.scheme == "http" || place.scheme == "https";
  if (!known || std::ranges::find(allowed, place.scheme) == allowed.end())
    throw fetch_error{at_fault::user, "sources of the kind " + place.scheme + ": are not allowed",
                      "allowed are " + list_of(allowed) + " (source.schemes in the settings)"};
  if (plain_path)
    place.path = std::filesystem::path{source};
  else if (place.scheme == "file")
    place.path = path_of_file_url(std::string{source});
  else
    place.url = std::string{source};
  return place;
}

} // namespace vdoc::net
