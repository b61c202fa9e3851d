#include "cluster/membership/authority.hpp"
#include "cluster/membership/certificate_error.hpp"
#include "cluster/membership/safe_file.hpp"
#include "test/support/command.hpp"
#include "test/support/temp_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <functional>
#include <set>
#include <string>
#include <sys/stat.h>
#include <thread>

namespace {

using namespace std::chrono_literals;
using namespace vdoc;
using namespace vdoc::membership;
namespace fs = std::filesystem;

constexpr auto ninety_days = std::chrono::hours{24 * 90};

/// An authority, looked at with the openssl command.
struct an_authority {
  test::temp_folder folder;
  fs::path at = folder / "ca";

  an_authority() { authority::make(at); }
  issued issue(const subject& who, std::chrono::seconds lifetime = ninety_days) const {
    authority by{at};
    return by.issue(who, lifetime, at / who.name);
  }
  static test::outcome openssl(std::vector<std::string> words) {
    words.insert(words.begin(), "openssl");
    return test::run({words, {}, {}}, 120s);
  }
  /// What openssl says of a certificate as `purpose`, with the revocation list: "OK" or why not.
  [[nodiscard]] std::string verified(const std::string& node, const std::string& purpose) const {
    const auto done =
        openssl({"verify", "-CAfile", at / "ca.pem", "-CRLfile", at / "crl.pem", "-crl_check",
                 "-x509_strict", "-purpose", purpose, at / node / "node.pem"});
    return done.succeeded() ? "OK" : done.err;
  }
  [[nodiscard]] static ::mode_t mode_of(const fs::path& file) {
    struct stat how {};
    BOOST_REQUIRE(::stat(file.c_str(), &how) == 0);
    return how.st_mode & 0777;
  }
};

std::string refusal(const std::function<void()>& what) {
  try {
    what();
    return "not refused";
  } catch (const certificate_error& why) {
    return why.what();
  }
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(an_authority_of_a_cluster, an_authority)

BOOST_AUTO_TEST_CASE(signs_what_openssl_takes_from_a_server_and_from_a_client) {
  issue({"node-a"});
  BOOST_TEST(verified("node-a", "sslserver") == "OK");
  BOOST_TEST(verified("node-a", "sslclient") == "OK");
}

BOOST_AUTO_TEST_CASE(writes_the_names_and_addresses_under_which_a_node_is_dialled) {
  issue({"node-a", {"a.example.org"}, {"10.1.2.3", "::1"}});
  const auto text =
      openssl({"x509", "-in", at / "node-a/node.pem", "-noout", "-ext", "subjectAltName"}).out;
  for (const auto* each :
       {"DNS:node-a", "DNS:a.example.org", "IP Address:10.1.2.3", "IP Address:0:0:0:0:0:0:0:1"})
    BOOST_TEST(text.find(each) != std::string::npos, text);
}

BOOST_AUTO_TEST_CASE(is_valid_for_as_long_as_was_asked_and_says_so) {
  const auto day = [&](const char* seconds) {
    return openssl({"x509", "-in", at / "node-a/node.pem", "-noout", "-checkend", seconds})
        .succeeded();
  };
  const auto made = issue({"node-a"}, 1h);
  BOOST_TEST(day("3500"));
  BOOST_TEST(!day("3700"));
  const auto left =
      std::chrono::system_clock::from_time_t(made.ends_unix_s) - std::chrono::system_clock::now();
  BOOST_TEST((left > 3590s && left <= 3600s));
}

BOOST_AUTO_TEST_CASE(signs_nothing_that_outlives_itself) {
  const auto made = issue({"node-a"}, std::chrono::hours{24 * 36'500});
  const auto own = certificate_in(read_file(at / "ca.pem"));
  BOOST_TEST(made.ends_unix_s == std::chrono::system_clock::to_time_t(end_of(own)));
}

BOOST_AUTO_TEST_CASE(makes_a_key_that_belongs_to_the_certificate) {
  issue({"node-a"});
  const auto of_key = openssl({"pkey", "-in", at / "node-a/node.key", "-pubout"});
  const auto of_certificate = openssl({"x509", "-in", at / "node-a/node.pem", "-noout", "-pubkey"});
  BOOST_TEST(of_key.succeeded());
  BOOST_TEST(of_key.out == of_certificate.out);
}

BOOST_AUTO_TEST_CASE(lets_nobody_else_read_keys) {
  issue({"node-a"});
  BOOST_TEST(mode_of(at) == 0700u);
  BOOST_TEST(mode_of(at / "ca.key") == 0600u);
  BOOST_TEST(mode_of(at / "node-a/node.key") == 0600u);
}

BOOST_AUTO_TEST_CASE(gives_a_node_all_that_it_needs_and_not_the_key_of_the_authority) {
  issue({"node-a"});
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator{at / "node-a"})
    names.insert(entry.path().filename());
  BOOST_TEST((names == std::set<std::string>{"ca.pem", "crl.pem", "node.key", "node.pem"}));
}

BOOST_AUTO_TEST_CASE(revokes_all_that_a_node_has_and_nothing_of_others) {
  issue({"node-a"});
  const auto second = issue({"node-a"});
  issue({"node-b"});
  authority by{at};
  BOOST_TEST(by.revoke("node-a").size() == 2u);
  BOOST_TEST(verified("node-a", "sslserver").find("certificate revoked") != std::string::npos);
  BOOST_TEST(verified("node-b", "sslserver") == "OK");
  const auto text = openssl({"crl", "-in", at / "crl.pem", "-noout", "-text"}).out;
  BOOST_TEST(text.find(second.serial) != std::string::npos, text);
}

BOOST_AUTO_TEST_CASE(revokes_one_certificate_by_its_serial) {
  const auto first = issue({"node-a"});
  issue({"node-a"});
  authority by{at};
  auto small = first.serial;
  for (auto& c : small)
    c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  const auto listed = by.revoke(small);
  BOOST_REQUIRE(listed.size() == 1u);
  BOOST_TEST(listed.front().serial == first.serial);
  BOOST_TEST(verified("node-a", "sslserver") == "OK"); // the second one
  BOOST_TEST(by.revoke(first.serial).empty());
}

BOOST_AUTO_TEST_CASE(lets_a_revoked_node_in_again_with_a_new_certificate) {
  issue({"node-a"});
  authority{at}.revoke("node-a");
  issue({"node-a"});
  BOOST_TEST(verified("node-a", "sslserver") == "OK");
}

BOOST_AUTO_TEST_CASE(refuses_to_revoke_what_it_has_not_issued) {
  BOOST_TEST(refusal([&] { authority{at}.revoke("node-z"); }).find("nothing for node-z") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(is_not_made_twice_in_one_folder) {
  const auto before = read_file(at / "ca.key");
  BOOST_TEST(refusal([&] { authority::make(at); }).find("already") != std::string::npos);
  BOOST_TEST(read_file(at / "ca.key") == before);
}

BOOST_AUTO_TEST_CASE(refuses_names_that_would_say_something_else_in_a_certificate) {
  authority by{at};
  for (const auto* name : {"", "Node", "a,DNS:b", "a b", "../a", "-a", "a.", "a..b", "a/b"})
    BOOST_TEST(refusal([&] { by.issue({name}, 1h, at / "x"); }) != "not refused", name);
  BOOST_TEST(refusal([&] { by.issue({std::string(64, 'a')}, 1h, at / "x"); }) != "not refused");
  BOOST_TEST(refusal([&] { by.issue({"a", {"b,IP:1.2.3.4"}}, 1h, at / "x"); }) != "not refused");
  BOOST_TEST(refusal([&] { by.issue({"a", {}, {"1.2.3"}}, 1h, at / "x"); }) != "not refused");
  BOOST_TEST(by.all().empty());
  BOOST_TEST(!fs::exists(at / "x"));
}

BOOST_AUTO_TEST_CASE(loses_nothing_when_many_issue_at_once) {
  std::vector<std::thread> all;
  all.reserve(8);
  for (int i = 0; i < 8; ++i)
    all.emplace_back([this, i] { issue({"node-" + std::to_string(i)}); });
  for (auto& each : all)
    each.join();
  std::set<std::string> serials;
  const authority by{at};
  for (const auto& one : by.all())
    serials.insert(one.serial);
  BOOST_TEST(serials.size() == 8u);
}

BOOST_AUTO_TEST_CASE(says_which_folder_is_no_authority) {
  BOOST_TEST(refusal([&] { authority{folder / "none"}; }).find("none cannot be used") !=
             std::string::npos);
  fs::create_directory(folder / "empty");
  BOOST_TEST(refusal([&] { authority{folder / "empty"}; }).find("ca.key does not exist") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(leaves_the_old_file_whole_when_the_new_one_cannot_be_written) {
  write_file(folder / "text", "old", for_all);
  fs::create_directories(folder / "text.new/in the way");
  BOOST_TEST(refusal([&] { write_file(folder / "text", "new", for_all); }) != "not refused");
  BOOST_TEST(read_file(folder / "text") == "old");
}

BOOST_AUTO_TEST_SUITE_END()
