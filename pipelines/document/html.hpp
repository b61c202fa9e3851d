#pragma once

#include <map>
#include <string>
#include <string_view>

namespace vdoc::document {

/// Text for use between tags and inside double-quoted attributes. Well-formed UTF-8 comes out,
/// whatever goes in; control characters that HTML forbids are dropped.
std::string escape_html(std::string_view text);

/// A path for use in href and src: percent-encoded (RFC 3986) except for '/' and a fragment that
/// begins with "#t=" or "#xywh=", then escaped. So a file name cannot become a scheme, a query or
/// a tag.
std::string escape_href(std::string_view path);

/// JSON text for use inside <script>: '<' as \u003c, so that nothing in it can end the element.
std::string escape_script(std::string_view json);

/// The template with each {{name}} replaced. Values are taken as they are and not looked at again.
/// Throws std::logic_error for a name that has no value.
std::string fill(std::string_view page, const std::map<std::string, std::string>& values);

} // namespace vdoc::document
