#include "test/engine/disturbed_run.hpp"
#include "test/support/only_where.hpp"
#include "test/support/package_seen.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <sys/mount.h>

namespace {

using namespace vdoc::test;
using namespace std::chrono_literals;

/// A file system in memory with room for so many bytes; empty path where mounting is not allowed.
class small_disk {
public:
  explicit small_disk(std::size_t bytes) {
    const auto options = "size=" + std::to_string(bytes);
    mounted_ = mount("tmpfs", at_.path().c_str(), "tmpfs", 0, options.c_str()) == 0;
  }
  ~small_disk() {
    if (mounted_)
      umount2(at_.path().c_str(), MNT_DETACH);
  }
  small_disk(const small_disk&) = delete;
  small_disk& operator=(const small_disk&) = delete;
  [[nodiscard]] bool mounted() const { return mounted_; }
  [[nodiscard]] const std::filesystem::path& path() const { return at_.path(); }

private:
  temp_folder at_;
  bool mounted_ = false;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_disk_that_is_full, disturbed_run)

BOOST_AUTO_TEST_CASE(is_told_clearly_and_spoils_nothing, *only_where([] {
                       return small_disk{2'000'000}.mounted() ? ""
                                                              : "mounting is not permitted here";
                     })) {
  const small_disk disk{2'000'000};
  BOOST_REQUIRE(disk.mounted());
  const auto result = run_engine(request(), disk.path(), 10min);
  BOOST_TEST(!result.timed_out);
  BOOST_TEST(result.exit_code == 1, result.story());
  auto said = result.err;
  std::ranges::transform(said, said.begin(),
                         [](unsigned char one) { return static_cast<char>(std::tolower(one)); });
  BOOST_TEST((said.find("no space") != std::string::npos ||
              said.find("disk is full") != std::string::npos ||
              said.find("disk full") != std::string::npos),
             result.err);
  // What a playlist names can be read to its last byte.
  const auto folder = disk.path() / "mp4_a_minute";
  if (std::filesystem::exists(folder / "master.m3u8"))
    BOOST_CHECK_NO_THROW(read_package(folder));
  // With room again the job can be finished.
  BOOST_REQUIRE(mount("tmpfs", disk.path().c_str(), "tmpfs", MS_REMOUNT, "size=200000000") == 0);
  const auto rest = run_engine(request({"--resume"}), disk.path(), 10min);
  BOOST_TEST(rest.succeeded(), rest.story());
}

BOOST_AUTO_TEST_SUITE_END()
