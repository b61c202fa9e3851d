#pragma once

#include "cluster/artefacts/store.hpp"
#include "conf/artefact_settings.hpp"

#include <functional>
#include <memory>

namespace vdoc::node {

/// Makes connections to the store that the settings name; null: there is none. Who asks S3 is read
/// from the environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN) now, and
/// shown nowhere. Throws vdoc::failure: the settings name no store, or nobody may ask.
std::function<std::unique_ptr<artefacts::store>()>
store_connector(const conf::artefact_settings& settings);

} // namespace vdoc::node
