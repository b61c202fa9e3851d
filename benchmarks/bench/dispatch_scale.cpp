#include "cluster/dispatch/slot_rules.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <ctime>
#include <exception>
#include <fstream>
#include <iostream>
#include <map>
#include <queue>
#include <random>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <vector>

/// DISPATCH's real rules, media hosts that are simulated, and a clock that jumps to the next event.
///
///     dispatch_scale HOSTS FRAGMENTS SEED
///
/// prints one JSON object. All fragments wait before the first host is up.
namespace {

using namespace vdoc::dispatch;
using nlohmann::json;

constexpr std::uint32_t tenants = 20;
constexpr std::uint32_t hosts_of_a_node = 4;
constexpr std::uint32_t fragments_of_a_job = 100;
constexpr std::uint32_t fragments_of_a_run = 25;
constexpr std::uint32_t media_ms = 4'000;
constexpr std::uint32_t moving_ms = 100; ///< a fragment to another node

struct node {
  std::string name;
  double slowness = 1; ///< of its processor
};
struct job {
  std::string id;
  std::uint32_t tenant = 0;
  urgency haste = urgency::batch;
  std::size_t rung = 0;
  bool gpu = false;
  std::uint32_t home = 0; ///< node where its bytes are
};
struct fragment {
  std::uint32_t job = 0;
  std::string id;
  double work_ms = 0; ///< on a node of slowness 1
  std::int64_t began_ms = 0;
};
struct rung {
  const char* work;
  double usual_ms;
};
constexpr std::array rungs{rung{"h264 1080p", 4'000}, rung{"h264 2160p", 12'000},
                           rung{"h264 720p", 2'000}};
struct finish {
  std::int64_t at_ms = 0;
  std::uint32_t fragment = 0;
  bool operator<(const finish& other) const { return at_ms > other.at_ms; } ///< the soonest first
};

std::size_t resident_bytes() {
  std::ifstream in{"/proc/self/statm"};
  std::size_t all = 0, resident = 0;
  in >> all >> resident;
  return resident * 4096;
}

/// Seconds of this thread's CPU time that its calls took: others on the machine do not count.
class stopwatch {
public:
  template <class Call> auto time(Call what) {
    const auto begin = now_ns();
    auto result = what();
    spent_ns_ += now_ns() - begin;
    return result;
  }
  [[nodiscard]] double seconds() const { return static_cast<double>(spent_ns_) / 1e9; }

private:
  static std::int64_t now_ns() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
  }
  std::int64_t spent_ns_ = 0;
};

class simulation {
public:
  simulation(std::uint32_t hosts, std::uint32_t fragments, std::uint32_t seed)
      : chance_{seed}, all_(fragments) {
    std::uniform_real_distribution<double> speeds{-0.4, 0.4};
    nodes_.resize((hosts + hosts_of_a_node - 1) / hosts_of_a_node);
    for (std::size_t i = 0; i < nodes_.size(); ++i)
      nodes_[i] = {"node" + std::to_string(i), std::exp(speeds(chance_))};
    hosts_ = hosts;
    for (std::uint32_t i = 0; i < tenants; ++i)
      rules_.set_share("tenant" + std::to_string(i), share_of(i));
  }

  json run() {
    make_work();
    const auto before = resident_bytes();
    queue_all();
    const auto queued = resident_bytes();
    bring_up();
    while (!finishes_.empty()) {
      const auto next = finishes_.top();
      finishes_.pop();
      end(next);
    }
    if (rules_.waiting() + rules_.granted() > 0)
      throw std::runtime_error{"something was left behind"};
    return report(static_cast<double>(queued - std::min(before, queued)));
  }

private:
  static std::uint32_t share_of(std::uint32_t tenant) { return 1 + tenant % 4; }

  /// Jobs of 100 fragments: a twentieth live, a seventh interactive, a tenth in need of a GPU. All
  /// tenants have work in proportion to their shares, so that all have some to the end.
  void make_work() {
    std::vector<std::uint32_t> tickets;
    for (std::uint32_t i = 0; i < tenants; ++i)
      tickets.insert(tickets.end(), share_of(i), i);
    std::array<std::size_t, 3> made{};
    std::lognormal_distribution<double> cost{0, 0.35};
    for (std::uint32_t i = 0; i < all_.size(); ++i) {
      if (i % fragments_of_a_job == 0) {
        auto& it = jobs_.emplace_back();
        const auto number = jobs_.size();
        it.id = "018f0000-0000-7000-8000-" + std::to_string(100'000'000'000 + number);
        it.haste = number % 20 == 0  ? urgency::live
                   : number % 7 == 0 ? urgency::interactive
                                     : urgency::batch;
        const auto turn = made.at(static_cast<std::size_t>(it.haste))++;
        it.tenant = tickets[turn % tickets.size()];
        it.rung = turn / tickets.size() % rungs.size();
        it.gpu = it.haste == urgency::batch && turn / tickets.size() % 10 == 3;
        it.home = static_cast<std::uint32_t>(chance_() % nodes_.size());
      }
      const auto& of = jobs_.back();
      auto& one = all_[i];
      one.job = static_cast<std::uint32_t>(jobs_.size() - 1);
      one.id = of.id + "/encode " + std::to_string(i % fragments_of_a_job) + "#1";
      one.work_ms = rungs.at(of.rung).usual_ms * cost(chance_);
      places_[one.id] = i;
      (of.gpu ? gpu_ms_ : plain_ms_) += one.work_ms;
      if (of.haste == urgency::live)
        live_ms_ += one.work_ms;
      if (of.haste == urgency::batch)
        ++batch_left_[of.tenant];
      else
        ++urgent_left_;
    }
  }

  void queue_all() {
    for (std::uint32_t i = 0; i < all_.size(); ++i) {
      const auto& of = jobs_[all_[i].job];
      task it;
      it.id = all_[i].id;
      it.job = of.id;
      it.index = i % fragments_of_a_job;
      it.affinity = "runs/" + std::to_string(it.index / fragments_of_a_run);
      it.tenant = "tenant" + std::to_string(of.tenant);
      it.haste = of.haste;
      it.needs = of.gpu ? std::vector<std::string>{"gpu"} : std::vector<std::string>{};
      it.near = nodes_[of.home].name;
      it.cost = {rungs.at(of.rung).work, media_ms, moving_ms};
      queueing_.time([&] { return rules_.want(it); });
    }
  }

  void bring_up() {
    for (std::uint32_t i = 0; i < hosts_; ++i) {
      const auto& at = nodes_[i / hosts_of_a_node];
      const bool gpu = (i / hosts_of_a_node) % 3 == 0;
      speed_ += 1 / at.slowness;
      if (gpu)
        gpu_speed_ += 1 / at.slowness;
      const host_place place{at.name, gpu ? std::vector<std::string>{"gpu", "x264"}
                                          : std::vector<std::string>{"x264"}};
      begin(deciding_.time([&] { return rules_.host_up("host" + std::to_string(i), {}, place); }));
    }
  }

  void begin(const effects& all) {
    std::normal_distribution<double> noise{0, 0.03};
    for (const auto& each : all) {
      const auto& given = std::get<slot_given>(each);
      const auto number = places_.at(given.task);
      auto& one = all_[number];
      const auto& of = jobs_[one.job];
      const auto at =
          static_cast<std::uint32_t>(std::stoul(given.host.substr(4))) / hosts_of_a_node;
      const auto moving = at == of.home ? 0 : moving_ms;
      const auto takes = moving + one.work_ms * nodes_[at].slowness * std::exp(noise(chance_));
      one.began_ms = now_ms_;
      finishes_.push({now_ms_ + std::max<std::int64_t>(1, std::llround(takes)), number});
      at_home_ += moving == 0 ? 1 : 0;
      if (of.haste != urgency::batch)
        --urgent_left_;
      else if (--batch_left_[of.tenant] == 0)
        some_tenant_is_done_ = true;
    }
  }

  void end(const finish& next) {
    now_ms_ = next.at_ms;
    rules_.it_is(now_ms_);
    const auto& one = all_[next.fragment];
    const auto& of = jobs_[one.job];
    const auto took = static_cast<double>(now_ms_ - one.began_ms);
    if (of.haste == urgency::batch && urgent_left_ == 0 && !some_tenant_is_done_)
      had_ms_[of.tenant] += took;
    if (of.haste == urgency::live)
      live_over_ms_ = now_ms_;
    worst_ms_ = std::max(worst_ms_, took);
    begin(deciding_.time([&] { return rules_.finish(one.id); }));
  }

  json report(double queue_bytes) const {
    // Nothing is said of fairness when there was no time at which all had something waiting.
    std::vector<double> by_share;
    for (const auto& [tenant, ms] : had_ms_)
      by_share.push_back(ms / share_of(tenant));
    const bool judged = by_share.size() == tenants;
    const auto [least, most] =
        judged ? std::ranges::minmax(by_share) : std::ranges::minmax_result<double>{1, 0};
    double sum = 0;
    for (const auto each : by_share)
      sum += each;
    const auto mean = judged ? sum / tenants : 1;
    // Nothing can be sooner than all hosts busy all the time at their speeds, without moving bytes.
    const auto ideal_ms = std::max((plain_ms_ + gpu_ms_) / speed_, gpu_ms_ / gpu_speed_);
    const auto fragments = static_cast<double>(all_.size());
    return {{"hosts", hosts_},
            {"fragments", all_.size()},
            {"placements_per_s", fragments / deciding_.seconds()},
            {"us_a_placement", 1e6 * deciding_.seconds() / fragments},
            {"us_a_wish", 1e6 * queueing_.seconds() / fragments},
            {"bytes_a_fragment", queue_bytes / fragments},
            {"finish_s", static_cast<double>(now_ms_) / 1000},
            {"ideal_s", ideal_ms / 1000},
            {"finish_by_ideal", static_cast<double>(now_ms_) / ideal_ms},
            {"finish_by_ideal_and_last", static_cast<double>(now_ms_) / (ideal_ms + worst_ms_)},
            {"most_share_by_mean", most / mean},
            {"mean_by_least_share", judged ? mean / least : 0},
            {"live_by_ideal", static_cast<double>(live_over_ms_) / (live_ms_ / speed_)},
            {"at_home", static_cast<double>(at_home_) / fragments}};
  }

  std::mt19937 chance_;
  slot_rules rules_;
  std::vector<fragment> all_;
  std::vector<job> jobs_;
  std::unordered_map<std::string_view, std::uint32_t> places_;
  std::vector<node> nodes_;
  std::priority_queue<finish> finishes_;
  /// Slot time of batch work by tenant, while all of them have some waiting and nothing is urgent.
  std::map<std::uint32_t, double> had_ms_;
  std::map<std::uint32_t, std::uint64_t> batch_left_; ///< not begun, by tenant
  stopwatch queueing_;
  stopwatch deciding_;
  std::uint32_t hosts_ = 0;
  std::int64_t now_ms_ = 0;
  std::int64_t live_over_ms_ = 0;
  std::uint64_t at_home_ = 0;
  std::uint64_t urgent_left_ = 0; ///< not begun
  bool some_tenant_is_done_ = false;
  double live_ms_ = 0;
  double plain_ms_ = 0;
  double gpu_ms_ = 0;
  double speed_ = 0;
  double gpu_speed_ = 0;
  double worst_ms_ = 0;
};

} // namespace

int main(int count, char** words) try {
  if (count != 4) {
    std::cerr << "dispatch_scale HOSTS FRAGMENTS SEED\n";
    return 2;
  }
  const auto number = [&](int which) {
    return static_cast<std::uint32_t>(std::stoul(words[which]));
  };
  simulation one{std::max(number(1), 1U), number(2), number(3)};
  std::cout << one.run().dump() << std::endl;
  return 0;
} catch (const std::exception& error) {
  std::cerr << "dispatch_scale: " << error.what() << "\n";
  return 1;
}
