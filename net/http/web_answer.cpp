#include "net/http/web_answer.hpp"

#include "cluster/desk/submission.hpp"

#include <nlohmann/json.hpp>

#include <array>

namespace vdoc::net {

namespace {

using desk::refusal;

constexpr unsigned bad_request = 400;
constexpr std::int64_t ms_per_s = 1'000;

std::string title_of(unsigned status) {
  constexpr std::array titles{std::pair{400U, "Bad Request"},
                              std::pair{401U, "Unauthorized"},
                              std::pair{403U, "Forbidden"},
                              std::pair{404U, "Not Found"},
                              std::pair{405U, "Method Not Allowed"},
                              std::pair{409U, "Conflict"},
                              std::pair{410U, "Gone"},
                              std::pair{412U, "Precondition Failed"},
                              std::pair{413U, "Content Too Large"},
                              std::pair{415U, "Unsupported Media Type"},
                              std::pair{416U, "Range Not Satisfiable"},
                              std::pair{421U, "Misdirected Request"},
                              std::pair{429U, "Too Many Requests"},
                              std::pair{460U, "Checksum Mismatch"},
                              std::pair{503U, "Service Unavailable"},
                              std::pair{507U, "Insufficient Storage"}};
  for (const auto& [code, title] : titles)
    if (code == status)
      return title;
  return "Error";
}

web_answer made(unsigned status, std::string_view code, const desk::verdict& how) {
  using nlohmann::ordered_json;
  ordered_json view{{"type", "about:blank"}, {"title", title_of(status)},
                    {"status", status},      {"detail", how.what},
                    {"code", code},          {"message", how.what}};
  if (!how.advice.empty())
    view["advice"] = how.advice;
  if (how.retry_after_ms != 0)
    view["retry_after_ms"] = how.retry_after_ms;
  if (!how.leader.node.empty())
    view["leader"] = {
        {"node", how.leader.node}, {"zmq", how.leader.zmq}, {"http", how.leader.http}};
  web_answer answer{status, view.dump(-1, ' ', false, ordered_json::error_handler_t::replace),
                    problem_type};
  if (how.retry_after_ms != 0)
    answer.headers.emplace_back("Retry-After",
                                std::to_string((how.retry_after_ms + ms_per_s - 1) / ms_per_s));
  return answer;
}

} // namespace

unsigned status_of(refusal why) {
  constexpr std::array<unsigned, 8> statuses{200, 400, 403, 404, 409, 429, 503, 503};
  const auto at = static_cast<std::size_t>(why);
  return at < statuses.size() ? statuses[at] : bad_request;
}

web_answer problem(const desk::verdict& how) {
  return made(status_of(how.why), desk::to_string(how.why), how);
}

web_answer problem(unsigned status, std::string_view code, const std::string& message,
                   const std::string& advice) {
  return made(status, code, {refusal::bad_request, message, advice, 0});
}

} // namespace vdoc::net
