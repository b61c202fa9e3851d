#include "net/blobs/message.hpp"

#include <sodium.h>

#include <algorithm>

namespace vdoc::blobs {

namespace {

constexpr std::string_view mark_of_requests = "VBQ1";
constexpr std::string_view mark_of_answers = "VBA1";
constexpr std::size_t longest_word = 255;

void put_number(std::string& out, std::uint64_t number) {
  constexpr unsigned bits_a_byte = 8;
  for (unsigned i = 0; i < sizeof number; ++i)
    out.push_back(static_cast<char>(number >> (bits_a_byte * i)));
}

void put_word(std::string& out, const std::string& word) {
  const auto size = std::min(word.size(), longest_word);
  out.push_back(static_cast<char>(size));
  out.append(word, 0, size);
}

void put_digest(std::string& out, const digest& sum) {
  for (const auto byte : sum)
    out.push_back(static_cast<char>(byte));
}

/// Takes a header apart; what is missing makes it bad.
struct header_reader {
  std::string_view left;
  bool good = true;

  std::string_view take(std::size_t count) {
    if (left.size() < count) {
      good = false;
      return {};
    }
    const auto part = left.substr(0, count);
    left.remove_prefix(count);
    return part;
  }
  std::uint8_t byte() {
    const auto part = take(1);
    return good ? static_cast<std::uint8_t>(part.front()) : std::uint8_t{0};
  }
  std::uint64_t number() {
    std::uint64_t all = 0;
    const auto part = take(sizeof all);
    constexpr unsigned bits_a_byte = 8;
    for (auto at = part.rbegin(); at != part.rend(); ++at)
      all = all << bits_a_byte | static_cast<std::uint8_t>(*at);
    return all;
  }
  std::string word() { return std::string{take(byte())}; }
  digest sum() {
    digest all{};
    const auto part = take(all.size());
    std::copy(part.begin(), part.end(), all.begin());
    return all;
  }
  [[nodiscard]] bool at_end() const { return good && left.empty(); }
};

bool begins_ours(std::span<const std::string> frames, std::string_view mark) {
  return frames.size() == 2 && frames[0].starts_with(mark) && frames[1].size() <= chunk_bytes;
}

} // namespace

digest digest_of(std::string_view bytes) {
  digest sum{};
  static_assert(sum.size() == crypto_generichash_BYTES);
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): libsodium wants unsigned bytes
  crypto_generichash(sum.data(), sum.size(), reinterpret_cast<const unsigned char*>(bytes.data()),
                     bytes.size(), nullptr, 0);
  return sum;
}

std::string to_string(verdict how) {
  constexpr std::array<const char*, 7> words{"done",
                                             "the task was given up",
                                             "that was lent by another leader",
                                             "the task has nothing to do with that file",
                                             "what is here is something else",
                                             "bytes were changed on their way",
                                             "the disk refuses"};
  const auto at = static_cast<std::size_t>(how);
  return at < words.size() ? words[at] : "unknown";
}

std::vector<std::string> to_frames(const request& it) {
  std::string head{mark_of_requests};
  head.push_back(static_cast<char>(it.what));
  put_number(head, it.number);
  put_number(head, it.offset);
  put_digest(head, it.sum);
  put_word(head, it.pass);
  put_word(head, it.file);
  return {std::move(head), it.bytes};
}

std::vector<std::string> to_frames(const answer& it) {
  std::string head{mark_of_answers};
  head.push_back(static_cast<char>(it.how));
  put_number(head, it.number);
  put_number(head, it.offset);
  put_digest(head, it.sum);
  return {std::move(head), it.bytes};
}

std::optional<request> request_in(std::span<const std::string> frames) {
  if (!begins_ours(frames, mark_of_requests))
    return std::nullopt;
  header_reader head{std::string_view{frames[0]}.substr(mark_of_requests.size())};
  request it;
  const auto what = head.byte();
  it.what = static_cast<verb>(what);
  it.number = head.number();
  it.offset = head.number();
  it.sum = head.sum();
  it.pass = head.word();
  it.file = head.word();
  if (!head.at_end() || what > static_cast<std::uint8_t>(verb::settle))
    return std::nullopt;
  it.bytes = frames[1];
  return it;
}

std::optional<answer> answer_in(std::span<const std::string> frames) {
  if (!begins_ours(frames, mark_of_answers))
    return std::nullopt;
  header_reader head{std::string_view{frames[0]}.substr(mark_of_answers.size())};
  answer it;
  const auto how = head.byte();
  it.how = static_cast<verdict>(how);
  it.number = head.number();
  it.offset = head.number();
  it.sum = head.sum();
  if (!head.at_end() || how > static_cast<std::uint8_t>(verdict::no_room))
    return std::nullopt;
  it.bytes = frames[1];
  return it;
}

} // namespace vdoc::blobs
