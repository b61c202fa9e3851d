#include "net/blobs/message.hpp"

#include <boost/test/unit_test.hpp>

#include <random>

using namespace vdoc::blobs;

BOOST_AUTO_TEST_SUITE(a_message_about_files)

BOOST_AUTO_TEST_CASE(comes_back_from_its_frames_as_it_was) {
  request asked{verb::write,
                0x0102030405060708,
                "3.pass",
                "encoded/720p/00012.au",
                0xF0E0D0C0B0A09080,
                digest_of("abc"),
                std::string("a\0b", 3)};
  const auto frames = to_frames(asked);
  BOOST_TEST((request_in(frames) == asked));
  BOOST_TEST(!answer_in(frames));
  answer given{UINT64_MAX, verdict::no_room, 77, digest_of("x"), "full"};
  BOOST_TEST((answer_in(to_frames(given)) == given));
  BOOST_TEST(!request_in(to_frames(given)));
}

BOOST_AUTO_TEST_CASE(is_hashed_by_blake2b) {
  // RFC 7693, appendix E: BLAKE2b-256 has no vector there; this one is of the reference code.
  constexpr std::array<unsigned, 4> begin{0xbd, 0xdd, 0x81, 0x3c};
  const auto sum = digest_of("abc");
  for (std::size_t i = 0; i < begin.size(); ++i)
    BOOST_TEST(sum[i] == begin[i]);
}

BOOST_AUTO_TEST_CASE(is_not_taken_from_noise_or_with_something_missing) {
  const auto good = to_frames(request{verb::read, 5, "1.p", "runs/00000.au", 65'536, {}, ""});
  for (std::size_t size = 0; size < good[0].size(); ++size)
    BOOST_TEST(!request_in(std::vector{good[0].substr(0, size), good[1]}), size);
  BOOST_TEST(!request_in(std::vector{good[0] + "x", good[1]}));
  BOOST_TEST(!request_in(std::vector{good[0]}));
  BOOST_TEST(!request_in(std::vector{good[0], good[1], good[1]}));
  BOOST_TEST(!request_in(std::vector{good[0], std::string(chunk_bytes + 1, 'x')}));
  auto unknown = good;
  unknown[0][4] = 5;
  BOOST_TEST(!request_in(unknown));
  std::mt19937 chance{7};
  for (int round = 0; round < 100'000; ++round) {
    auto changed = good;
    for (int i = 0; i < 3; ++i)
      changed[0][chance() % changed[0].size()] = static_cast<char>(chance());
    changed[0].resize(chance() % (good[0].size() + 4));
    if (const auto it = request_in(changed))
      BOOST_TEST((it->pass.size() < 256 && it->what <= verb::settle));
    (void)answer_in(changed);
  }
}

BOOST_AUTO_TEST_SUITE_END()
