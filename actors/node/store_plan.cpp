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

} // namespace

std::function<std::unique_ptr<artefacts::store>()>
store_connector(const conf::artefact_settings& settings) {
  if (settings.store.empty())
    return {};
  if (settings.store.find("://") == std::string::npos)
    return [root = std::filesystem::absolute(settings.store)] {
      return std::make_unique<artefacts::directory_store>(root);
    };
  const net::s3_credentials who{variable("AWS_ACCESS_KEY_ID"), variable("AWS_SECRET_ACCESS_KEY"),
                                variable("AWS_SESSION_TOKEN")};
  if (who.key_id.empty() || who.secret.empty())
    throw failure{{culprit::user,
                   "artefacts.store is " + settings.store + ", but nobody is named who asks for it",
                   "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY", "artefacts"}};
  try {
    return [where = net::s3_place_in(settings.store, settings.endpoint, settings.region), who] {
      return std::make_unique<net::s3_store>(where, who);
    };
  } catch (const artefacts::store_error& wrong) {
    throw failure{{culprit::user, wrong.what(), wrong.advice(), "artefacts"}};
  }
}

} // namespace vdoc::node
