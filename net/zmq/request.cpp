#include "net/zmq/request.hpp"

namespace vdoc::net {

namespace {

constexpr std::size_t longest_id = 64;
constexpr std::size_t most_frames = 5;

} // namespace

std::optional<request> read_request(std::vector<std::string> frames) {
  request it;
  std::size_t at = 0;
  if (!frames.empty() && frames[0].empty()) {
    it.delimited = true;
    at = 1;
  }
  if (frames.size() < at + 2 || frames.size() > most_frames)
    return std::nullopt;
  it.protocol = std::move(frames[at]);
  it.id = std::move(frames[at + 1]);
  if (!it.protocol.starts_with("VDOC") || it.protocol.size() > protocol_name.size() + 1 ||
      it.id.empty() || it.id.size() > longest_id)
    return std::nullopt;
  if (frames.size() > at + 2)
    it.verb = std::move(frames[at + 2]);
  if (frames.size() > at + 3)
    it.body = std::move(frames[at + 3]);
  return it;
}

std::vector<std::string> write_answer(const request& to, std::string code, std::string body) {
  std::vector<std::string> frames;
  if (to.delimited)
    frames.emplace_back();
  frames.emplace_back(protocol_name);
  frames.push_back(to.id);
  frames.push_back(std::move(code));
  frames.push_back(std::move(body));
  return frames;
}

} // namespace vdoc::net
