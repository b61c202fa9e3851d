#include "actors/node/basp_frames.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/atom.hpp>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace {

using vdoc::node::basp_frames;
using bytes = std::vector<std::byte>;

constexpr int server_handshake = 0, client_handshake = 1, direct = 2, routed = 3, monitor = 4,
              down = 5, heartbeat = 6;

bytes frame(int kind, std::uint32_t length, std::size_t payload) {
  bytes all(32, std::byte{0});
  all[0] = static_cast<std::byte>(kind);
  for (std::size_t i = 0; i < 4; ++i)
    all[4 + i] = static_cast<std::byte>(length >> (24 - 8 * i));
  all.resize(32 + payload, std::byte{0x41});
  return all;
}
bytes whole(int kind, std::uint32_t length) {
  return frame(kind, length, length);
}

bytes text(const std::string& what) {
  bytes all;
  for (const auto one : what)
    all.push_back(static_cast<std::byte>(one));
  return all;
}
/// As CAF writes it: a type without a number, and the length and the letters of its name.
std::string named(const std::string& types) {
  return std::string{"\0\0", 2} + static_cast<char>(types.size()) + types;
}
/// A message of these types, which is passed on to nobody, with `rest` behind the names.
bytes message(const std::string& types, const std::string& rest = std::string(40, 'x')) {
  const auto payload = text(std::string(1, '\0') + named(types) + rest);
  auto all = frame(direct, static_cast<std::uint32_t>(payload.size()), 0);
  all.insert(all.end(), payload.begin(), payload.end());
  return all;
}
/// The same, as the answer to a request.
bytes answer(const std::string& types, const std::string& rest) {
  auto all = message(types, rest);
  all[8] = std::byte{0x80};
  return all;
}
const std::string code_and_category(9, 'c');
/// As CAF writes a node's id: its kind, the number of the process, and a digest.
std::string node_id() {
  std::string all;
  for (auto kind = static_cast<std::uint64_t>(caf::atom("default")); kind != 0; kind <<= 8U)
    all += static_cast<char>(kind >> 56U);
  all.resize(8, '\0');
  return all + std::string(24, 'n');
}
/// That an actor of one node, of which another one knows, has ended, by an error that begins so.
bytes end_of_actor(const std::string& error, std::size_t length = 0) {
  const auto payload = text(node_id() + node_id() + error);
  const auto size = std::max(length, payload.size());
  auto all = frame(down, static_cast<std::uint32_t>(size), size);
  std::ranges::copy(payload, all.begin() + 32);
  return all;
}
const auto plain_end = code_and_category + named("@<>");

struct a_connection {
  basp_frames frames;
  bool says(const bytes& what) { return frames.take(what); }
  void introduces_itself() { BOOST_TEST_REQUIRE(says(whole(client_handshake, 40))); }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(frames_of_a_peer, a_connection)

BOOST_AUTO_TEST_CASE(are_taken_from_one_that_keeps_to_the_protocol) {
  BOOST_TEST(!frames.introduced());
  introduces_itself();
  BOOST_TEST(frames.introduced());
  BOOST_TEST(says(whole(monitor, 100)));
  BOOST_TEST(says(end_of_actor(plain_end)));
  BOOST_TEST(says(whole(heartbeat, 0)));
  BOOST_TEST(says(message("@<>")));
  BOOST_TEST(says(message("@<>+vdoc::hosts::pong")));
  BOOST_TEST(says(answer("@<>+@error", code_and_category + named("@<>"))));
  BOOST_TEST(says(answer("@<>+@error", code_and_category + named("@<>+vdoc::fault") + "why")));
  BOOST_TEST(says(answer("@<>+@error", code_and_category + named("@<>+@str+@str") + "why")));
  auto longest = message("@<>+vdoc::gst::transcode_result", "");
  const auto said = longest.size() - 32;
  for (std::size_t i = 0; i < 4; ++i)
    longest[4 + i] = static_cast<std::byte>((64U << 20U) >> (24 - 8 * i));
  BOOST_TEST(says(longest));
  BOOST_TEST(says(bytes((64U << 20U) - said))); // whatever it says
  BOOST_TEST(says(whole(heartbeat, 0)));
}

BOOST_AUTO_TEST_CASE(are_understood_in_pieces_of_any_size) {
  bytes all;
  for (const auto& one : {whole(client_handshake, 40), message("@<>", ""), whole(heartbeat, 0),
                          message("@<>+vdoc::hosts::hello", std::string(70'000, 'h'))})
    all.insert(all.end(), one.begin(), one.end());
  auto wrong = all;
  const auto bad = frame(direct, 0xFFFFFFFF, 0);
  wrong.insert(wrong.end(), bad.begin(), bad.end());
  std::mt19937 chance{7};
  for (int round = 0; round < 100; ++round) {
    basp_frames good_one, bad_one;
    bool good = true, still_good = true;
    for (std::size_t at = 0; at < wrong.size();) {
      const auto size = std::min<std::size_t>(1 + chance() % 5'000, wrong.size() - at);
      const std::span piece{wrong.data() + at, size};
      still_good = still_good && bad_one.take(piece);
      if (at < all.size())
        good = good && good_one.take(piece.first(std::min(size, all.size() - at)));
      at += size;
    }
    BOOST_TEST(good);
    BOOST_TEST(!still_good);
  }
}

BOOST_AUTO_TEST_CASE(end_the_connection_when_they_would_crash_caf) {
  for (const auto kind : {server_handshake, client_handshake}) {
    basp_frames fresh;
    BOOST_TEST(!fresh.take(frame(kind, 0, 0)), kind); // 32 bytes that crash CAF 0.17.6
  }
  BOOST_TEST(!says(frame(client_handshake, 0xFFFFFFFF, 0)));
}

BOOST_AUTO_TEST_CASE(are_messages_of_ours_only) {
  introduces_itself();
  for (const auto* types :
       {"@<>+@exit", "@<>+@down", "@<>+@atom+@addr", "@<>+@atom+@strong", "@<>+@message",
        "@<>+@error+@error", "@<>+vdoc::hosts::pong+@message", "@<>+vdoc", "@<>+@str", "<>", ""}) {
    auto copy = frames;
    BOOST_TEST(!copy.take(message(types)), types);
  }
  for (const auto* types : {"@<>+@error", "@<>+@message", "@<>+@str+@error", "@<>+@exit", "x"}) {
    auto copy = frames;
    BOOST_TEST(!copy.take(answer("@<>+@error", code_and_category + named(types))), types);
  }
  // Whoever is told an error without having asked ends by it.
  BOOST_TEST(!basp_frames{frames}.take(message("@<>+@error", code_and_category + named("@<>"))));
  auto numbered = message("@<>+vdoc::hosts::pong");
  numbered[32 + 2] = std::byte{7}; // the number of a type of CAF's own
  BOOST_TEST(!basp_frames{frames}.take(numbered));
  auto passed_on = message("@<>+vdoc::hosts::pong");
  passed_on[32] = std::byte{1};
  BOOST_TEST(!basp_frames{frames}.take(passed_on));
  for (const std::size_t length : {1U, 2U, 5U, 6U}) { // it is over before its names are
    auto cut = message("@<>+vdoc::hosts::pong");
    cut.resize(32 + length);
    cut[7] = static_cast<std::byte>(length);
    BOOST_TEST(!basp_frames{frames}.take(cut), length);
  }
  const auto endless = text(std::string("\0\0\0", 3) + std::string(20, '\xff'));
  auto no_end = frame(direct, static_cast<std::uint32_t>(endless.size()), 0);
  no_end.insert(no_end.end(), endless.begin(), endless.end());
  BOOST_TEST(!basp_frames{frames}.take(no_end));
}

// As CAF itself does when a connection begins, to "SpawnServ": nobody has that name.
BOOST_AUTO_TEST_CASE(may_be_anything_when_they_are_sent_to_a_name) {
  introduces_itself();
  auto greeting = message("@<>+@atom+@atom+@str");
  BOOST_TEST(!basp_frames{frames}.take(greeting));
  for (const auto flags : {1, 3}) {
    greeting[3] = static_cast<std::byte>(flags);
    BOOST_TEST(basp_frames{frames}.take(greeting), flags);
  }
  greeting[3] = std::byte{2};
  BOOST_TEST(!basp_frames{frames}.take(greeting));
  greeting[3] = std::byte{1};
  BOOST_TEST(says(greeting));
  BOOST_TEST(!says(message("@<>+@exit"))); // the next one is read again
}

BOOST_AUTO_TEST_CASE(tell_in_a_few_words_why_somebody_has_ended) {
  introduces_itself();
  for (const auto& of : {plain_end, code_and_category + named("@<>+@str") + "why",
                         code_and_category + named("@<>+vdoc::fault")}) {
    BOOST_TEST(basp_frames{frames}.take(end_of_actor(of, 16U << 10U)), of);
    BOOST_TEST(!basp_frames{frames}.take(end_of_actor(of, (16U << 10U) + 1)), of);
  }
  BOOST_TEST(basp_frames{frames}.take(whole(monitor, 16U << 10U)));
  BOOST_TEST(!basp_frames{frames}.take(whole(monitor, (16U << 10U) + 1)));
  for (const auto* types : {"@<>+@charbuf", "@<>+@error", "@<>+@message", "@<>+@str+@message", ""})
    BOOST_TEST(!basp_frames{frames}.take(end_of_actor(code_and_category + named(types))), types);
  auto of_another_kind = end_of_actor(plain_end);
  of_another_kind[32 + 32 + 7] = std::byte{}; // the second id, so that CAF would read on elsewhere
  BOOST_TEST(!basp_frames{frames}.take(of_another_kind));
  for (const std::size_t length : {1U, 40U, 64U, 73U, 75U}) { // it is over before its types are
    auto cut = end_of_actor(plain_end);
    cut.resize(32 + length);
    cut[7] = static_cast<std::byte>(length);
    BOOST_TEST(!basp_frames{frames}.take(cut), length);
  }
}

BOOST_AUTO_TEST_CASE(may_not_be_longer_than_anything_that_is_said) {
  introduces_itself();
  for (const auto length : {(64U << 20U) + 1, 0x80000000U, 0xFFFFFFFFU}) {
    auto copy = frames;
    BOOST_TEST(!copy.take(frame(direct, length, 0)), length);
  }
  for (const auto kind : {direct, monitor, down}) {
    auto copy = frames;
    BOOST_TEST(!copy.take(frame(kind, 0, 0)), kind);
  }
  BOOST_TEST(!says(whole(heartbeat, 1)));
}

BOOST_AUTO_TEST_CASE(begin_with_an_introduction_and_have_two_at_most) {
  for (const auto kind : {server_handshake, direct, routed, monitor, down}) {
    basp_frames fresh;
    BOOST_TEST(!fresh.take(whole(kind, 40)), kind);
  }
  basp_frames fresh;
  BOOST_TEST(!fresh.take(whole(heartbeat, 0)));
  introduces_itself();
  auto copy = frames;
  BOOST_TEST(copy.take(whole(client_handshake, 40))); // CAF does, to have this connection used
  BOOST_TEST(!copy.take(whole(client_handshake, 40)));
  for (const auto kind : {server_handshake, routed, 7, 255}) {
    copy = frames;
    BOOST_TEST(!copy.take(whole(kind, 40)), kind);
  }
}

BOOST_AUTO_TEST_SUITE_END()
