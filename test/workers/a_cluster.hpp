#pragma once

#include "test/service/a_service.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace vdoc::test {

/// A service that leads, and worker nodes that share its folder. All have certificates of one
/// authority, and a media host each.
class a_cluster {
public:
  a_cluster();

  /// Which listens at `port`, with what its environment says.
  void start_leader();
  void start_worker(const std::string& name, std::map<std::string, std::string> environment = {});
  /// A certificate of the authority, in a folder of that name.
  std::filesystem::path issue(const std::string& name);
  [[nodiscard]] std::map<std::string, std::string> membership_of(const std::string& name);

  [[nodiscard]] running_command& worker(const std::string& name) { return *workers_.at(name); }
  /// The process of its media host; 0 when there is none.
  [[nodiscard]] pid_t host_of(const std::string& name);
  /// How often the leader has said that about a host or a node.
  [[nodiscard]] std::size_t said(const std::string& words) const;
  /// Until it has said it so often.
  bool hears(const std::string& words, std::size_t times = 1,
             std::chrono::milliseconds patience = std::chrono::seconds{60}) const;
  [[nodiscard]] std::string place() const { return "127.0.0.1:" + std::to_string(port); }
  static std::uint16_t free_port();
  static bool is_open(std::uint16_t port); ///< something accepts connections on it
  /// What `submit_a_minute` gives on one node that works alone.
  static const std::filesystem::path& undisturbed();
  /// How the results of another such job differ from it; "" when they do not.
  static std::string unlike_undisturbed(const std::filesystem::path& results);
  /// What all of them have logged.
  [[nodiscard]] std::string story() const;

  /// A minute of video, as it is submitted.
  static nlohmann::json a_minute(const std::string& preset = "slower");
  /// The same as a job: its id.
  std::string submit_a_minute(const std::string& preset = "slower");
  /// The same, when all nodes work on it.
  std::string submit_and_wait_for_work();
  [[nodiscard]] std::filesystem::path folder_of(const std::string& id) const {
    return leader.served() / "jobs" / id;
  }
  [[nodiscard]] nlohmann::json report(const std::string& id) const;
  [[nodiscard]] static std::size_t segments_in(const std::filesystem::path& results);
  [[nodiscard]] std::size_t segments_of(const std::string& id) const {
    return segments_in(folder_of(id));
  }
  /// It succeeds, without a warning, and with the bytes of `undisturbed`.
  void ends_well(const std::string& id);
  /// Tasks that the hosts of a node have ended.
  [[nodiscard]] std::size_t tasks_of(const std::string& id, const std::string& node) const;

  a_service leader;
  std::uint16_t port;
  /// What runs a worker, by its name, where it is not run itself: "ip netns exec ...".
  std::map<std::string, std::vector<std::string>> words_before;
  std::string joined;      ///< by workers, in the place of `place`; empty: that
  std::string also_joined; ///< ",127.0.0.1:1234": by workers, beside `place`
  temp_folder folder;

private:
  std::map<std::string, std::unique_ptr<running_command>> workers_;
};

} // namespace vdoc::test
