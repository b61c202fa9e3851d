#pragma once

#include <string>
#include <string_view>

namespace vdoc::net {

/// The media type of a result by its name, as HLS (RFC 8216), WebVTT and IANA's list have it.
std::string media_type_of(std::string_view name);

} // namespace vdoc::net
