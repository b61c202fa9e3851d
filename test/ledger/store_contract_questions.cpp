#include "test/ledger/store_contract.hpp"
#include "test/ledger/store_words.hpp"

#include <boost/test/unit_test.hpp>

namespace vdoc::test {

using namespace vdoc::ledger;
using k = event_kind;

namespace {

job belonging_to(const std::string& id, const std::string& tenant, const std::string& queue) {
  auto made = talk(id);
  made.tenant = tenant;
  made.queue = queue;
  return made;
}

job_filter in_states(std::vector<job_state> states) {
  job_filter which;
  which.states = std::move(states);
  return which;
}

/// a: running, b: queued, c: failed, d: scheduled, e: queued, f: succeeded; a minute apart.
void write_six(store& store) {
  store.write({belonging_to("a", "acme", "video"), of("a", k::started)}, noon);
  store.write({belonging_to("b", "acme", "audio")}, noon + 60'000);
  store.write({belonging_to("c", "zeta", "video"), of("c", k::started),
               of("c", k::failed, "Out of DISK 100%")},
              noon + 120'000);
  auto waiting = belonging_to("d", "acme", "video");
  waiting.not_before_unix_ms = noon + 3'600'000;
  store.write({waiting}, noon + 180'000);
  store.write({belonging_to("e", "zeta", "audio")}, noon + 240'000);
  store.write({belonging_to("f", "acme", "video"), of("f", k::started), of("f", k::succeeded)},
              noon + 300'000);
}

} // namespace

void lists_the_newest_first_page_by_page(const store_maker& make) {
  const auto store = make.empty();
  BOOST_TEST(pages_of(*store, {}, 3) == "");
  write_six(*store);
  BOOST_TEST(pages_of(*store, {}, 100) == "f e d c b a");
  BOOST_TEST(pages_of(*store, {}, 6) == "f e d c b a");
  BOOST_TEST(pages_of(*store, {}, 4) == "f e d c|b a");
  BOOST_TEST(pages_of(*store, {}, 1) == "f|e|d|c|b|a");
  // The cursor stands where it stood when its job is removed and new ones come.
  const auto page = store->list({}, "", 4);
  BOOST_TEST(page.next == "c");
  store->remove_ended(noon + 999'000, 10);
  store->write({talk("g")}, noon + 360'000);
  BOOST_TEST(ids_of(store->list({}, page.next, 4).jobs) == "b a");
  BOOST_TEST((store->list({}, "", 1).jobs.at(0) == store->find("g").what));
}

void filters_jobs_by_state_tenant_queue_and_time(const store_maker& make) {
  const auto store = make.empty();
  write_six(*store);
  using s = job_state;
  BOOST_TEST(pages_of(*store, in_states({s::queued}), 100) == "e b");
  BOOST_TEST(pages_of(*store, in_states({s::running, s::queued, s::succeeded}), 3) == "f e b|a");
  BOOST_TEST(pages_of(*store, in_states({s::cancelled}), 100) == "");
  job_filter which;
  which.tenant = "acme";
  BOOST_TEST(pages_of(*store, which, 2) == "f d|b a");
  which.queue = "video";
  BOOST_TEST(pages_of(*store, which, 2) == "f d|a");
  which.states = {s::running, s::scheduled};
  BOOST_TEST(pages_of(*store, which, 1) == "d|a");
  which.tenant = "acm";
  BOOST_TEST(pages_of(*store, which, 1) == "");
  which = {};
  which.queue = "audio";
  BOOST_TEST(pages_of(*store, which, 100) == "e b");
  which = {};
  which.submitted_from_unix_ms = noon + 60'000;
  which.submitted_until_unix_ms = noon + 180'000;
  BOOST_TEST(pages_of(*store, which, 100) == "c b");
  which.submitted_until_unix_ms += 1;
  which.tenant = "acme";
  BOOST_TEST(pages_of(*store, which, 100) == "d b");
}

void finds_jobs_by_their_labels(const store_maker& make) {
  const auto store = make.empty();
  const auto labelled = [](const char* id, const char* labels) {
    auto made = talk(id);
    made.labels = labels;
    return made;
  };
  const auto done = store->write({labelled("a", R"({"show":"news","day":"1"})"),
                                  labelled("b", R"({"show":"news 2"})"), labelled("c", ""),
                                  labelled("d", R"({"day":"news"})"), labelled("e", "{}"),
                                  labelled("f", R"({"it's \"odd\" %":"\u00e4 'x'"})"),
                                  labelled("g", R"({ "show" : "news" })")},
                                 noon);
  BOOST_TEST(results_of(done) == "done done done done done done done");
  const auto with = [&](const char* key, const char* value) {
    job_filter which;
    which.label_key = key;
    which.label_value = value;
    return pages_of(*store, which, 1);
  };
  BOOST_TEST(with("show", "news") == "g|a");
  BOOST_TEST(with("show", "News") == "");
  BOOST_TEST(with("day", "news") == "d");
  BOOST_TEST(with("day", "1") == "a");
  BOOST_TEST(with("sho", "news") == "");
  BOOST_TEST(with("show", "") == "");
  BOOST_TEST(with("it's \"odd\" %", "\xc3\xa4 'x'") == "f");
}

void finds_jobs_by_a_part_of_their_text(const store_maker& make) {
  const auto store = make.empty();
  auto source = talk("a");
  source.source = "/films/Gro\xc3\x9f"
                  "e \xc3\x84rzte_100%.mkv";
  auto output = talk("b");
  output.output = "back\\slash [x]";
  const auto failed = talk("c");
  auto spec = talk("d");
  spec.spec = R"({"note":"disk"})";
  store->write({source, output, failed, spec, of("c", k::cancelled, "Out of DISK")}, noon);
  const auto with = [&](const char* text) {
    job_filter which;
    which.text = text;
    return pages_of(*store, which, 100);
  };
  BOOST_TEST(with("talk.MP4") == "d c b");
  BOOST_TEST(with("\xc3\xa4RZTE") == "a");
  BOOST_TEST(with("_100%") == "a");
  BOOST_TEST(with("_10_%") == "");
  BOOST_TEST(with("%") == "a");
  BOOST_TEST(with("K\\S") == "b");
  BOOST_TEST(with("[X]") == "b");
  BOOST_TEST(with("disk") == "c");
  BOOST_TEST(with("'") == "");
}

void knows_which_jobs_are_open(const store_maker& make) {
  const auto store = make.empty();
  write_six(*store);
  store->write({of("a", k::interrupted)}, noon + 400'000);
  store->write({of("b", k::started), of("b", k::retrying, "", "5")}, noon + 400'000);
  const auto all = store->open_jobs("", 100);
  BOOST_TEST(ids_of(all.jobs) == "a b d e");
  BOOST_TEST(all.next == "");
  BOOST_TEST((all.jobs.at(1) == store->find("b").what));
  const auto first = store->open_jobs("", 3);
  BOOST_TEST(ids_of(first.jobs) == "a b d");
  BOOST_TEST(first.next == "d");
  BOOST_TEST(ids_of(store->open_jobs(first.next, 3).jobs) == "e");
  BOOST_TEST(ids_of(store->open_jobs("aa", 1).jobs) == "b");
}

void counts_jobs_by_tenant_queue_and_state(const store_maker& make) {
  const auto store = make.empty();
  BOOST_TEST(store->count().all.empty());
  write_six(*store);
  store->write({belonging_to("g", "acme", "audio"), belonging_to("h", "acme", "video"),
                of("h", k::started), of("h", k::succeeded), of("f", k::warned)},
               noon);
  std::string all;
  for (const auto& each : store->count().all)
    all += each.tenant + "/" + each.queue + "/" + to_string(each.state) + "=" +
           std::to_string(each.jobs) + "\n";
  BOOST_TEST(all == "acme/audio/queued=2\n"
                    "acme/video/running=1\n"
                    "acme/video/scheduled=1\n"
                    "acme/video/succeeded=2\n"
                    "zeta/audio/queued=1\n"
                    "zeta/video/failed=1\n");
}

void removes_ended_jobs_with_their_history(const store_maker& make) {
  const auto store = make.empty();
  auto keyed = talk("old");
  keyed.idempotency_key = "k";
  store->write({keyed, of("old", k::cancelled)}, noon);
  store->write({talk("running"), of("running", k::started)}, noon);
  store->write({talk("back"), of("back", k::failed), of("back", k::requeued)}, noon);
  store->write({talk("newer"), of("newer", k::failed, "x")}, noon + 10);
  store->write({talk("limit"), of("limit", k::cancelled)}, noon + 20);

  const auto one = store->remove_ended(noon + 20, 1);
  BOOST_REQUIRE(one.jobs.size() == 1u);
  BOOST_TEST((one.jobs.at(0) == keyed));
  BOOST_TEST((store->find("old").result == outcome::unknown_job));
  BOOST_TEST((store->history_of("old").result == outcome::unknown_job));
  const auto rest = store->remove_ended(noon + 20, 100);
  BOOST_REQUIRE(rest.jobs.size() == 1u);
  BOOST_TEST(rest.jobs.at(0).id == "newer");
  BOOST_TEST(store->remove_ended(noon + 20, 100).jobs.empty());
  BOOST_TEST(pages_of(*store, {}, 100) == "running limit back");
  BOOST_TEST(store->history_of("back").events.size() == 3u);
  // Its idempotency key is free again.
  keyed.id = "new";
  BOOST_TEST(results_of(make.reopen()->write({keyed}, noon + 30)) == "done");
}

} // namespace vdoc::test
