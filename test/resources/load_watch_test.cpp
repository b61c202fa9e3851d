#include "cluster/resources/load_watch.hpp"
#include "test/support/temp_folder.hpp"
#include "test/support/until.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <future>

namespace {

using namespace vdoc;
using namespace std::chrono_literals;
using resources::load_watch;

} // namespace

BOOST_AUTO_TEST_SUITE(a_watch_of_load)

BOOST_AUTO_TEST_CASE(reads_what_memory_can_be_had) {
  test::temp_folder proc;
  std::ofstream{proc / "meminfo"} << "MemTotal:       8000000 kB\nMemFree:          20480 kB\n"
                                     "MemAvailable:   3145728 kB\nBuffers:          40960 kB\n";
  BOOST_TEST(resources::look_at_machine(proc / "").memory_free_mib == 3'072u);
  BOOST_TEST(resources::look_at_machine().memory_free_mib > 10u);
  BOOST_TEST(resources::look_at_machine().busy_percent < 100'000u);
}

BOOST_AUTO_TEST_CASE(looks_at_the_disk_of_a_folder_that_is_not_there_yet) {
  test::temp_folder folder;
  const load_watch watch{folder / "cache" / "node-a"};
  BOOST_TEST(test::until(60s, [&] { return watch.now().disk_free_mib > 0; }));
}

BOOST_AUTO_TEST_CASE(looks_again_and_says_what_hosts_use) {
  std::atomic<std::int64_t> looks{0};
  load_watch watch{"/", [&](const auto&) { return ++looks; }, 10ms};
  BOOST_TEST(test::until(60s, [&] { return watch.now().disk_free_mib >= 3; }));
  watch.hosts_use({{"host-1", 150, 300}});
  BOOST_TEST((watch.now().hosts == std::vector<resources::host_use>{{"host-1", 150, 300}}));
  watch.hosts_use({});
  BOOST_TEST(watch.now().hosts.empty());
}

BOOST_AUTO_TEST_CASE(is_held_up_by_no_disk_that_stops_answering) {
  struct a_disk {
    std::promise<void> answers;
    std::shared_future<void> when{answers.get_future().share()};
    std::atomic<bool> stops{false};
    std::atomic<int> waits{0};
    std::atomic<bool> is_over{false};
  };
  const auto disk = std::make_shared<a_disk>();
  {
    const load_watch watch{"/",
                           [disk](const auto&) -> std::int64_t {
                             if (disk->stops) {
                               ++disk->waits;
                               disk->when.wait();
                               disk->is_over = true;
                             }
                             return 77;
                           },
                           50ms};
    BOOST_TEST(test::until(60s, [&] { return watch.now().disk_free_mib == 77; }));
    disk->stops = true;
    BOOST_TEST(test::until(60s, [&] { return watch.now().disk_free_mib == -1; })); // too old
    BOOST_TEST(watch.now().memory_free_mib > 0u);
  } // does not wait
  BOOST_TEST(disk->waits == 1);
  disk->answers.set_value();
  BOOST_TEST(test::until(60s, [&] { return disk->is_over.load(); }));
}

BOOST_AUTO_TEST_SUITE_END()
