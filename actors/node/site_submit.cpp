#include "actors/node/site_submit.hpp"

#include "actors/node/service_call.hpp"
#include "net/site/file_upload.hpp"

#include <nlohmann/json.hpp>
#include <sodium.h>

#include <array>
#include <filesystem>
#include <iostream>
#include <unistd.h>

namespace vdoc::node {

namespace {

using nlohmann::json;
using std::chrono::steady_clock;

/// "talk.mp4  34 %  (12 of 35 MB)", again and again on one line of a terminal, elsewhere now and
/// then.
class upload_display {
public:
  explicit upload_display(std::string name) : name_{std::move(name)} {}

  void moved(std::uint64_t bytes, std::uint64_t of) {
    constexpr std::uint64_t percent = 100, per_kb = 1'000, per_mb = 1'000'000, small = 10 * per_mb;
    const auto unit = of < small ? per_kb : per_mb;
    const bool is_last = bytes == of;
    const auto now = steady_clock::now();
    if (now - told_ < (on_terminal_ ? std::chrono::milliseconds{200} : std::chrono::seconds{10}) &&
        !is_last)
      return;
    told_ = now;
    std::cerr << (on_terminal_ ? "\r" : "") << name_ << "  "
              << (of == 0 ? percent : bytes * percent / of) << " %  (" << bytes / unit << " of "
              << of / unit << (unit == per_kb ? " kB)" : " MB)")
              << (on_terminal_ && !is_last ? "\x1b[K" : "\n") << std::flush;
  }
  void says(const std::string& words) const {
    std::cerr << (on_terminal_ ? "\r\x1b[K" : "") << "video-doc: " << name_ << ": " << words
              << std::endl;
  }

private:
  std::string name_;
  bool on_terminal_ = ::isatty(STDERR_FILENO) == 1;
  steady_clock::time_point told_ = steady_clock::now() - std::chrono::hours{1};
};

std::string any_key() {
  std::array<unsigned char, 16> bytes{};
  std::array<char, 2 * bytes.size() + 1> text{};
  ::randombytes_buf(bytes.data(), bytes.size());
  return sodium_bin2hex(text.data(), text.size(), bytes.data(), bytes.size());
}

void print_id(const std::string& id, bool known, bool as_json) {
  std::cout << (as_json ? json{{"id", id}, {"known", known}}.dump() : id) << std::endl;
}

/// A job whose source the service fetches by itself.
std::string give(net::site_client& to, json job, bool as_json) {
  if (!job.contains("idempotency_key"))
    job["idempotency_key"] = any_key();
  const auto how =
      to.ask({"POST", "/api/v1/jobs", {{"Content-Type", "application/json"}}, job.dump()});
  const auto answer = json::parse(how.body, nullptr, false);
  if (!how.ok() || !answer.is_object())
    throw refused{words_of(how)};
  print_id(answer.at("id"), answer.at("known"), as_json);
  return answer.at("id");
}

std::string give_file(net::site_client& to, const site_submission& what, const std::string& source,
                      json job) {
  constexpr double bytes_per_mbit = 125'000;
  if (!std::filesystem::is_regular_file(source))
    throw refused{"there is no such file here"};
  job.erase("source");
  const auto length = std::filesystem::file_size(source);
  if (!job.contains("idempotency_key"))
    job["idempotency_key"] = net::upload_key(source, job.dump());
  upload_display display{std::filesystem::path{source}.filename().string()};
  std::string id;
  net::upload_listener told;
  told.began = [&](const std::string& job_id, std::uint64_t have) {
    id = job_id;
    print_id(id, have > 0, what.json);
    if (have > 0 && have == length)
      display.says(
          "was given and uploaded before, as this job; to have it done anew, submit it with "
          "another --key");
    else if (have > 0)
      display.says("goes on after the " + std::to_string(have) + " bytes that are there");
  };
  told.moved = [&](std::uint64_t bytes, std::uint64_t of) { display.moved(bytes, of); };
  told.waits = [&](const std::string& why) { display.says("waits: " + why); };
  net::upload(to,
              {source, job.dump(),
               static_cast<std::uint64_t>(what.most_mbit_per_s * bytes_per_mbit), what.patience},
              told);
  return id;
}

} // namespace

bool is_site(const std::string& endpoint) {
  return endpoint.starts_with("http://") || endpoint.starts_with("https://");
}

std::vector<std::string> submit_to(const site_submission& what) {
  net::site_client to{what.where, what.patience};
  std::vector<std::string> ids;
  for (const auto& source : what.sources) {
    const bool is_here = source.find("://") == std::string::npos && !source.starts_with("upload:");
    try {
      auto job = what.wish(source);
      ids.push_back(is_here ? give_file(to, what, source, std::move(job))
                            : give(to, std::move(job), what.json));
    } catch (const std::exception& why) {
      std::cerr << "video-doc: " << source << ": " << why.what() << "\n";
    }
  }
  return ids;
}

json job_at(net::site_client& of, const std::string& id) {
  const auto how = of.ask({"GET", "/api/v1/jobs/" + id});
  auto job = json::parse(how.body, nullptr, false);
  if (!how.ok() || !job.is_object())
    throw refused{words_of(how)};
  return job;
}

} // namespace vdoc::node
