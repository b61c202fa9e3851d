#pragma once

#include "test/http/web_client.hpp"
#include "test/service/a_service.hpp"
#include "test/support/ffprobe.hpp"
#include "test/support/temp_folder.hpp"
#include "test/support/until.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>

namespace vdoc::test {

/// One that is given clips of a minute, over HTTP.
struct a_service_with_clips : a_service {
  static constexpr int seconds_long = 60;
  static constexpr int frames = 25 * seconds_long;

  void begin() {
    start();
    client = std::make_unique<web_client>(http());
    BOOST_TEST_REQUIRE(
        until(std::chrono::seconds{60}, [&] { return client->get("/readyz").status == 200; }),
        log());
  }

  /// A clip of which every second looks different, in a container of its own.
  [[nodiscard]] std::filesystem::path clip(const std::string& name,
                                           const std::string& options) const {
    auto file = media.path() / name;
    run_or_throw(split_words(
        "ffmpeg -v error -y -f lavfi -i testsrc2=size=320x180:rate=25 -f lavfi -i "
        "sine=frequency=440:beep_factor=4 -t " +
        std::to_string(seconds_long) + " -c:v libx264 -preset ultrafast -g 50 -c:a aac -b:a 96k " +
        options + " " + file.string()));
    return file;
  }
  [[nodiscard]] nlohmann::json job(const std::string& id) const {
    return nlohmann::json::parse(client->get("/api/v1/jobs/" + id).body);
  }
  [[nodiscard]] bool ends(const std::string& id, const std::string& state) const {
    return until(std::chrono::seconds{400}, [&] { return job(id)["state"] == state; });
  }
  [[nodiscard]] int frames_of(const std::string& id) const {
    const auto seen = ffprobe((served() / "jobs" / id / "master.m3u8").string(),
                              {"-allowed_extensions", "ALL", "-select_streams", "v:0",
                               "-count_frames", "-show_entries", "stream=nb_read_frames"});
    return std::stoi(seen["streams"][0]["nb_read_frames"].get<std::string>());
  }

  const nlohmann::json spec{{"document", false}, {"captions", "off"}, {"segment_ms", 2000}};
  temp_folder media;
  std::unique_ptr<web_client> client;
};

} // namespace vdoc::test
