#include "net/site/file_upload.hpp"

#include <nlohmann/json.hpp>
#include <sodium.h>

#include <array>
#include <charconv>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <thread>

namespace vdoc::net {

namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr unsigned no_content = 204, conflict = 409, locked = 423, too_many = 429;
constexpr unsigned first_of_server = 500, no_room = 507;
constexpr milliseconds usual_wait{500};

std::string base64(std::string_view bytes) {
  std::string text(sodium_base64_ENCODED_LEN(bytes.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
  sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const unsigned char*>(bytes.data()),
                    bytes.size(), sodium_base64_VARIANT_ORIGINAL);
  text.pop_back(); // the zero at its end
  return text;
}

std::uint64_t number_in(const std::string& text) {
  std::uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

/// What the service says of a refusal; an empty object if that is none of its own.
json problem_in(const site_answer& how) {
  auto problem = json::parse(how.body, nullptr, false);
  return problem.is_object() ? problem : json::object();
}

bool may_help_to_ask_again(const site_answer& how) {
  if (how.status == 0)
    return how.curable;
  const bool over_quota = problem_in(how).value("code", "") == "over_quota";
  return (how.status == too_many && !over_quota) || how.status == locked ||
         (how.status >= first_of_server && how.status != no_room);
}

/// One upload on its way.
class voyage {
public:
  voyage(site_client& to, const upload_wish& what, const upload_listener& told)
      : to_{to}, what_{what}, told_{told}, length_{std::filesystem::file_size(what.file)},
        written_{std::filesystem::last_write_time(what.file)} {}

  void run() {
    begin();
    while (offset_ < length_)
      bring();
    if (told_.moved)
      told_.moved(length_, length_);
  }

private:
  void begin() {
    const auto metadata =
        "filename " + base64(what_.file.filename().string()) + ",job " + base64(what_.job);
    const auto made = persist({"POST",
                               "/api/v1/uploads",
                               {{"Tus-Resumable", "1.0.0"},
                                {"Upload-Length", std::to_string(length_)},
                                {"Upload-Metadata", metadata}}});
    if (!made.ok() || made.header("location").empty())
      throw std::runtime_error{words_of(made)};
    place_ = made.header("location");
    offset_ = number_in(made.header("upload-offset"));
    if (told_.began)
      told_.began(made.header("job-id"), offset_);
  }

  void bring() {
    if (std::filesystem::file_size(what_.file) != length_ ||
        std::filesystem::last_write_time(what_.file) != written_)
      throw std::runtime_error{what_.file.string() + " has changed while it was uploaded; submit "
                                                     "it again when it is complete"};
    const auto from = offset_;
    const auto how = to_.ask({"PATCH",
                              place_,
                              {{"Tus-Resumable", "1.0.0"},
                               {"Upload-Offset", std::to_string(from)},
                               {"Content-Type", "application/offset+octet-stream"}},
                              {},
                              file_tail{what_.file, from, length_, what_.most_per_s}},
                             [&](std::uint64_t sent) {
                               if (told_.moved && sent > 0 && from + sent < length_)
                                 told_.moved(from + sent, length_); // the rest when it is safe
                             });
    if (how.status == no_content)
      return arrived_at(number_in(how.header("upload-offset")));
    if (how.status != conflict && !may_help_to_ask_again(how))
      throw std::runtime_error{words_of(how)};
    find_out(how);
  }

  /// How much has arrived of what was cut off.
  void find_out(const site_answer& why) {
    wait_because(why);
    const auto seen = persist({"HEAD", place_, {{"Tus-Resumable", "1.0.0"}}});
    if (!seen.ok())
      throw std::runtime_error{"the upload is gone (" + std::to_string(seen.status) +
                               "): its job has ended, or it was removed"};
    arrived_at(number_in(seen.header("upload-offset")));
  }

  void arrived_at(std::uint64_t offset) {
    if (offset > offset_)
      stuck_since_.reset();
    offset_ = offset;
  }

  /// Asks until there is an answer that counts.
  site_answer persist(const site_question& what) {
    for (;;) {
      auto how = to_.ask(what);
      if (!may_help_to_ask_again(how))
        return how;
      wait_because(how);
    }
  }

  void wait_because(const site_answer& how) {
    const auto now = steady_clock::now();
    if (now - stuck_since_.value_or(now) > what_.patience)
      throw std::runtime_error{words_of(how) + (place_.empty()
                                                    ? std::string{}
                                                    : "; " + std::to_string(offset_) + " of " +
                                                          std::to_string(length_) +
                                                          " bytes are there: submit it again, and "
                                                          "it goes on from there")};
    stuck_since_ = stuck_since_.value_or(now);
    const auto problem = problem_in(how);
    const auto leader = problem.value("leader", json::object()).value("http", std::string{});
    if (!leader.empty() && leader != to_.url())
      return to_.turn_to(leader);
    if (told_.waits)
      told_.waits(words_of(how));
    const milliseconds asked{problem.value("retry_after_ms", std::int64_t{0})};
    std::this_thread::sleep_for(std::max(usual_wait, asked));
  }

  site_client& to_;
  const upload_wish& what_;
  const upload_listener& told_;
  std::uint64_t length_;
  std::filesystem::file_time_type written_;
  std::string place_;
  std::uint64_t offset_ = 0;
  std::optional<steady_clock::time_point> stuck_since_;
};

} // namespace

std::string upload_key(const std::filesystem::path& file, const std::string& job) {
  const auto path = std::filesystem::canonical(file);
  const auto changed = std::filesystem::last_write_time(path).time_since_epoch().count();
  const auto words = path.string() + '\0' + std::to_string(std::filesystem::file_size(path)) +
                     '\0' + std::to_string(changed) + '\0' + job;
  std::array<unsigned char, 16> sum{};
  std::array<char, 2 * sum.size() + 1> text{};
  crypto_generichash(sum.data(), sum.size(), reinterpret_cast<const unsigned char*>(words.data()),
                     words.size(), nullptr, 0);
  return std::string{"upload-"} + sodium_bin2hex(text.data(), text.size(), sum.data(), sum.size());
}

void upload(site_client& to, const upload_wish& what, const upload_listener& told) {
  voyage{to, what, told}.run();
}

} // namespace vdoc::net
