#pragma once

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace vdoc::test {

/// What ffprobe says about `source` (a file, a URL, or several files as "concat:a|b"), as JSON.
/// Throws std::runtime_error when it cannot read it.
nlohmann::json ffprobe(const std::string& source, const std::vector<std::string>& options);

/// Formats and streams.
nlohmann::json ffprobe_streams(const std::string& source);

/// The first stream of "video", "audio" or "subtitle"; null when there is none.
nlohmann::json first_stream(const nlohmann::json& streams, const std::string& kind);

/// A number that ffprobe writes as a string ("1.25"); `otherwise` when it says nothing.
double number_in(const nlohmann::json& object, const std::string& key, double otherwise);

} // namespace vdoc::test
