#pragma once

#include "test/support/command.hpp"
#include "test/support/temp_folder.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace vdoc::test {

/// An S3 server on loopback, with the bucket "films": see s3_server.mjs. It keeps what it has, and
/// its port, when it is killed and started again.
class s3_server {
public:
  /// Throws std::runtime_error when it does not come up within 20 s.
  s3_server() { start(); }

  void start();
  void kill();
  void signal(int number) { server_->signal(number); }
  [[nodiscard]] bool ended() const { return server_->ended(); }
  /// "refuse", "mangle", "die" and how often, or after how many bytes. The answer.
  std::string control(const std::string& what, std::uint64_t count) const;
  /// Keeps back the next upload of an object of that name until `release`.
  void hold(const std::string& name) const { control("hold/" + name); }
  void hold_list() const { control("hold_list/1"); }
  [[nodiscard]] bool holds() const;
  void release() const { control("release/0"); }
  /// How often each path was put, since the last start: "/films/a/b" by number.
  [[nodiscard]] std::map<std::string, int> puts() const;
  /// Paths of uploads that did not have the SHA-256 that they were signed with.
  [[nodiscard]] std::vector<std::string> mangled() const;
  [[nodiscard]] std::string endpoint() const { return "http://127.0.0.1:" + port_; }
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_.path(); }

private:
  std::string control(const std::string& what) const;

  temp_folder folder_;
  std::string port_ = "0";
  std::unique_ptr<running_command> server_;
};

} // namespace vdoc::test
