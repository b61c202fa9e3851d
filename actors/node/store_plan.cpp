#include "actors/node/store_plan.hpp"

#include "cluster/artefacts/directory_store.hpp"
#include "net/s3/s3_store.hpp"
#include "pipelines/fault.hpp"

#include <cstdlib>
#include <filesystem>
#include <string>

namespace vdoc::node {

namespace {

std::string variable(const char* name) {
  const char* const value = std::getenv(name); // NOLINT(concurrency-mt-unsafe): nobody sets any
  return value == nullptr ? "" : value;
}

net::s3_credentials credentials(const std::string& before) {
  return {variable((before + "AWS_ACCESS_KEY_ID").c_str()),
          variable((before + "AWS_SECRET_ACCESS_KEY").c_str()),
          variable((before + "AWS_SESSION_TOKEN").c_str())};
}

/// `key` is the setting that names it.
artefacts::connector connector(const std::string& key, const std::string& url,
                               const std::string& endpoint, const std::string& region,
                               const net::s3_credentials& who, net::s3_patience patience = {}) {
  if (url.empty())
    return {};
  if (url.find("://") == std::string::npos)
    return [root = std::filesystem::absolute(url)] {
      return std::make_unique<artefacts::directory_store>(root);
    };
  if (who.key_id.empty() || who.secret.empty())
    throw failure{{culprit::user, key + " is " + url + ", but nobody is named who asks for it",
                   "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY", "artefacts"}};
  try {
    return [where = net::s3_place_in(url, endpoint, region), who, patience] {
      return std::make_unique<net::s3_store>(where, who, patience);
    };
  } catch (const artefacts::store_error& wrong) {
    throw failure{{culprit::user, key + ": " + wrong.what(), wrong.advice(), "artefacts"}};
  }
}

} // namespace

/// Of a client of the HTTP door who waits.
constexpr net::s3_patience with_readers{std::chrono::seconds{2}, std::chrono::seconds{5},
                                        std::chrono::seconds{8}};

store_plan store_plan_of(const conf::artefact_settings& settings) {
  const auto refuse = [](const std::string& what, const std::string& advice) {
    throw failure{{culprit::user, what, advice, "artefacts"}};
  };
  if (settings.store.empty() && !settings.fallback.empty())
    refuse("artefacts.fallback is set, but artefacts.store is not", "set artefacts.store");
  if (settings.store.empty() && settings.local_copies == "drop")
    refuse("artefacts.local_copies is drop, but artefacts.store is not set", "set artefacts.store");
  if (!settings.store.empty() && settings.fallback == settings.store &&
      settings.fallback_endpoint == settings.endpoint)
    refuse("artefacts.fallback is the same place as artefacts.store", "name another place");
  const auto who = credentials("");
  const auto elsewhere = credentials("FALLBACK_");
  return {connector("artefacts.store", settings.store, settings.endpoint, settings.region, who),
          connector("artefacts.fallback", settings.fallback, settings.fallback_endpoint,
                    settings.fallback_region, elsewhere.key_id.empty() ? who : elsewhere),
          settings.fallback,
          connector("artefacts.store", settings.store, settings.endpoint, settings.region, who,
                    with_readers)};
}

} // namespace vdoc::node
