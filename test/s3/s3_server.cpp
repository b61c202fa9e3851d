#include "test/s3/s3_server.hpp"

#include "test/support/until.hpp"

#include <nlohmann/json.hpp>

#include <csignal>
#include <stdexcept>

namespace vdoc::test {

using namespace std::chrono_literals;

void s3_server::start() {
  server_ = std::make_unique<running_command>(
      command{{"node", "--openssl-legacy-provider",
               std::string{VDOC_SOURCE_DIR} + "/test/s3/s3_server.mjs", folder_.path(), port_},
              {},
              {}});
  std::string line;
  const bool up = until(60s, [&] {
    line = server_->out_so_far();
    return line.find('\n') != std::string::npos || server_->ended();
  });
  if (!up || server_->ended())
    throw std::runtime_error{"the S3 server did not start: " + server_->err_so_far()};
  port_ = line.substr(0, line.find('\n'));
}

void s3_server::kill() {
  server_->signal(SIGKILL);
  server_->wait(60s);
}

std::string s3_server::control(const std::string& what) const {
  return run({{"curl", "-s", endpoint() + "/.control/" + what}, {}, {}}, 60s).out;
}

std::string s3_server::control(const std::string& what, std::uint64_t count) const {
  return control(what + "/" + std::to_string(count));
}

bool s3_server::holds() const {
  return nlohmann::json::parse(control("seen/0"))["held"] == 1;
}

std::map<std::string, int> s3_server::puts() const {
  return nlohmann::json::parse(control("seen", 0))["puts"].get<std::map<std::string, int>>();
}

std::vector<std::string> s3_server::mangled() const {
  return nlohmann::json::parse(control("seen", 0))["mangled"].get<std::vector<std::string>>();
}

} // namespace vdoc::test
