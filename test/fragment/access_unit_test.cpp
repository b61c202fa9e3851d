#include "pipelines/fragment/access_unit.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <unistd.h>

using namespace vdoc::fragment;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(a_file_of_access_units)

BOOST_AUTO_TEST_CASE(can_be_read_up_to_any_unit_by_the_sizes_it_says) {
  const auto file =
      std::filesystem::temp_directory_path() / ("vdoc-units-" + std::to_string(::getpid()) + ".au");
  const stream_format format{"video/x-h264, stream-format=avc", true};
  const access_unit first{40ms, 0ms, 40ms, true, {1, 2, 3}};
  const access_unit second{80ms, unknown_time, 40ms, false, {}};
  access_unit_writer writer{file, format};
  writer.append(first);
  const auto prefix = writer.flush();
  writer.append(second);
  const auto whole = writer.flush();
  BOOST_TEST(prefix == stored_size(format) + stored_size(first));
  BOOST_TEST(whole == prefix + stored_size(second));
  BOOST_TEST((read_all(file, prefix) == std::vector{first}));
  BOOST_TEST((read_all(file) == std::vector{first, second}));
  BOOST_TEST((access_unit_reader{file}.format() == format));
  std::filesystem::remove(file);
}

BOOST_AUTO_TEST_SUITE_END()
