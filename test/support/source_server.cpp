#include "test/support/source_server.hpp"

#include "test/support/until.hpp"

#include <stdexcept>

namespace vdoc::test {

namespace {

command words_for(const std::filesystem::path& folder, const std::vector<std::string>& more) {
  command it{{"node", VDOC_SOURCE_DIR "/test/support/source_server.mjs", folder.string()}, {}, {}};
  it.words.insert(it.words.end(), more.begin(), more.end());
  return it;
}

} // namespace

source_server::source_server(const std::filesystem::path& folder)
    : source_server{folder, std::vector<std::string>{}} {}

source_server::source_server(const std::filesystem::path& folder, const std::filesystem::path& key,
                             const std::filesystem::path& certificate)
    : source_server{folder, std::vector{key.string(), certificate.string()}} {}

source_server::source_server(const std::filesystem::path& folder,
                             const std::vector<std::string>& more)
    : server_{words_for(folder, more)}, start_{more.empty() ? "http://" : "https://"} {
  const bool up = until(std::chrono::seconds{60}, [this] {
    const auto line = server_.out_so_far();
    port_ = line.substr(0, line.find('\n'));
    return line.find('\n') != std::string::npos || server_.ended();
  });
  if (!up || server_.ended())
    throw std::runtime_error{"the source server did not start: " + server_.err_so_far()};
}

std::string source_server::url(const std::string& how, const std::string& name) const {
  return url_at("127.0.0.1", how, name);
}

std::string source_server::url_at(const std::string& host, const std::string& how,
                                  const std::string& name) const {
  return start_ + host + ":" + port_ + "/" + how + (name.empty() ? "" : "/" + name);
}

} // namespace vdoc::test
