#pragma once

#include "actors/node/media_host.hpp"
#include "conf/settings.hpp"

namespace vdoc::node {

/// The stage actors of a media host that work with these settings.
hire crew_of(const conf::settings& settings);

} // namespace vdoc::node
