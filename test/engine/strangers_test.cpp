#include "test/engine/disturbed_run.hpp"
#include "test/support/until.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

// Who dials the node's port without being one of its media hosts: openssl's own client, so that
// what is proved does not rest on how CAF would dial.

namespace {

using namespace vdoc::test;
using namespace std::chrono_literals;

/// What the node sent as its last word on TLS (RFC 8446, 6.2); the fatal ones are numbered.
constexpr const char* handshake_failure = "SSL alert number 40";
constexpr const char* unknown_authority = "SSL alert number 48";
constexpr const char* certificate_required = "SSL alert number 116";

struct a_node_that_works : disturbed_run {
  running_command engine{to_command(request(), out())};
  std::string door; ///< "127.0.0.1:41227", as its media hosts are told it
  std::filesystem::path credentials;
  temp_folder own;

  a_node_that_works() {
    BOOST_REQUIRE(wait_for_segments(engine, 2));
    const auto hosts = hosts_of(engine.pid());
    BOOST_REQUIRE(!hosts.empty());
    door = word_after(hosts.front().words, "--node");
    credentials = word_after(hosts.front().words, "--tls");
  }

  static std::string word_after(const std::vector<std::string>& words, const std::string& flag) {
    const auto at = std::ranges::find(words, flag);
    BOOST_REQUIRE((at != words.end() && at + 1 != words.end()));
    return *(at + 1);
  }

  /// Shakes hands and then listens until the node hangs up, at most for `patience`.
  [[nodiscard]] outcome dials(const std::vector<std::string>& with,
                              std::chrono::seconds patience = 60s) const {
    command line{{"openssl", "s_client", "-connect", door, "-ign_eof", "-brief"}, {}, {}};
    line.words.insert(line.words.end(), with.begin(), with.end());
    return run(line, patience);
  }

  /// The flags for a certificate that an authority of our own has signed: itself.
  [[nodiscard]] std::vector<std::string> certificate_of_somebody_else() const {
    const auto key = (own / "stranger.key").string(), file = (own / "stranger.pem").string();
    run_or_throw({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                  "-nodes", "-keyout", key, "-out", file, "-days", "1", "-subj", "/CN=host"});
    return {"-cert", file, "-key", key};
  }

  /// Refused with that alert, and not one byte of the node's own protocol told.
  void refuses(const std::vector<std::string>& stranger, const std::string& alert) {
    for (int times = 0; times < 5; ++times) {
      const auto seen = dials(stranger);
      BOOST_TEST(!seen.timed_out, "the node did not hang up");
      BOOST_TEST(seen.out == "");
      BOOST_TEST(seen.err.find(alert) != std::string::npos, seen.err);
    }
    BOOST_TEST(!engine.ended(), "the run was over before the strangers were");
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_node_refuses, a_node_that_works)

BOOST_AUTO_TEST_CASE(nobody_whom_it_has_signed_for) {
  // What the cases below are measured by: with a host's own certificate the node begins to talk.
  const auto seen = dials({"-cert", credentials / "host.pem", "-key", credentials / "host.key",
                           "-CAfile", credentials / "ca.pem", "-verify_return_error"},
                          3s);
  BOOST_TEST(seen.err.find("Verification: OK") != std::string::npos, seen.err);
  BOOST_TEST(seen.err.find("SSL alert") == std::string::npos, seen.err);
  BOOST_TEST(seen.out.size() > 20U); // CAF says who it is
}

BOOST_AUTO_TEST_CASE(whoever_has_no_certificate) {
  refuses({}, certificate_required);
}

BOOST_AUTO_TEST_CASE(whoever_has_no_certificate_and_speaks_an_older_tls) {
  refuses({"-tls1_2"}, handshake_failure);
}

BOOST_AUTO_TEST_CASE(a_certificate_of_another_authority) {
  refuses(certificate_of_somebody_else(), unknown_authority);
}

BOOST_AUTO_TEST_CASE(ciphers_without_certificates_and_is_not_disturbed_by_any_of_them) {
  refuses({"-tls1_2", "-cipher", "aNULL:@SECLEVEL=0"}, handshake_failure);
  refuses(certificate_of_somebody_else(), unknown_authority);
  refuses({}, certificate_required);
  const auto result = engine.wait(10min);
  BOOST_REQUIRE_MESSAGE(result.succeeded(), result.story());
  BOOST_TEST(job().at("restarts") == 0);
  BOOST_TEST(differences_to_undisturbed() == "");
}

BOOST_AUTO_TEST_SUITE_END()
