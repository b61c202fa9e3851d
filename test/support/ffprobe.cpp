#include "test/support/ffprobe.hpp"

#include "test/support/command.hpp"

namespace vdoc::test {

nlohmann::json ffprobe(const std::string& source, const std::vector<std::string>& options) {
  std::vector<std::string> words{"ffprobe", "-v", "error", "-of", "json"};
  words.insert(words.end(), options.begin(), options.end());
  words.push_back(source);
  return nlohmann::json::parse(run_or_throw(words).out);
}

nlohmann::json ffprobe_streams(const std::string& source) {
  return ffprobe(source, {"-show_format", "-show_streams"});
}

nlohmann::json first_stream(const nlohmann::json& streams, const std::string& kind) {
  for (const auto& one : streams.at("streams"))
    if (one.value("codec_type", "") == kind)
      return one;
  return nullptr;
}

double number_in(const nlohmann::json& object, const std::string& key, double otherwise) {
  const auto found = object.find(key);
  if (found == object.end())
    return otherwise;
  if (found->is_number())
    return found->get<double>();
  const auto text = found->get<std::string>();
  return text == "N/A" ? otherwise : std::stod(text);
}

} // namespace vdoc::test
