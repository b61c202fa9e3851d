#include "cluster/uploads/upload.hpp"

#include <boost/test/unit_test.hpp>

using namespace vdoc::uploads;

BOOST_AUTO_TEST_SUITE(an_upload)

BOOST_AUTO_TEST_CASE(has_a_name_that_any_file_system_takes) {
  BOOST_TEST(fit_name("talk.mp4") == "talk.mp4");
  BOOST_TEST(fit_name("../../etc/passwd") == "passwd");
  BOOST_TEST(fit_name("C:\\films\\talk.mp4") == "talk.mp4");
  BOOST_TEST(fit_name("..hidden") == "hidden");
  BOOST_TEST(fit_name("a\nb\x7f.mp4") == "a_b_.mp4");
  BOOST_TEST(fit_name("caf\xe9.mp4") == "caf_.mp4"); // Latin-1
  BOOST_TEST(fit_name("café.mp4") == "café.mp4");
  BOOST_TEST(fit_name("") == "upload");
  BOOST_TEST(fit_name("films/..") == "upload");
  std::string umlauts;
  for (int i = 0; i < 150; ++i)
    umlauts += "ä";
  const auto cut = fit_name(umlauts + ".webm");
  BOOST_TEST(cut.size() == 199u); // 97 letters of two bytes, ".webm"
  BOOST_TEST(cut.ends_with("ä.webm"));
}

BOOST_AUTO_TEST_CASE(is_kept_as_it_is) {
  const upload what{"0123456789abcdef0123456789abcdef", "ours", "talk.mp4", 1UL << 40U,
                    "filename dGFsay5tcDQ="};
  BOOST_TEST((upload_from(what.id, to_json(what)) == what));
  BOOST_TEST(!upload_from(what.id, "{}").has_value());
  auto of_any_length = what;
  of_any_length.length.reset();
  BOOST_TEST((upload_from(what.id, to_json(of_any_length)) == of_any_length));
  BOOST_TEST(!upload_from("short", to_json(what)).has_value());
  auto foreign = what;
  foreign.name = "../talk.mp4";
  BOOST_TEST(!upload_from(what.id, to_json(foreign)).has_value());
}

BOOST_AUTO_TEST_CASE(is_named_as_a_source_by_an_id_that_nobody_guesses) {
  const auto id = new_upload_id();
  BOOST_TEST(is_upload_id(id));
  BOOST_TEST(id != new_upload_id());
  BOOST_TEST(upload_in(source_of(id)) == id);
  for (const auto* other : {"upload:", "upload:../x", "/films/upload:1", "https://a/b"})
    BOOST_TEST(upload_in(other) == "", other);
}

BOOST_AUTO_TEST_SUITE_END()
