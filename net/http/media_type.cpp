#include "net/http/media_type.hpp"

#include <array>
#include <utility>

namespace vdoc::net {

namespace {

constexpr std::array types{std::pair{"m3u8", "application/vnd.apple.mpegurl"},
                           std::pair{"m4s", "video/iso.segment"},
                           std::pair{"mp4", "video/mp4"},
                           std::pair{"m4v", "video/mp4"},
                           std::pair{"m4a", "audio/mp4"},
                           std::pair{"ts", "video/mp2t"},
                           std::pair{"aac", "audio/aac"},
                           std::pair{"vtt", "text/vtt; charset=utf-8"},
                           std::pair{"srt", "application/x-subrip; charset=utf-8"},
                           std::pair{"json", "application/json"},
                           std::pair{"jsonl", "application/x-ndjson"},
                           std::pair{"html", "text/html; charset=utf-8"},
                           std::pair{"md", "text/markdown; charset=utf-8"},
                           std::pair{"txt", "text/plain; charset=utf-8"},
                           std::pair{"css", "text/css; charset=utf-8"},
                           std::pair{"js", "text/javascript; charset=utf-8"},
                           std::pair{"svg", "image/svg+xml"},
                           std::pair{"jpg", "image/jpeg"},
                           std::pair{"png", "image/png"},
                           std::pair{"webp", "image/webp"}};

} // namespace

std::string media_type_of(std::string_view name) {
  const auto dot = name.rfind('.');
  if (dot != std::string_view::npos)
    for (const auto& [ending, type] : types)
      if (name.substr(dot + 1) == ending)
        return type;
  return "application/octet-stream";
}

} // namespace vdoc::net
