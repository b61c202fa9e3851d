#include "test/workers/candidates.hpp"

#include "cluster/ledger/open_store.hpp"
#include "test/support/until.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

namespace vdoc::test {

using namespace std::chrono_literals;
using ledger::event_kind;

std::string local(std::uint16_t port) {
  return "127.0.0.1:" + std::to_string(port);
}

void candidates::prepare(a_service& it, const std::string& name, std::vector<std::string> words) {
  it.shared = folder / "data";
  for (const auto& [key, value] : membership_of(name))
    it.environment[key] = value;
  it.environment["DATABASE_URL"] = database;
  it.environment["VIDEO_DOC_CLUSTER_TWINS"] = "false"; // so that all is done once
  it.more_words = std::move(words);
}

bool candidates::says(const a_service& it, const std::string& words,
                      std::chrono::milliseconds patience) {
  return until(patience, [&] { return it.log().find(words) != std::string::npos; });
}

void candidates::is_ready(a_service& it) const {
  BOOST_REQUIRE_MESSAGE(until(60s,
                              [&] {
                                const auto now = it.ask("PING", nlohmann::json::object(), 500ms);
                                return now && now->value("ready", false);
                              }),
                        whole_story());
}

std::string candidates::whole_story() const {
  return story() + "b:\n" + b.log() + "c:\n" + c.log();
}

std::size_t candidates::count_of(const std::string& id, event_kind kind) const {
  ledger::history all; // which a database that has much to do may not give at once
  BOOST_TEST(until(60s, [&] {
    all = ledger::open_store(database)->history_of(id);
    return all.result == ledger::outcome::done;
  }));
  return static_cast<std::size_t>(
      std::ranges::count_if(all.events, [&](const auto& one) { return one.kind == kind; }));
}

void candidates::ended_well(a_service& at, const std::string& id) {
  BOOST_REQUIRE_MESSAGE(at.wait_for(id, "succeeded", 900s), whole_story());
  BOOST_TEST(count_of(id, event_kind::succeeded) == 1u);
  BOOST_TEST(report(id).at("warnings").empty());
  BOOST_TEST_MESSAGE("tasks: " << report(id).at("hosts").dump());
  BOOST_TEST(unlike_undisturbed(folder_of(id)) == "");
}

} // namespace vdoc::test
