#include "test/support/source_server.hpp"

#include "test/support/until.hpp"

#include <stdexcept>

namespace vdoc::test {

source_server::source_server(const std::filesystem::path& folder)
    : server_{
          {{"node", VDOC_SOURCE_DIR "/test/support/source_server.mjs", folder.string()}, {}, {}}} {
  const bool up = until(std::chrono::seconds{10}, [this] {
    const auto line = server_.out_so_far();
    port_ = line.substr(0, line.find('\n'));
    return line.find('\n') != std::string::npos || server_.ended();
  });
  if (!up || server_.ended())
    throw std::runtime_error{"the source server did not start: " + server_.err_so_far()};
}

std::string source_server::url(const std::string& how, const std::string& name) const {
  return "http://127.0.0.1:" + port_ + "/" + how + (name.empty() ? "" : "/" + name);
}

} // namespace vdoc::test
