#include "test/support/command.hpp"
#include "test/support/temp_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

namespace {

using namespace std::chrono_literals;
using namespace vdoc;

struct a_folder {
  test::temp_folder folder;
  test::outcome cluster(std::vector<std::string> words) const {
    const char* binary = std::getenv("VIDEO_DOC_BINARY"); // NOLINT(concurrency-mt-unsafe)
    BOOST_REQUIRE(binary != nullptr);
    words.insert(words.begin(), {binary, "cluster"});
    return test::run({words, {}, folder.path()}, 30s);
  }
  [[nodiscard]] bool openssl_takes(const std::string& node) const {
    return test::run({{"openssl", "verify", "-CAfile", folder / ("cluster-ca/" + node + "/ca.pem"),
                       "-CRLfile", folder / "cluster-ca/crl.pem", "-crl_check",
                       folder / ("cluster-ca/" + node + "/node.pem")},
                      {},
                      {}},
                     30s)
        .succeeded();
  }
};

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(the_cluster_command, a_folder)

BOOST_AUTO_TEST_CASE(makes_an_authority_and_the_files_of_a_node_and_revokes_them) {
  auto done = cluster({"init-ca"});
  BOOST_TEST(done.exit_code == 0, done.story());
  BOOST_TEST(done.out == "cluster-ca/ca.pem\n");
  done = cluster({"issue", "node-a", "--dns", "a.example.org", "--ip", "10.0.0.1", "--ip", "::1",
                  "--days", "7"});
  BOOST_TEST(done.exit_code == 0, done.story());
  BOOST_TEST(has(done.out, "cluster-ca/node-a  "));
  BOOST_TEST(has(done.out, "  until 2"));
  BOOST_TEST(openssl_takes("node-a"));
  done = cluster({"check", "cluster-ca/node-a", "--node", "node-a"});
  BOOST_TEST(done.exit_code == 0, done.story());
  BOOST_TEST(has(done.out, "good until 2"));
  done = cluster({"revoke", "node-a"});
  BOOST_TEST(done.exit_code == 0, done.story());
  BOOST_TEST(has(done.out, "  node-a\n"));
  BOOST_TEST(!openssl_takes("node-a"));
  done = cluster({"revoke", "node-a"});
  BOOST_TEST(done.exit_code == 0, done.story());
  BOOST_TEST(has(done.err, "was revoked before"));
}

BOOST_AUTO_TEST_CASE(says_one_line_for_each_thing_that_is_wrong_with_a_node_s_files) {
  cluster({"init-ca", "--out", "mine"});
  cluster({"issue", "node-a", "--ca", "mine", "--out", "files"});
  std::filesystem::permissions(folder / "files/node.key", std::filesystem::perms{0644});
  const auto done = cluster({"check", "files", "--node", "node-b"});
  BOOST_TEST(done.exit_code == 1);
  BOOST_TEST(done.out == "");
  BOOST_TEST(has(done.err, "files/node.key can be read by everybody on this machine: chmod 600"));
  BOOST_TEST(has(done.err, "files/node.pem is for node-a, and this node is called node-b: "));
  BOOST_TEST(std::count(done.err.begin(), done.err.end(), '\n') == 2);
}

BOOST_AUTO_TEST_CASE(refuses_wrong_use_with_exit_code_2_and_writes_nothing) {
  cluster({"init-ca"});
  for (const auto& words : std::vector<std::vector<std::string>>{{"issue"},
                                                                 {"issue", "Node A"},
                                                                 {"issue", "a", "--days", "0"},
                                                                 {"issue", "a", "--ip", "here"},
                                                                 {"issue", "a", "--dns", "a,b"},
                                                                 {"revoke"}})
    BOOST_TEST(cluster(words).exit_code == 2);
  BOOST_TEST(std::filesystem::is_empty(folder / "cluster-ca/issued"));
}

BOOST_AUTO_TEST_CASE(says_what_is_missing_and_what_to_do) {
  auto done = cluster({"issue", "node-a"});
  BOOST_TEST(done.exit_code == 1);
  BOOST_TEST(has(done.err, "cluster-ca cannot be used: No such file or directory"));
  BOOST_TEST(has(done.err, "init-ca"));
  cluster({"init-ca"});
  done = cluster({"init-ca"});
  BOOST_TEST(done.exit_code == 1);
  BOOST_TEST(has(done.err, "has an authority already"));
  done = cluster({"revoke", "node-z"});
  BOOST_TEST(done.exit_code == 1);
  BOOST_TEST(has(done.err, "has issued nothing for node-z"));
}

BOOST_AUTO_TEST_SUITE_END()
