#include "test/tidy_test/rules.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>

using namespace vdoc::tidy;
namespace fs = std::filesystem;

namespace {

const fs::path root{VDOC_SOURCE_FOLDER};

/// Every C++ file of ours.
std::vector<source_file> sources() {
  std::vector<source_file> all;
  for (const char* room : {"actors", "pipelines", "net", "cluster", "conf", "benchmarks", "test"}) {
    if (!fs::exists(root / room))
      continue;
    for (auto at = fs::recursive_directory_iterator{root / room}; at != fs::end(at); ++at) {
      if (at->path().filename() == "node_modules")
        at.disable_recursion_pending();
      const auto kind = at->path().extension();
      if (kind != ".hpp" && kind != ".cpp")
        continue;
      std::ifstream in{at->path()};
      all.push_back(
          {at->path().lexically_relative(root).string(), {std::istreambuf_iterator<char>{in}, {}}});
    }
  }
  return all;
}

} // namespace

BOOST_AUTO_TEST_SUITE(the_tree)

BOOST_AUTO_TEST_CASE(keeps_the_rules) {
  const auto all = sources();
  BOOST_TEST(all.size() > 100U);
  for (const source_file& file : all)
    for (const std::string& complaint : all_rules(file))
      BOOST_ERROR(complaint);
}

BOOST_AUTO_TEST_CASE(has_nothing_in_its_root_that_does_not_belong_there) {
  for (const auto& entry : fs::directory_iterator{root})
    for (const std::string& complaint : root_entry(entry.path().filename().string()))
      BOOST_ERROR(complaint);
}

BOOST_AUTO_TEST_SUITE_END()
