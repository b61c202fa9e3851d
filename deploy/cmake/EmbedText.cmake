# embed_text(OUTPUT FILE HEADER FUNCTION): a C++ file that defines vdoc::net::FUNCTION of HEADER, which
# gives the text of FILE.
function(embed_text output file header function)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
  file(READ ${file} text)
  file(CONFIGURE OUTPUT ${output} @ONLY CONTENT
"#include \"${header}\"

namespace vdoc::net {

std::string_view ${function}() {
  return R\"text(@text@)text\";
}

} // namespace vdoc::net
")
endfunction()
