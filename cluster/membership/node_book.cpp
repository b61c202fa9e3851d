#include "cluster/membership/node_book.hpp"

#include "cluster/membership/member.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace vdoc::membership {

namespace {

using namespace std::chrono_literals;
using nlohmann::json;

constexpr auto silent_after = 4s;
constexpr auto forgotten_after = 1h;

json to_json(const resources::node_load& what) {
  json hosts = json::array();
  for (const auto& one : what.hosts)
    hosts.push_back(
        {{"host", one.host}, {"cpu_percent", one.cpu_percent}, {"memory_mib", one.memory_mib}});
  return {{"busy_percent", what.busy_percent},
          {"memory_free_mib", what.memory_free_mib},
          {"disk_free_mib", what.disk_free_mib},
          {"hosts", hosts}};
}

resources::node_load load_in(const json& from) {
  resources::node_load seen;
  seen.busy_percent = from.value("busy_percent", 0U);
  seen.memory_free_mib = from.value("memory_free_mib", std::uint64_t{0});
  seen.disk_free_mib = from.value("disk_free_mib", std::int64_t{-1});
  for (const auto& one : from.value("hosts", json::array()))
    seen.hosts.push_back({one.value("host", ""), one.value("cpu_percent", 0U),
                          one.value("memory_mib", std::uint64_t{0})});
  return seen;
}

desk::node_view view_in(const ledger::document& from) {
  desk::node_view seen;
  seen.at.node = from.key;
  const auto body = json::parse(from.body, nullptr, false);
  if (!body.is_object())
    return seen;
  try {
    seen.at.zmq = body.value("zmq", "");
    seen.at.http = body.value("http", "");
    seen.incarnation = body.value("incarnation", "");
    seen.version = body.value("version", "");
    seen.roles = body.value("roles", std::vector<std::string>{});
    seen.offers = body.value("offers", std::vector<std::string>{});
    seen.since_unix_ms = body.value("since_unix_ms", std::int64_t{0});
    seen.beat_unix_ms = body.value("beat_unix_ms", std::int64_t{0});
    seen.oldest_protocol = body.value("oldest_protocol", 0U);
    seen.newest_protocol = body.value("newest_protocol", 0U);
    if (body.contains("load"))
      seen.load = load_in(body.at("load"));
  } catch (const json::exception&) {
    // A newer node says something in another way: the rest is good.
  }
  return seen;
}

/// What is shown of a node that announces itself in the ledger.
void judge(desk::node_view& it, const std::map<std::string, node_orders>& all) {
  it.state = it.here ? "up" : "silent";
  if (!it.here)
    it.load.reset(); // it was so
  const auto found = all.find(it.at.node);
  if (found == all.end())
    return;
  auto orders = found->second;
  if (orders.drain && orders.drain->incarnation != it.incarnation)
    orders.drain.reset();
  const auto* shown = orders.first();
  if (shown == nullptr)
    return;
  const auto state = orders.quarantine ? member_state::quarantined
                     : orders.drain    ? member_state::draining
                                       : member_state::cordoned;
  it.by = shown->by;
  if (orders.quarantine)
    it.quarantine = orders.quarantine->why;
  if (!it.here) {
    it.reason = also_ordered(orders);
    return;
  }
  it.state = to_string(state);
  it.reason = shown->why;
  it.state_since_unix_ms = shown->since_unix_ms;
}

/// Of a node that announces itself in the ledger and works for the leader as well: how its work is,
/// and what its media hosts can do.
void add_what_leader_sees(desk::node_view& it, const desk::node_view& joined) {
  if (!it.here || !joined.here || it.incarnation != joined.incarnation)
    return;
  it.offers = joined.offers;
  it.state = joined.state;
  it.reason = joined.reason;
  it.by = joined.by;
  it.state_since_unix_ms = joined.state_since_unix_ms;
}

} // namespace

void node_book::opened(const std::string& zmq, const std::string& http) {
  const std::scoped_lock lock{mutex_};
  me_.at.zmq = zmq;
  me_.at.http = http;
  is_open_ = true;
}

bool node_book::is_open() const {
  const std::scoped_lock lock{mutex_};
  return is_open_;
}

void node_book::is_loaded(resources::node_load now) {
  const std::scoped_lock lock{mutex_};
  me_.load = std::move(now);
}

ledger::document node_book::announcement(std::int64_t now_unix_ms) const {
  const std::scoped_lock lock{mutex_};
  json body{{"zmq", me_.at.zmq},
            {"http", me_.at.http},
            {"version", me_.version},
            {"incarnation", me_.incarnation},
            {"roles", me_.roles},
            {"offers", me_.offers},
            {"since_unix_ms", me_.since_unix_ms},
            {"oldest_protocol", me_.oldest_protocol},
            {"newest_protocol", me_.newest_protocol},
            {"beat_unix_ms", now_unix_ms}};
  if (me_.load)
    body["load"] = to_json(*me_.load);
  return {node_kind, me_.at.node, body.dump()};
}

void node_book::read(const std::vector<ledger::document>& all, time_point now) {
  const std::scoped_lock lock{mutex_};
  std::erase_if(rows_, [&](const auto& each) {
    return std::ranges::none_of(all, [&](const auto& one) { return one.key == each.first; });
  });
  for (const auto& one : all) {
    const auto [at, is_new] = rows_.try_emplace(one.key);
    auto& it = at->second;
    if (is_new || it.version != one.version)
      it = {view_in(one), one.version, now};
    it.shown.here = now - it.changed < silent_after;
  }
}

void node_book::read_orders(const std::vector<ledger::document>& all) {
  const std::scoped_lock lock{mutex_};
  if (works_)
    return;
  orders_.clear();
  for (const auto& one : all)
    orders_[one.key] = orders_in(one);
}

void node_book::leader_knows(std::map<std::string, node_orders> orders,
                             std::vector<desk::node_view> joined) {
  const std::scoped_lock lock{mutex_};
  if (!works_) // it is being ended
    return;
  orders_ = std::move(orders);
  joined_ = std::move(joined);
}

bool node_book::is_to_go() const {
  const std::scoped_lock lock{mutex_};
  const auto mine = orders_.find(me_.at.node);
  return !works_ && mine != orders_.end() && mine->second.drain &&
         mine->second.drain->incarnation == me_.incarnation;
}

desk::node_view node_book::me() const {
  const std::scoped_lock lock{mutex_};
  return me_;
}

void node_book::leads(const std::string& incarnation) {
  const std::scoped_lock lock{mutex_};
  leader_ = incarnation;
}

void node_book::works(bool it_does) {
  const std::scoped_lock lock{mutex_};
  works_ = it_does;
  joined_.clear();
}

bool node_book::is_working() const {
  const std::scoped_lock lock{mutex_};
  return works_;
}

std::vector<desk::node_view> node_book::all() const {
  const std::scoped_lock lock{mutex_};
  std::map<std::string, desk::node_view> views;
  for (const auto& [name, one] : rows_)
    views[name] = one.shown;
  auto& mine = views[me_.at.node]; // it is there, whatever the ledger says
  const auto beat = mine.incarnation == me_.incarnation ? mine.beat_unix_ms : 0;
  mine = me_;
  mine.beat_unix_ms = beat;
  mine.here = mine.asked = true;
  for (auto& [name, one] : views)
    judge(one, orders_);
  for (const auto& one : joined_)
    if (const auto [at, is_new] = views.try_emplace(one.at.node, one); !is_new)
      add_what_leader_sees(at->second, one);
  std::vector<desk::node_view> sorted;
  for (auto& [name, one] : views) {
    one.leads = !leader_.empty() && one.incarnation == leader_;
    sorted.push_back(std::move(one));
  }
  return sorted;
}

desk::node_doors node_book::leader() const {
  for (const auto& one : all())
    if (one.leads)
      return one.at;
  return {};
}

std::vector<ledger::document> node_book::forgotten(time_point now) const {
  const std::scoped_lock lock{mutex_};
  std::vector<ledger::document> gone;
  for (const auto& [name, one] : rows_)
    if (now - one.changed >= forgotten_after)
      gone.push_back({node_kind, name, "", one.version});
  return gone;
}

} // namespace vdoc::membership
