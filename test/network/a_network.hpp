#pragma once

#include "cluster/ledger/open_store.hpp"
#include "test/network/machines.hpp"
#include "test/support/until.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace vdoc::test {

std::int64_t ms_since(std::chrono::steady_clock::time_point begun);
void pause(std::chrono::milliseconds span);

/// How long things took, by what had happened.
class table {
public:
  void add(const std::string& what, std::int64_t ms) { all_[what].push_back(ms); }
  void print();

private:
  std::map<std::string, std::vector<std::int64_t>> all_;
};

/// All of it under load: jobs that do nothing at the doors, and a video.
struct a_network : machines {
  using steady = std::chrono::steady_clock;

  std::vector<std::string> videos;
  std::set<std::string> acknowledged;
  std::unique_ptr<a_load> at_one, at_two, at_gate; ///< the last one is null without "gate"
  table times;
  int loads = 0;

  explicit a_network(machine_options which = {});
  ~a_network() { times.print(); }

  void begin_load();
  void end_load();
  /// The longest time between two acknowledgements, at the door that did best.
  [[nodiscard]] std::int64_t gap_ms() const;
  void forget_gaps();
  [[nodiscard]] pid_t host_of(const std::string& worker);
  /// A worker "a" is disturbed by `harm`, noticed, set right by `heal`, and works again.
  void disturb_worker(const std::string& what, const std::function<void()>& harm,
                      const std::function<void()>& heal, std::chrono::milliseconds seen_within,
                      std::chrono::milliseconds back_within = std::chrono::seconds{12});
  /// The node that leads is disturbed, the other one takes over, and the first follows when it is
  /// back.
  void disturb_leader(const std::string& what, const std::function<void(a_service&)>& harm,
                      const std::function<void(a_service&)>& heal,
                      std::chrono::milliseconds within);
  /// Until somebody takes jobs again.
  void disturb_database(const std::string& what, const std::function<void()>& harm,
                        const std::function<void()>& heal);
  /// Nothing that was acknowledged is lost, nothing is done twice, bytes are as ever, and no epoch
  /// was had twice or went back.
  void check();
  /// The database by its socket: the network is for the others.
  [[nodiscard]] std::string database_here() const;

private:
  /// How often it has had media hosts of worker "a".
  static std::size_t ups_in(const a_service& it);
  void check_epochs() const;
};

/// Whether it says that it leads, and is ready.
bool leads_now(a_service& it);
/// Whether it is ready, and does not lead.
bool follows_now(a_service& it);

} // namespace vdoc::test
