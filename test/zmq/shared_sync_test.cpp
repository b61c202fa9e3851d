#include "net/zmq/shared_sync.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <vector>

namespace {

using namespace vdoc;

/// A disk of which the test says when a sync ends, and what is safe then: what was written before
/// the sync began.
struct a_slow_disk {
  std::mutex mutex;
  std::condition_variable changed;
  int written = 0, safe = 0, begun = 0, allowed = 0;
  bool broken = false;
  net::shared_sync all{[this] { sync(); }};

  void sync() {
    std::unique_lock lock{mutex};
    const auto before = written;
    const auto mine = ++begun;
    changed.notify_all();
    changed.wait(lock, [&] { return allowed >= mine; });
    if (broken)
      throw std::runtime_error{"the disk is broken"};
    safe = before;
  }
  /// Somebody who writes and waits; whether it was safe when the wait was over.
  std::thread writer(std::atomic<int>& right, std::atomic<int>& failed) {
    int mine = 0;
    {
      const std::scoped_lock lock{mutex};
      mine = ++written;
    }
    return std::thread{[this, mine, number = all.next(), &right, &failed] {
      try {
        all.wait_for(number);
        const std::scoped_lock lock{mutex};
        right += safe >= mine ? 1 : 0;
      } catch (const std::runtime_error&) {
        ++failed;
      }
    }};
  }
  void wait_until_begun(int which) {
    std::unique_lock lock{mutex};
    changed.wait(lock, [&] { return begun >= which; });
  }
  void allow(int how_many) {
    const std::scoped_lock lock{mutex};
    allowed = how_many;
    changed.notify_all();
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_sync_that_is_shared, a_slow_disk)

BOOST_AUTO_TEST_CASE(is_one_for_all_who_came_while_the_one_before_was_under_way) {
  constexpr int others = 8;
  std::atomic<int> right{0}, failed{0};
  std::vector<std::thread> threads;
  threads.push_back(writer(right, failed));
  wait_until_begun(1);
  for (int i = 0; i < others; ++i)
    threads.push_back(writer(right, failed)); // what they have written the first sync has not seen
  allow(1);
  wait_until_begun(2);
  BOOST_TEST(right <= 1);
  allow(2);
  for (auto& one : threads)
    one.join();
  BOOST_TEST(right == 1 + others);
  BOOST_TEST(failed == 0);
  BOOST_TEST(begun == 2);
}

BOOST_AUTO_TEST_CASE(that_fails_is_never_taken_for_one_that_has_not) {
  std::atomic<int> right{0}, failed{0};
  broken = true;
  allow(100);
  for (int i = 0; i < 2; ++i)
    writer(right, failed).join();
  BOOST_TEST(failed == 2);
  broken = false; // the kernel forgets; what was to be written then is lost
  writer(right, failed).join();
  BOOST_TEST(failed == 3);
  BOOST_TEST(right == 0);
  BOOST_TEST(begun == 1);
}

BOOST_AUTO_TEST_SUITE_END()
