#include "actors/node/comma_list.hpp"
#include "actors/node/media_host.hpp"

#include <algorithm>
#include <charconv>
#include <stdexcept>
#include <type_traits>

namespace vdoc::node {

namespace {

/// The numbers of a set of slots, in the order of `dispatch::slots`.
std::string to_word(const dispatch::slots& it) {
  std::string word;
  for (const auto number :
       {it.ingest, it.demux, it.heavy, it.audio, it.package, it.document, it.noop})
    word.append(word.empty() ? "" : ",").append(std::to_string(number));
  return word;
}

template <class Number> Number number_in(const std::string& flag, std::string_view text) {
  Number number{};
  const auto* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  if (read.ec != std::errc{} || read.ptr != end)
    throw std::invalid_argument{flag + " needs a number, not \"" + std::string{text} + "\""};
  return number;
}

dispatch::slots slots_in(const std::string& flag, std::string_view text) {
  dispatch::slots it;
  for (auto* number :
       {&it.ingest, &it.demux, &it.heavy, &it.audio, &it.package, &it.document, &it.noop}) {
    const auto comma = text.find(',');
    *number = number_in<std::uint16_t>(flag, text.substr(0, comma));
    text = comma == std::string_view::npos ? std::string_view{} : text.substr(comma + 1);
  }
  return it;
}

constexpr std::string_view loopback = "127.0.0.1:";

} // namespace

int turn_of(std::size_t which, std::size_t hosts, std::size_t cores) {
  const auto turns = std::max<std::size_t>(1, cores / 2);
  return hosts > turns ? static_cast<int>(which % turns) : -1;
}

std::vector<std::string> to_arguments(const media_host_options& options) {
  std::vector<std::string> words{
      "--node",         std::string{loopback} + std::to_string(options.node_port),
      "--id",           options.host_id,
      "--incarnation",  options.incarnation,
      "--tls",          options.tls.string(),
      "--parent",       std::to_string(options.parent),
      "--slots",        to_word(options.capacity),
      "--memory-limit", std::to_string(options.memory_limit_mib)};
  if (!options.turn.empty())
    words.insert(words.end(), {"--turn", options.turn.string()});
  if (!options.kept.empty())
    words.insert(words.end(), {"--kept", options.kept.string()});
  if (!options.leaders.empty())
    for (auto& word :
         std::vector<std::string>{"--leaders", comma_list(options.leaders), "--of", options.node,
                                  "--of-incarnation", options.node_incarnation})
      words.push_back(std::move(word));
  return words;
}

media_host_options from_arguments(const std::vector<std::string>& words) {
  media_host_options options;
  if (words.size() % 2 != 0)
    throw std::invalid_argument{"media-host: a value is missing after " + words.back()};
  for (std::size_t i = 0; i < words.size(); i += 2) {
    const auto& flag = words[i];
    const auto& value = words[i + 1];
    if (flag == "--node") {
      if (!value.starts_with(loopback))
        throw std::invalid_argument{"--node has to be on 127.0.0.1"};
      options.node_port =
          number_in<std::uint16_t>(flag, std::string_view{value}.substr(loopback.size()));
    } else if (flag == "--id") {
      options.host_id = value;
    } else if (flag == "--incarnation") {
      options.incarnation = value;
    } else if (flag == "--tls") {
      options.tls = value;
    } else if (flag == "--parent") {
      options.parent = number_in<std::int32_t>(flag, value);
    } else if (flag == "--slots") {
      options.capacity = slots_in(flag, value);
    } else if (flag == "--memory-limit") {
      options.memory_limit_mib = number_in<std::uint32_t>(flag, value);
    } else if (flag == "--turn") {
      options.turn = value;
    } else if (flag == "--kept") {
      options.kept = value;
    } else if (flag == "--leaders") {
      options.leaders = words_in(value);
    } else if (flag == "--of") {
      options.node = value;
    } else if (flag == "--of-incarnation") {
      options.node_incarnation = value;
    } else {
      throw std::invalid_argument{"media-host does not know " + flag};
    }
  }
  if (options.node_port == 0 || options.host_id.empty() || options.tls.empty())
    throw std::invalid_argument{"media-host is started by a node: it needs --node, --id and --tls"};
  return options;
}

} // namespace vdoc::node
