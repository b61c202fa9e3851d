#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace vdoc::node {

/// The first word of a child process that fetches one source (see fetcher::errand).
constexpr std::string_view source_fetch_word = "fetch-source";

/// The life of that process: reads its errand from its input, gives up what it does not need,
/// fetches, and prints what came of it. Loads no plugins. Call it first thing in main. `words` are
/// the process id of the node and the limit of private memory in MiB (0: none). Returns its exit
/// code.
int fetch_source(const std::vector<std::string>& words);

} // namespace vdoc::node
