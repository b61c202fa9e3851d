#include "cluster/artefacts/directory_store.hpp"
#include "net/s3/s3_store.hpp"
#include "test/s3/s3_server.hpp"
#include "test/support/until.hpp"

#include <boost/mpl/list.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <csignal>
#include <fstream>

namespace {

using namespace vdoc;
using namespace std::chrono_literals;
using artefacts::cure;
using artefacts::store_error;
using strings = std::vector<std::string>;

/// One server for all cases: it takes a second to start.
test::s3_server& server() {
  static test::s3_server only;
  return only;
}

const net::s3_credentials known{"S3RVER", "S3RVER", ""};
/// For a server that hangs; others may be slow.
const net::s3_patience hasty{500ms, 1s, 3s};
const net::s3_patience patient{10s, 30s, 120s};

std::unique_ptr<net::s3_store> bucket(const std::string& url,
                                      const net::s3_credentials& who = known) {
  return std::make_unique<net::s3_store>(net::s3_place_in(url, server().endpoint(), "us-east-1"),
                                         who, patient);
}

/// A store that nobody else uses, and a place for files to put there.
struct files {
  test::temp_folder folder;

  [[nodiscard]] std::filesystem::path with(const std::string& bytes) const {
    const auto file = folder / "file";
    std::ofstream{file, std::ios::binary} << bytes;
    return file;
  }
};
struct in_a_directory : files {
  test::temp_folder root;
  std::unique_ptr<artefacts::store> store =
      std::make_unique<artefacts::directory_store>(root.path());
};
struct in_s3 : files {
  std::unique_ptr<artefacts::store> store =
      bucket("s3://films/" + folder.path().filename().string() + "/deep/");
};
using stores = boost::mpl::list<in_a_directory, in_s3>;

cure cure_of(const std::function<void()>& what, std::string* words = nullptr) {
  try {
    what();
  } catch (const store_error& why) {
    if (words != nullptr)
      *words = std::string{why.what()} + "; " + why.advice();
    return why.helps();
  }
  throw std::logic_error{"it was done"};
}

strings sorted(strings all) {
  std::ranges::sort(all);
  return all;
}

std::string noise(std::size_t bytes) {
  std::string all(bytes, '\0');
  std::uint32_t at = 1;
  for (auto& one : all)
    one = static_cast<char>((at = at * 1'664'525U + 1'013'904'223U) >> 24U);
  return all;
}

} // namespace

BOOST_AUTO_TEST_SUITE(a_store)

BOOST_AUTO_TEST_CASE_TEMPLATE(gives_back_what_was_put_and_parts_of_it, in, stores) {
  in it;
  const auto bytes = noise(300'001);
  it.store->put("job/video/a.mp4", it.with(bytes), {});
  const auto seen = it.store->look("job/video/a.mp4");
  BOOST_REQUIRE(seen);
  BOOST_TEST(seen->bytes == 300'001U);
  BOOST_TEST(seen->modified_unix_s > 1'700'000'000);
  BOOST_TEST((it.store->read("job/video/a.mp4", seen->etag, 0, 300'001) == bytes));
  BOOST_TEST((it.store->read("job/video/a.mp4", seen->etag, 299'999, 2) == bytes.substr(299'999)));
  BOOST_TEST((it.store->read("job/video/a.mp4", seen->etag, 1, 1) == bytes.substr(1, 1)));
  BOOST_TEST(it.store->read("job/video/a.mp4", seen->etag, 5, 0) == "");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(has_nothing_where_nothing_was_put, in, stores) {
  in it;
  BOOST_TEST(!it.store->look("job/none.mp4"));
  BOOST_TEST(it.store->list("job/").empty());
  it.store->remove("job/none.mp4");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(takes_an_empty_file, in, stores) {
  in it;
  it.store->put("job/empty.vtt", it.with(""), {});
  BOOST_REQUIRE(it.store->look("job/empty.vtt"));
  BOOST_TEST(it.store->look("job/empty.vtt")->bytes == 0U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(puts_the_new_in_the_place_of_the_old, in, stores) {
  in it;
  it.store->put("job/a", it.with("the old one"), {});
  const auto before = it.store->look("job/a")->etag;
  it.store->put("job/a", it.with("new"), {});
  const auto now = it.store->look("job/a");
  BOOST_TEST(now->bytes == 3U);
  BOOST_TEST(now->etag != before);
  BOOST_TEST((cure_of([&] { it.store->read("job/a", before, 0, 3); }) == cure::none));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(takes_keys_with_any_letters, in, stores) {
  in it;
  for (const std::string name : {"a b", "a+b", "a&b=c", "100%", "ü/ß", "a~b_c-d.e", "(a)'!*", "a?b",
                                 "a#b", "日本/語", "a%20b", "a=b;c,d:e@f$g"}) {
    const auto key = "job/" + name + "/x.txt";
    it.store->put(key, it.with(name), {});
    const auto seen = it.store->look(key);
    BOOST_REQUIRE_MESSAGE(seen, name);
    BOOST_TEST(it.store->read(key, seen->etag, 0, name.size()) == name);
    BOOST_TEST(it.store->list("job/" + name + "/") == strings{key}, name);
    it.store->remove(key);
    BOOST_TEST(!it.store->look(key), name);
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(lists_and_removes_what_is_below_a_prefix, in, stores) {
  in it;
  for (const char* key : {"one/a", "one/b/c", "one/b/d", "onerous", "two/a"})
    it.store->put(key, it.with(key), {});
  BOOST_TEST(sorted(it.store->list("one/")) == (strings{"one/a", "one/b/c", "one/b/d"}));
  for (const auto& key : it.store->list("one/"))
    it.store->remove(key);
  BOOST_TEST(it.store->list("one/").empty());
  BOOST_TEST(it.store->look("onerous").has_value());
  BOOST_TEST(it.store->look("two/a").has_value());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(leaves_off_when_nobody_wants_it_any_more, in, stores) {
  in it;
  const auto file = it.with(noise(3'000'000));
  BOOST_TEST((cure_of([&] { it.store->put("job/a", file, [] { return false; }); }) == cure::wait));
  BOOST_TEST(!it.store->look("job/a"));
  BOOST_TEST(it.store->list("job/").empty());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_directory_as_a_store)

BOOST_AUTO_TEST_CASE(is_away_while_its_folder_is_not_there_and_does_not_make_it) {
  in_a_directory it;
  const auto missing = it.root / "not mounted";
  artefacts::directory_store store{missing};
  BOOST_TEST((cure_of([&] { store.put("a", it.with("x"), {}); }) == cure::wait));
  BOOST_TEST((cure_of([&] { store.look("a"); }) == cure::wait));
  BOOST_TEST(!std::filesystem::exists(missing));
}

BOOST_AUTO_TEST_CASE(lets_no_key_lead_out_of_it) {
  in_a_directory it;
  for (const char* key : {"../a", "a/../../b", "/etc/passwd", "", "a//b", "./a"})
    BOOST_TEST((cure_of([&] { it.store->put(key, it.with("x"), {}); }) == cure::none), key);
}

BOOST_AUTO_TEST_CASE(removes_folders_that_are_empty_but_never_itself) {
  in_a_directory it;
  it.store->put("job/video/a", it.with("x"), {});
  it.store->remove("job/video/a");
  BOOST_TEST(std::filesystem::is_empty(it.root.path()));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(an_s3_store)

BOOST_AUTO_TEST_CASE(says_whose_fault_it_is_that_it_is_refused) {
  files it;
  std::string words;
  const auto put_by = [&](const std::string& url, const net::s3_credentials& who) {
    return cure_of([&] { bucket(url, who)->put("a", it.with("x"), {}); }, &words);
  };
  BOOST_TEST((put_by("s3://films", {"S3RVER", "another secret", ""}) == cure::operate));
  BOOST_TEST(words.find("403 SignatureDoesNotMatch") != std::string::npos, words);
  BOOST_TEST(words.find("AWS_SECRET_ACCESS_KEY") != std::string::npos, words);
  BOOST_TEST(words.find("another secret") == std::string::npos, words);
  BOOST_TEST((put_by("s3://films", {"stranger", "S3RVER", ""}) == cure::operate));
  BOOST_TEST(words.find("InvalidAccessKeyId") != std::string::npos, words);
  BOOST_TEST((put_by("s3://no-such-bucket", known) == cure::operate));
  BOOST_TEST(words.find("404 NoSuchBucket") != std::string::npos, words);
  BOOST_TEST(words.find("make the bucket") != std::string::npos, words);
  BOOST_TEST((cure_of([&] {
                bucket("s3://films", {"S3RVER", "wrong", ""})->look("a");
              }) == cure::operate));
}

BOOST_AUTO_TEST_CASE(signs_the_token_of_a_session_too) {
  files it;
  const auto store = bucket("s3://films/token", {"S3RVER", "S3RVER", "a+session/token=="});
  store->put("a", it.with("x"), {});
  BOOST_TEST(store->list("").size() == 1U);
}

BOOST_AUTO_TEST_CASE(lists_more_than_a_page) {
  files it;
  const auto store = bucket("s3://films/many");
  const auto file = it.with("x");
  for (int i = 0; i < 1'005; ++i)
    store->put("job/" + std::to_string(i), file, {});
  BOOST_TEST(store->list("job/").size() == 1'005U);
}

BOOST_AUTO_TEST_CASE(notices_that_an_upload_was_mangled_on_the_way) {
  in_s3 it;
  server().control("mangle", 1);
  std::string words;
  BOOST_TEST((cure_of([&] { it.store->put("a", it.with("please MANGLE ME now"), {}); }, &words) ==
              cure::wait));
  BOOST_TEST(words.find("did not arrive") != std::string::npos, words);
  const auto ours = "/films/" + it.folder.path().filename().string() + "/deep/a";
  BOOST_TEST(std::ranges::count(server().mangled(), ours) == 1);
  it.store->put("a", it.with("please MANGLE ME now"), {});
  BOOST_TEST(std::ranges::count(server().mangled(), ours) ==
             1); // so what is signed is the SHA-256 of the bytes
}

BOOST_AUTO_TEST_CASE(is_waited_for_when_it_is_overloaded_dies_hangs_or_is_away) {
  test::s3_server mine;
  files it;
  const auto where = net::s3_place_in("s3://films/x", mine.endpoint(), "us-east-1");
  net::s3_store store{where, known, patient};
  net::s3_store in_a_hurry{where, known, hasty};
  files other;
  const auto large = other.with(noise(20'000'000));
  const auto put = [&](net::s3_store& by) { return cure_of([&] { by.put("a", large, {}); }); };
  mine.control("refuse", 1);
  std::string words;
  BOOST_TEST((cure_of([&] { store.put("b", it.with("x"), {}); }, &words) == cure::wait));
  BOOST_TEST(words.find("503 SlowDown") != std::string::npos, words);
  mine.control("die", 5'000'000);
  BOOST_TEST((put(store) == cure::wait));
  BOOST_TEST(test::until(60s, [&] { return mine.ended(); }));
  BOOST_TEST((put(store) == cure::wait)); // nobody listens there
  mine.start();
  store.put("a", large, {});
  mine.signal(SIGSTOP);
  const auto begun = std::chrono::steady_clock::now();
  BOOST_TEST((put(in_a_hurry) == cure::wait));
  BOOST_TEST((cure_of([&] { in_a_hurry.look("a"); }) == cure::wait));
  BOOST_TEST((std::chrono::steady_clock::now() - begun < 20s)); // a minute if it were patient
  mine.signal(SIGCONT);
  store.put("a", large, {});
  BOOST_TEST(store.look("a")->bytes == 20'000'000U);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(the_place_of_a_bucket)

BOOST_AUTO_TEST_CASE(is_read_from_its_url) {
  const auto where = net::s3_place_in("s3://films/some/prefix/", "http://127.0.0.1:9000/", "eu");
  BOOST_TEST(where.bucket == "films");
  BOOST_TEST(where.prefix == "some/prefix");
  BOOST_TEST(net::s3_url(where, "a b/ü") == "http://127.0.0.1:9000/films/a%20b/%C3%BC");
  const auto at_amazon = net::s3_place_in("s3://films", "", "eu-west-1");
  BOOST_TEST(net::s3_url(at_amazon, "a") == "https://films.s3.eu-west-1.amazonaws.com/a");
  const auto dotted = net::s3_place_in("s3://films.example.com", "", "eu-west-1");
  BOOST_TEST(net::s3_url(dotted, "a") == "https://s3.eu-west-1.amazonaws.com/films.example.com/a");
}

BOOST_AUTO_TEST_CASE(is_refused_when_it_is_none) {
  for (const char* url : {"s3://", "s3:///a", "http://films", "s3://a", "s3://fi lms"})
    BOOST_TEST((cure_of([&] { net::s3_place_in(url, "", "r"); }) == cure::operate), url);
  for (const char* endpoint : {"127.0.0.1:9000", "ftp://a", "http://a/path", "http://"})
    BOOST_TEST((cure_of([&] { net::s3_place_in("s3://films", endpoint, "r"); }) == cure::operate),
               endpoint);
}

BOOST_AUTO_TEST_CASE(is_told_from_xml) {
  std::size_t at = 0;
  std::string text;
  const std::string xml = "<a><Key>x&amp;y&#252;&#x65E5;&lt;</Key><Key/><Key>2</Key><Key>";
  BOOST_TEST(net::s3_text_in(xml, "Key", at, text));
  BOOST_TEST(text == "x&yü日<");
  BOOST_TEST(net::s3_text_in(xml, "Key", at, text));
  BOOST_TEST(text == "2");
  BOOST_TEST(!net::s3_text_in(xml, "Key", at, text));
}

BOOST_AUTO_TEST_SUITE_END()
