#pragma once

#include "cluster/artefacts/store.hpp"
#include "conf/artefact_settings.hpp"

#include <string>

namespace vdoc::node {

struct store_plan {
  artefacts::connector store;
  artefacts::connector fallback;
  std::string fallback_name;    ///< for people
  artefacts::connector reading; ///< of the store, where somebody waits for an answer: less patient
};

/// The stores that the settings name. Who asks S3 is read from the environment now
/// (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN; of the fallback the same with
/// FALLBACK_ before it, if there are any), and shown nowhere. Throws vdoc::failure: the settings
/// name no store and need one, or the same one twice, or nobody may ask.
store_plan store_plan_of(const conf::artefact_settings& settings);

} // namespace vdoc::node
