#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace vdoc::net {

/// The pairs of "state=failed&text=a+talk", in order, decoded as forms are (WHATWG URL, section
/// 5.1). What cannot be decoded stays as it is.
std::vector<std::pair<std::string, std::string>> pairs_of(std::string_view query);

/// The filter of a list of jobs as desk::parse_filter reads it. `state` may be given several times,
/// or with commas. An unknown name is left in, to be refused there by name.
std::string filter_of(std::string_view query);

} // namespace vdoc::net
