#pragma once

#include <string_view>

namespace vdoc::net {

/// docs/openapi.yaml as it was when this was built (deploy/cmake/EmbedText.cmake).
std::string_view openapi_document();

} // namespace vdoc::net
