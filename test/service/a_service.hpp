#pragma once

#include "net/zmq/client.hpp"
#include "test/support/command.hpp"
#include "test/support/temp_folder.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace vdoc::test {

/// `video-doc serve` on a folder of its own. It can be killed and started again.
class a_service {
public:
  a_service();

  void start();
  /// Anew, with the present identity.
  void connect();
  /// kill -9, of the node alone: its media hosts have to notice by themselves.
  void kill_node();
  /// In good order. The exit code.
  int stop();
  /// Without being asked by us. The exit code, or -1: it did not.
  int ends_by_itself(std::chrono::milliseconds patience);

  /// With "code" beside what the body says; nothing when there is no answer in time.
  std::optional<nlohmann::json> ask(const std::string& verb, const nlohmann::json& body,
                                    std::chrono::milliseconds patience = std::chrono::seconds{60});
  std::string submit(const nlohmann::json& job);
  std::string state_of(const std::string& id);
  bool wait_for(const std::string& id, const std::string& state, std::chrono::seconds patience);
  bool wait_until_nothing_is_open(std::chrono::seconds patience);

  /// "http://127.0.0.1:1234", once it listens there.
  [[nodiscard]] std::string http() const;
  [[nodiscard]] command client(std::vector<std::string> words) const;
  /// What came of it, within three minutes.
  [[nodiscard]] outcome run_client(std::vector<std::string> words) const;
  /// Another command of the same binary.
  [[nodiscard]] static command program(std::vector<std::string> words);
  [[nodiscard]] const std::string& endpoint() const noexcept { return endpoint_; }
  [[nodiscard]] const std::string& events() const noexcept { return events_; }
  [[nodiscard]] std::filesystem::path served() const {
    return shared.empty() ? folder_ / "data" : shared;
  }
  [[nodiscard]] std::filesystem::path database() const { return served() / "video-doc.db"; }
  [[nodiscard]] pid_t pid() const { return node_->pid(); }
  /// To the node alone.
  void signal(int number) const { node_->signal(number); }
  [[nodiscard]] std::string log() const { return node_ ? node_->err_so_far() : ""; }
  /// With those of the processes before it that were killed.
  [[nodiscard]] std::string all_logs() const;

  std::filesystem::path shared; ///< folder that several nodes serve; empty: one of its own
  std::map<std::string, std::string> environment;
  std::vector<std::string> more_words;   ///< of `serve`
  std::vector<std::string> words_before; ///< what runs it, if it is not run itself
  std::optional<std::string> identity;   ///< file of keys, for `ask` and `client`

private:
  temp_folder folder_;
  std::string endpoint_;
  std::string events_;
  std::vector<std::unique_ptr<running_command>> killed_; ///< kept: their media hosts are left alone
  std::unique_ptr<running_command> node_;
  std::unique_ptr<net::zmq_client> client_;
};

} // namespace vdoc::test
