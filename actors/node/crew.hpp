#pragma once

#include "actors/node/media_host.hpp"
#include "conf/settings.hpp"

#include <filesystem>

namespace vdoc::node {

/// The stage actors of a media host that work with these settings, and with the file `turn` (see
/// media_host_options).
hire crew_of(const conf::settings& settings, const std::filesystem::path& turn);

} // namespace vdoc::node
