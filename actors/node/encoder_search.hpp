#pragma once

#include <string>
#include <vector>

namespace vdoc::node {

/// The words after the program's name that make it search for encoders.
constexpr const char* encoder_search_word = "find-encoders";

/// A child of a node that prints which encoders start on this machine, one on each line, and ends:
/// what is loaded to try them would stay in a media host for ever. As confined as a media host is.
/// `words` are the process id of the node and the limit of private memory in MiB. Returns the exit
/// code of the process.
int find_encoders(const std::vector<std::string>& words);

} // namespace vdoc::node
