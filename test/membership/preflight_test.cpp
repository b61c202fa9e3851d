#include "cluster/membership/authority.hpp"
#include "cluster/membership/preflight.hpp"
#include "cluster/membership/safe_file.hpp"
#include "test/support/command.hpp"
#include "test/support/temp_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>
#include <string>
#include <unistd.h>

namespace {

using namespace std::chrono_literals;
using namespace vdoc;
using namespace vdoc::membership;
namespace fs = std::filesystem;

/// A node's files that are as they should be, until a case spoils one.
struct a_node_of_a_cluster {
  test::temp_folder folder;
  fs::path at = folder / "ca/node-a";
  identity_files files{at / "ca.pem", at / "node.pem", at / "node.key", at / "crl.pem"};
  std::chrono::system_clock::time_point now = std::chrono::system_clock::now();

  a_node_of_a_cluster() { issue(authority::make(folder / "ca"), "node-a"); }
  void issue(authority&& by, const std::string& node) {
    by.issue({node}, std::chrono::hours{24 * 90}, folder / "ca" / node);
  }
  [[nodiscard]] std::vector<std::string> problems(const std::string& node = "node-a") const {
    return preflight(files, node, now).problems;
  }
  /// The only problem there is has this in it.
  void complains(const std::string& file, const std::string& what,
                 const std::string& advice) const {
    const auto all = problems();
    BOOST_REQUIRE_MESSAGE(all.size() == 1u, all.size() << " problems");
    BOOST_TEST(all.front().find(file + " ") != std::string::npos, all.front());
    BOOST_TEST(all.front().find(what) != std::string::npos, all.front());
    BOOST_TEST(all.front().find(advice) != std::string::npos, all.front());
    BOOST_TEST(all.front().find('\n') == std::string::npos);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(the_preflight_of_certificates, a_node_of_a_cluster)

BOOST_AUTO_TEST_CASE(has_nothing_to_say_of_good_files_and_knows_when_they_end) {
  const auto seen = preflight(files, "node-a", now);
  BOOST_TEST(seen.problems == std::vector<std::string>{}, boost::test_tools::per_element());
  BOOST_REQUIRE(seen.ends.has_value());
  BOOST_TEST((*seen.ends - now > std::chrono::hours{24 * 89}));
  BOOST_TEST((*seen.ends - now < std::chrono::hours{24 * 91}));
}

BOOST_AUTO_TEST_CASE(does_without_a_revocation_list_and_without_a_name) {
  files.revoked.clear();
  BOOST_TEST(problems("").empty());
}

BOOST_AUTO_TEST_CASE(names_each_file_that_is_missing) {
  for (const auto& file : {files.authority, files.certificate, files.key, files.revoked}) {
    const auto text = read_file(file);
    fs::remove(file);
    complains(file, "does not exist", "put the file there");
    write_file(file, text, for_owner);
  }
  fs::remove_all(at);
  BOOST_TEST(problems().size() == 4u);
}

BOOST_AUTO_TEST_CASE(says_of_a_folder_an_empty_file_and_other_text_what_they_are) {
  const auto text = read_file(files.certificate);
  fs::remove(files.certificate);
  fs::create_directory(files.certificate);
  complains("node.pem", "is not a file", "name a file");
  fs::remove(files.certificate);
  const std::ofstream nothing{files.certificate};
  complains("node.pem", "is empty", "issue the node's certificate again");
  write_file(files.certificate, "hello\n", for_all);
  complains("node.pem", "holds no certificate in PEM format", "issue");
  write_file(files.certificate, text.substr(0, text.size() / 2), for_all);
  complains("node.pem", "holds no certificate in PEM format", "issue");
  write_file(files.certificate, read_file(files.key), for_all);
  complains("node.pem", "holds no certificate in PEM format", "issue");
}

BOOST_AUTO_TEST_CASE(reads_no_file_without_end_and_waits_for_no_pipe) {
  write_file(files.certificate, std::string(2 << 20, 'x'), for_all);
  complains("node.pem", "more than 1 MiB", "PEM");
  fs::remove(files.certificate);
  BOOST_REQUIRE(test::run({{"mkfifo", files.certificate}, {}, {}}, 60s).succeeded());
  complains("node.pem", "is not a file", "name a file");
}

BOOST_AUTO_TEST_CASE(says_that_a_file_may_not_be_read) {
  if (::geteuid() == 0) {
    BOOST_TEST_MESSAGE("root may read everything: skipped");
    return;
  }
  fs::permissions(files.key, fs::perms::none);
  complains("node.key", "cannot be read: Permission denied", "let the user of this process");
}

BOOST_AUTO_TEST_CASE(refuses_a_key_that_everybody_may_read_and_takes_one_for_a_group) {
  fs::permissions(files.key, fs::perms::owner_read | fs::perms::others_read);
  complains("node.key", "can be read by everybody", "chmod 600");
  fs::permissions(files.key, fs::perms::owner_read | fs::perms::group_read);
  BOOST_TEST(problems().empty());
}

BOOST_AUTO_TEST_CASE(refuses_a_key_with_a_passphrase_without_asking_for_it) {
  test::run_or_throw({"openssl", "pkey", "-in", files.key, "-aes256", "-passout", "pass:secret",
                      "-out", folder / "locked"});
  fs::rename(folder / "locked", files.key);
  complains("node.key", "holds no private key without a passphrase", "issue");
}

BOOST_AUTO_TEST_CASE(refuses_the_key_of_another_certificate) {
  const auto certificate = read_file(files.certificate);
  issue(authority{folder / "ca"}, "node-a");
  write_file(files.certificate, certificate, for_all);
  complains("node.key", "is not the key of", "same folder");
}

BOOST_AUTO_TEST_CASE(says_when_a_certificate_has_expired) {
  now += std::chrono::hours{24 * 91};
  complains("node.pem", "has expired on 2", "issue the node's certificate again");
}

BOOST_AUTO_TEST_CASE(says_that_the_clock_is_wrong_before_a_certificate_is_valid) {
  now -= std::chrono::hours{2};
  const auto all = problems();
  BOOST_REQUIRE(all.size() == 2u); // so is the authority
  for (const auto& line : all) {
    BOOST_TEST(line.find("is not valid before 2") != std::string::npos, line);
    BOOST_TEST(line.find("set the clock of this machine") != std::string::npos, line);
  }
  now += std::chrono::minutes{90}; // clocks differ a little
  BOOST_TEST(problems().empty());
}

BOOST_AUTO_TEST_CASE(refuses_a_certificate_of_another_authority_with_the_same_name) {
  authority::make(folder / "other");
  fs::copy_file(folder / "other/ca.pem", files.authority, fs::copy_options::overwrite_existing);
  files.revoked.clear();
  complains("node.pem", "was not signed by", "same authority");
}

BOOST_AUTO_TEST_CASE(refuses_a_revocation_list_of_another_authority) {
  authority::make(folder / "other");
  fs::copy_file(folder / "other/crl.pem", files.revoked, fs::copy_options::overwrite_existing);
  complains("crl.pem", "was not signed by", "same authority");
}

BOOST_AUTO_TEST_CASE(refuses_a_node_as_its_own_authority) {
  files.authority = files.certificate;
  complains("node.pem", "is not the certificate of an authority", "ca.pem");
}

BOOST_AUTO_TEST_CASE(refuses_what_was_revoked) {
  authority{folder / "ca"}.revoke("node-a");
  fs::copy_file(folder / "ca/crl.pem", files.revoked, fs::copy_options::overwrite_existing);
  complains("node.pem", "was revoked on 2", "issue the node's certificate again");
}

BOOST_AUTO_TEST_CASE(refuses_the_certificate_of_another_node_and_says_whose_it_is) {
  const auto all = problems("node-b");
  BOOST_REQUIRE(all.size() == 1u);
  BOOST_TEST(all.front().find("is for node-a, and this node is called node-b") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(refuses_a_certificate_that_a_client_may_not_use) {
  const auto extensions = folder / "ext";
  write_file(extensions, "subjectAltName=DNS:node-a\nextendedKeyUsage=serverAuth\n", for_all);
  test::run_or_throw(
      {"openssl", "req", "-new", "-key", files.key, "-subj", "/CN=node-a", "-out", folder / "csr"});
  test::run_or_throw({"openssl", "x509", "-req", "-in", folder / "csr", "-CA", folder / "ca/ca.pem",
                      "-CAkey", folder / "ca/ca.key", "-days", "9", "-extfile", extensions, "-out",
                      files.certificate});
  // openssl's is valid from this second on
  now = std::chrono::system_clock::now() + 1s;
  complains("node.pem", "may not be used by both a server and a client", "extended key usages");
}

BOOST_AUTO_TEST_CASE(takes_a_chain_through_an_intermediate_authority) {
  const auto of = [&](const char* name) { return (folder / name).string(); };
  write_file(folder / "ca.ext", "basicConstraints=critical,CA:TRUE\nkeyUsage=keyCertSign\n",
             for_all);
  write_file(folder / "leaf.ext", "subjectAltName=DNS:node-a\n", for_all);
  const auto sign = [&](const std::string& name, const std::string& by, const std::string& ext) {
    test::run_or_throw({"openssl", "req", "-new", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:P-256", "-nodes", "-keyout", of("") + name + ".key",
                        "-subj", "/CN=" + name, "-out", of("csr")});
    std::vector<std::string> words{"openssl",
                                   "x509",
                                   "-req",
                                   "-in",
                                   of("csr"),
                                   "-days",
                                   "9",
                                   "-extfile",
                                   of("") + ext,
                                   "-out",
                                   of("") + name + ".pem"};
    const std::vector<std::string> signer =
        by.empty()
            ? std::vector<std::string>{"-signkey", of("") + name + ".key"}
            : std::vector<std::string>{"-CA", of("") + by + ".pem", "-CAkey", of("") + by + ".key"};
    words.insert(words.end(), signer.begin(), signer.end());
    test::run_or_throw(words);
  };
  sign("root", "", "ca.ext");
  sign("between", "root", "ca.ext");
  sign("leaf", "between", "leaf.ext");
  files = {folder / "root.pem", folder / "chain.pem", folder / "leaf.key"};
  fs::permissions(files.key, fs::perms::owner_read);
  now = std::chrono::system_clock::now() + 1s;
  write_file(files.certificate, read_file(folder / "leaf.pem"), for_all);
  complains("chain.pem", "was not signed by", "same authority");
  write_file(files.certificate, read_file(folder / "leaf.pem") + read_file(folder / "between.pem"),
             for_all);
  BOOST_TEST(problems() == std::vector<std::string>{}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
