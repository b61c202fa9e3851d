#pragma once

#include <string_view>

namespace vdoc::node {

/// The first word of a child process that fetches one source (see fetcher::errand).
constexpr std::string_view source_fetch_word = "fetch-source";

/// The life of that process, of the node `parent`: reads its errand from its input, gives up what
/// it does not need, fetches, and prints what came of it. Loads no plugins. Call it first thing in
/// main. Returns its exit code.
int fetch_source(std::string_view parent);

} // namespace vdoc::node
