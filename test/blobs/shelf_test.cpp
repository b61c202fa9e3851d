#include "net/blobs/shelf.hpp"
#include "test/support/temp_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <iterator>

namespace {

using namespace vdoc;
using blobs::verb, blobs::verdict, blobs::chunk_bytes, blobs::digest_of;
namespace fs = std::filesystem;

std::string pattern(std::size_t size, char first = 0) {
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; ++i)
    bytes[i] = static_cast<char>(static_cast<std::size_t>(first) + i * 7 + i / 251);
  return bytes;
}

struct a_shelf {
  test::temp_folder folder;
  std::shared_ptr<blobs::loan_book> book = std::make_shared<blobs::loan_book>(3);
  bool leads = true;
  blobs::shelf shelf{book, [this] { return leads; }};
  std::string whole = pattern(3 * chunk_bytes + 100);
  std::string pass = lend("a/host-1");

  a_shelf() {
    fs::create_directories(folder / "runs");
    std::ofstream{folder / "runs/00000.au", std::ios::binary} << whole;
    std::ofstream{folder / "manifest.jsonl"} << "secret";
  }
  std::string lend(const std::string& host, std::uint64_t bytes = 3 * chunk_bytes + 50) {
    return book->lend({host,
                       folder.path(),
                       {{"runs/00000.au", bytes}},
                       {"encoded/720p/00000.au", "pictures/00000-*"}});
  }
  blobs::answer ask(verb what, const std::string& file, std::uint64_t offset = 0,
                    const std::string& bytes = {}, const std::string& host = "a/host-1") {
    blobs::request it{what, 9, pass, file, offset, digest_of(bytes), bytes};
    return shelf.reply_to(it, host);
  }
  verdict hand_in(const std::string& file, const std::string& bytes) {
    for (std::size_t at = 0; at < bytes.size(); at += chunk_bytes)
      BOOST_TEST((ask(verb::write, file, at, bytes.substr(at, chunk_bytes)).how == verdict::done));
    return ask(verb::settle, file, bytes.size()).how;
  }
  [[nodiscard]] std::string content(const std::string& file) const {
    std::ifstream in{folder / file, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
  }
  [[nodiscard]] std::size_t files_in(const std::string& where) const {
    std::size_t count = 0;
    for (const auto& each : fs::recursive_directory_iterator{folder / where})
      count += each.is_regular_file() ? 1 : 0;
    return count;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_shelf_of_lent_files, a_shelf)

BOOST_AUTO_TEST_CASE(gives_what_was_lent_and_not_beyond) {
  const auto seen = ask(verb::look, "runs/00000.au");
  BOOST_TEST((seen.how == verdict::done));
  BOOST_TEST(seen.offset == 3 * chunk_bytes + 50);
  const auto last = ask(verb::read, "runs/00000.au", 3 * chunk_bytes);
  BOOST_TEST(last.number == 9u);
  BOOST_TEST(last.bytes == whole.substr(3 * chunk_bytes, 50));
  BOOST_TEST((last.sum == digest_of(last.bytes)));
  BOOST_TEST(ask(verb::read, "runs/00000.au", 3 * chunk_bytes + 50).bytes.empty());
  BOOST_TEST(ask(verb::read, "runs/00000.au", 5).bytes == whole.substr(5, chunk_bytes));
}

BOOST_AUTO_TEST_CASE(gives_nothing_else) {
  for (const auto* name : {"manifest.jsonl", "runs/../manifest.jsonl", "", "/etc/passwd",
                           "encoded/720p/00000.au", "runs"}) {
    BOOST_TEST((ask(verb::look, name).how == verdict::not_lent), name);
    BOOST_TEST((ask(verb::read, name).how == verdict::not_lent), name);
  }
  for (const auto* name : {"runs/00000.au", "manifest.jsonl", "encoded/720p/00001.au",
                           "pictures/00000-/../../manifest.jsonl", "pictures/00001-000.jpg"}) {
    BOOST_TEST((ask(verb::write, name, 0, "x").how == verdict::not_lent), name);
    BOOST_TEST((ask(verb::settle, name, 0).how == verdict::not_lent), name);
  }
  BOOST_TEST(content("runs/00000.au") == whole);
}

BOOST_AUTO_TEST_CASE(gives_nothing_to_another_host_leader_or_task) {
  const auto how_of = [&](const std::string& with, const std::string& host) {
    pass = with;
    const auto read = ask(verb::read, "runs/00000.au", 0, {}, host);
    BOOST_TEST(read.bytes.empty());
    return read.how;
  };
  const auto mine = pass;
  BOOST_TEST((how_of(mine, "b/host-1") == verdict::not_lent));
  BOOST_TEST((how_of("2" + mine.substr(1), "a/host-1") == verdict::stale_epoch));
  BOOST_TEST((how_of("", "a/host-1") == verdict::stale_epoch));
  BOOST_TEST((how_of("3.0123456789abcdef0123456789abcdef", "a/host-1") == verdict::given_up));
  book->take_back(mine);
  BOOST_TEST((how_of(mine, "a/host-1") == verdict::given_up));
}

BOOST_AUTO_TEST_CASE(says_whether_what_a_host_has_is_right) {
  blobs::request it{
      verb::look, 1, pass, "runs/00000.au", 70'000, digest_of(whole.substr(0, 70'000)), ""};
  BOOST_TEST((shelf.reply_to(it, "a/host-1").how == verdict::done));
  it.offset = 69'999;
  BOOST_TEST((shelf.reply_to(it, "a/host-1").how == verdict::differs));
  it.offset = 3 * chunk_bytes + 51; // more than was lent
  it.sum = digest_of(whole.substr(0, it.offset));
  BOOST_TEST((shelf.reply_to(it, "a/host-1").how == verdict::differs));
}

BOOST_AUTO_TEST_CASE(puts_a_result_at_its_place_when_it_is_whole) {
  const auto made = pattern(2 * chunk_bytes + 1, 1);
  BOOST_TEST(
      (ask(verb::write, "encoded/720p/00000.au", 2 * chunk_bytes, made.substr(2 * chunk_bytes))
           .how == verdict::done));
  BOOST_TEST((ask(verb::settle, "encoded/720p/00000.au", made.size()).how == verdict::damaged));
  BOOST_TEST(!fs::exists(folder / "encoded/720p/00000.au"));
  BOOST_TEST((hand_in("encoded/720p/00000.au", made) == verdict::done));
  BOOST_TEST(content("encoded/720p/00000.au") == made);
  // The answer may have been lost, and a chunk may come late.
  BOOST_TEST((ask(verb::settle, "encoded/720p/00000.au", made.size()).how == verdict::done));
  BOOST_TEST((ask(verb::write, "encoded/720p/00000.au", 0, "late").how == verdict::done));
  BOOST_TEST(content("encoded/720p/00000.au") == made);
  BOOST_TEST((hand_in("pictures/00000-000.jpg", "jpeg") == verdict::done));
  BOOST_TEST((hand_in("pictures/00000-001.jpg", "") == verdict::done));
  BOOST_TEST(files_in("pictures") == 2u);
  BOOST_TEST(files_in("encoded") == 1u); // nothing is left beside it
}

BOOST_AUTO_TEST_CASE(notices_bytes_that_were_changed) {
  blobs::request it{verb::write, 1, pass, "encoded/720p/00000.au", 0, digest_of("abc"), "abd"};
  BOOST_TEST((shelf.reply_to(it, "a/host-1").how == verdict::damaged));
  BOOST_TEST(!fs::exists(folder / "encoded"));
}

BOOST_AUTO_TEST_CASE(refuses_the_result_of_a_task_that_was_given_up) {
  ask(verb::write, "encoded/720p/00000.au", 0, "stale");
  const auto old = pass;
  book->take_back(old);
  pass = lend("b/host-1");
  BOOST_TEST(
      (ask(verb::write, "encoded/720p/00000.au", 0, "fresh", "b/host-1").how == verdict::done));
  const auto fresh = std::exchange(pass, old);
  BOOST_TEST((ask(verb::settle, "encoded/720p/00000.au", 5).how == verdict::given_up));
  BOOST_TEST(!fs::exists(folder / "encoded/720p/00000.au"));
  BOOST_TEST(files_in("encoded") == 2u);
  shelf.tidy();
  BOOST_TEST(files_in("encoded") == 1u); // of the task that is still out
  pass = fresh;
  BOOST_TEST((ask(verb::settle, "encoded/720p/00000.au", 5, {}, "b/host-1").how == verdict::done));
  BOOST_TEST(content("encoded/720p/00000.au") == "fresh");
}

BOOST_AUTO_TEST_CASE(refuses_results_when_we_lead_no_more) {
  ask(verb::write, "encoded/720p/00000.au", 0, "late");
  leads = false;
  BOOST_TEST((ask(verb::settle, "encoded/720p/00000.au", 4).how == verdict::stale_epoch));
  BOOST_TEST(!fs::exists(folder / "encoded/720p/00000.au"));
}

BOOST_AUTO_TEST_CASE(says_that_the_disk_refuses) {
  fs::create_directories(folder / "encoded");
  std::ofstream{folder / "encoded/720p"} << "in the way";
  const auto refused = ask(verb::write, "encoded/720p/00000.au", 0, "x");
  BOOST_TEST((refused.how == verdict::no_room));
  BOOST_TEST(!refused.bytes.empty());
  fs::remove(folder / "runs/00000.au");
  BOOST_TEST((ask(verb::look, "runs/00000.au").how == verdict::no_room));
}

BOOST_AUTO_TEST_CASE(refuses_results_without_end) {
  BOOST_TEST((ask(verb::write, "encoded/720p/00000.au", chunk_bytes * 100'000, "x").how ==
              verdict::not_lent));
  BOOST_TEST((ask(verb::write, "encoded/720p/00000.au", 1, "x").how == verdict::not_lent));
}

BOOST_AUTO_TEST_CASE(lends_until_the_loan_ends) {
  {
    const blobs::loan lent{book, {"a/host-1", folder.path(), {}, {}}};
    BOOST_TEST(lent.pass().starts_with("3."));
    BOOST_TEST(book->is_lent(lent.pass()));
    BOOST_TEST(book->size() == 2u);
  }
  BOOST_TEST(book->size() == 1u);
  const blobs::loan nobodys{nullptr, {}};
  BOOST_TEST(nobodys.pass().empty());
  blobs::loan moved{book, {}};
  moved = blobs::loan{book, {}};
  BOOST_TEST(book->size() == 2u);
}

BOOST_AUTO_TEST_SUITE_END()
