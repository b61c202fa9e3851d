#pragma once

#include "actors/node/media_host.hpp"
#include "conf/settings.hpp"

namespace vdoc::node {

/// The stage actors of a media host that work with these settings, for who these options say.
hire crew_of(const conf::settings& settings, const media_host_options& options);

} // namespace vdoc::node
