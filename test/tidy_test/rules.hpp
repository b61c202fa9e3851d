#pragma once

#include "test/tidy_test/source_text.hpp"

#include <string>
#include <vector>

namespace vdoc::tidy {

/// Lines like "net/x.cpp includes actors/y.hpp: ...". Empty: nothing to complain about.
using complaints = std::vector<std::string>;

/// actors -> pipelines, net, cluster, conf; net -> cluster, conf; cluster -> conf; pipelines and
/// conf -> nothing of ours. Of another actor its protocol.hpp; who starts it, its spawn.hpp too.
complaints arrows(const source_file& file);

/// GStreamer in pipelines/gst only, CAF in actors only (tests may both), never all of CAF at once.
complaints platforms(const source_file& file);

/// The node opens no media: what lives in it includes nothing of pipelines/gst, and gets the values
/// that it passes on from actors/wire/pipelines.hpp.
complaints media(const source_file& file);

/// manager, handler, helper, utils, common, data, info: they hide the noun.
complaints names(const source_file& file);

/// Functions of at most 80 lines, files that can be read at one sitting.
complaints lengths(const source_file& file);

/// #pragma once, and a `///` on every type a header declares at namespace level.
complaints headers(const source_file& file);

/// Nothing left to do later, and no test that sleeps.
complaints leftovers(const source_file& file);

/// Names directly below the root that belong there.
complaints root_entry(const std::string& name);

complaints all_rules(const source_file& file);

} // namespace vdoc::tidy
